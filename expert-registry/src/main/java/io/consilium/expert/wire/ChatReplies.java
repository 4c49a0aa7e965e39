package io.consilium.expert.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Frame;
import io.consilium.expert.Json;
import io.consilium.expert.Modality;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.ToolCall;
import io.consilium.expert.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI Chat Completions replies, whole and streamed, read and written. */
public final class ChatReplies {
  /** A reply travels on as it came, so a field given twice is no reason to refuse it. */
  private static final ObjectReader LENIENT =
      Json.MAPPER.reader().without(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

  private ChatReplies() {}

  /**
   * Reads a whole reply; the first choice is the answer, the body stays attached. Usage is
   * estimated from the question and the answer, and marked so, when the reply gives none.
   *
   * @throws ExpertException {@code UPSTREAM_INVALID} when it is no chat completion
   */
  public static Answer answer(byte[] body, Question question) {
    return answer(tree(body), body, question);
  }

  /** The same for a body that was parsed already. */
  public static Answer answer(JsonNode root, byte[] body, Question question) {
    var message = root.path("choices").path(0).path("message");
    if (!message.isObject()) {
      throw invalid("has no choices[0].message", body);
    }
    List<ToolCall> calls = new ArrayList<>();
    for (var call : message.path("tool_calls")) {
      var function = call.path("function");
      calls.add(
          new ToolCall(
              call.path("id").asString(""),
              function.path("name").asString(""),
              function.path("arguments").asString("")));
    }
    var usage = usage(root);
    var content = content(message.get("content"));
    return new Answer(
        content,
        calls,
        finish(root.path("choices").path(0).path("finish_reason").asString("stop")),
        text(message, "refusal"),
        reasoning(message),
        Fields.node(root.path("choices").path(0), "logprobs"),
        usage != null ? usage : estimate(question, characters(content, calls)),
        null,
        new Frame(Dialect.CHAT, body),
        List.of());
  }

  /** Usage for a reply that gives none, from the lengths of the texts asked and answered. */
  public static Usage estimate(Question question, long characters) {
    long asked = 0;
    for (var message : question.messages()) {
      asked += characters(message.content(), message.toolCalls());
    }
    return Usage.estimate(asked, characters);
  }

  private static long characters(List<Part> content, List<ToolCall> calls) {
    long sum = 0;
    for (var part : content) {
      sum += part instanceof Part.Text text ? text.text().length() : 0;
    }
    for (var call : calls) {
      sum += call.name().length() + call.arguments().length();
    }
    return sum;
  }

  /** Reads one streamed chunk: {@code data} is the text after {@code data:}, parsed as root. */
  public static Delta.Framed chunk(JsonNode root, byte[] data) {
    List<Delta> parts = new ArrayList<>(2);
    for (var choice : root.path("choices")) {
      if (choice.path("index").asInt(0) == 0) {
        choice(choice, parts);
      }
    }
    var usage = usage(root);
    if (usage != null) {
      parts.add(new Delta.Used(usage));
    }
    return new Delta.Framed(new Frame(Dialect.CHAT, data), parts);
  }

  private static void choice(JsonNode choice, List<Delta> parts) {
    var delta = choice.path("delta");
    var reasoning = reasoning(delta);
    if (reasoning != null) {
      parts.add(new Delta.Reasoning(reasoning));
    }
    var text = text(delta, "content");
    if (text != null) {
      parts.add(new Delta.Text(text));
    }
    var refusal = text(delta, "refusal");
    if (refusal != null) {
      parts.add(new Delta.Refusal(refusal));
    }
    for (var call : delta.path("tool_calls")) {
      var function = call.path("function");
      parts.add(
          new Delta.ToolCall(
              Math.clamp(call.path("index").asInt(0), 0, 1023),
              call.path("id").asString(""),
              function.path("name").asString(""),
              function.path("arguments").asString("")));
    }
    var finish = text(choice, "finish_reason");
    if (finish != null) {
      parts.add(new Delta.Finish(finish(finish)));
    }
  }

  /**
   * Whether a chunk carries nothing but usage: the one a caller sees only when they asked for it.
   */
  public static boolean usageOnly(JsonNode root) {
    return root.path("choices").isEmpty() && root.path("usage").isObject();
  }

  /** Writes a whole reply. */
  public static ObjectNode body(Answer answer, String id, String model, Instant created) {
    var root = envelope(id, "chat.completion", model, created);
    var choice = root.putArray("choices").addObject().put("index", 0);
    var message = choice.putObject("message").put("role", "assistant");
    if (answer.content().isEmpty() && (answer.refusal() != null || !answer.toolCalls().isEmpty())) {
      message.putNull("content");
    } else {
      message.put("content", answer.text());
    }
    message.put("refusal", answer.refusal());
    if (answer.reasoning() != null) {
      message.put("reasoning_content", answer.reasoning());
    }
    if (!answer.toolCalls().isEmpty()) {
      write(answer.toolCalls(), message.putArray("tool_calls"));
    }
    if (answer.logprobs() != null) {
      choice.set("logprobs", answer.logprobs());
    } else {
      choice.putNull("logprobs");
    }
    choice.put("finish_reason", name(answer.finish()));
    root.set("usage", usage(answer.usage()));
    return root;
  }

  /** Writes the first chunk of a stream, which names the role. */
  public static ObjectNode opening(String id, String model, Instant created) {
    var root = envelope(id, "chat.completion.chunk", model, created);
    delta(root).put("role", "assistant").put("content", "");
    return root;
  }

  /** Writes one piece as a chunk; null for pieces that have no place in this format. */
  public static @Nullable ObjectNode chunk(Delta piece, String id, String model, Instant created) {
    var root = envelope(id, "chat.completion.chunk", model, created);
    switch (piece) {
      case Delta.Text text -> delta(root).put("content", text.text());
      case Delta.Reasoning reasoning -> delta(root).put("reasoning_content", reasoning.text());
      case Delta.Refusal refusal -> delta(root).put("refusal", refusal.text());
      case Delta.ToolCall call -> {
        var node = delta(root).putArray("tool_calls").addObject().put("index", call.index());
        if (!call.id().isEmpty()) {
          node.put("id", call.id()).put("type", "function");
        }
        var function = node.putObject("function");
        if (!call.name().isEmpty()) {
          function.put("name", call.name());
        }
        function.put("arguments", call.arguments());
      }
      case Delta.Finish end -> {
        delta(root);
        ((ObjectNode) root.path("choices").path(0)).put("finish_reason", name(end.reason()));
      }
      case Delta.Used used -> {
        root.putArray("choices");
        root.set("usage", usage(used.usage()));
      }
      case Delta.Progress progress -> {
        return null;
      }
      case Delta.Framed framed -> throw new IllegalArgumentException("render the parts of a frame");
    }
    return root;
  }

  private static ObjectNode envelope(String id, String object, String model, Instant created) {
    return Json.object()
        .put("id", id)
        .put("object", object)
        .put("created", created.getEpochSecond())
        .put("model", model);
  }

  private static ObjectNode delta(ObjectNode root) {
    var choice = root.putArray("choices").addObject().put("index", 0);
    var delta = choice.putObject("delta");
    choice.putNull("finish_reason");
    return delta;
  }

  /** Tokens as OpenAI writes them. */
  public static ObjectNode usage(Usage usage) {
    var node =
        Json.object()
            .put("prompt_tokens", usage.input())
            .put("completion_tokens", usage.output())
            .put("total_tokens", usage.input() + usage.output());
    if (usage.cachedInput() > 0) {
      node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedInput());
    }
    if (usage.reasoning() > 0) {
      node.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoning());
    }
    if (usage.estimated()) {
      node.put("estimated", true);
    }
    return node;
  }

  static @Nullable Usage usage(JsonNode root) {
    var usage = Fields.node(root, "usage");
    if (usage == null || !usage.isObject()) {
      return null;
    }
    return tokens(usage);
  }

  static Usage tokens(JsonNode usage) {
    return new Usage(
        usage.path("prompt_tokens").asLong(0),
        usage.path("completion_tokens").asLong(0),
        usage.path("prompt_tokens_details").path("cached_tokens").asLong(0),
        usage.path("completion_tokens_details").path("reasoning_tokens").asLong(0),
        false);
  }

  static void write(List<ToolCall> calls, ArrayNode into) {
    for (var call : calls) {
      into.addObject()
          .put("id", call.id())
          .put("type", "function")
          .putObject("function")
          .put("name", call.name())
          .put("arguments", call.arguments());
    }
  }

  private static List<Part> content(@Nullable JsonNode content) {
    if (content == null || content.isNull()) {
      return List.of();
    }
    if (content.isString()) {
      return content.stringValue().isEmpty()
          ? List.of()
          : List.of(new Part.Text(content.stringValue()));
    }
    List<Part> parts = new ArrayList<>();
    for (var part : content) {
      var image = part.path("image_url").path("url");
      if (image.isString()) {
        parts.add(new Part.Image(image.stringValue(), part));
      } else if (part.path("text").isString()) {
        parts.add(new Part.Text(part.path("text").stringValue()));
      } else {
        parts.add(new Part.Other(Modality.TEXT, part));
      }
    }
    return parts;
  }

  /**
   * DeepSeek and vLLM write {@code reasoning_content}, OpenRouter and newer vLLM {@code reasoning}.
   */
  private static @Nullable String reasoning(JsonNode message) {
    var reasoning = text(message, "reasoning_content");
    return reasoning != null ? reasoning : text(message, "reasoning");
  }

  private static @Nullable String text(JsonNode node, String field) {
    var value = node.get(field);
    return value != null && value.isString() && !value.stringValue().isEmpty()
        ? value.stringValue()
        : null;
  }

  static FinishReason finish(String name) {
    return switch (name) {
      case "length" -> FinishReason.LENGTH;
      case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
      case "content_filter" -> FinishReason.CONTENT_FILTER;
      default -> FinishReason.STOP;
    };
  }

  static String name(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case TOOL_CALLS -> "tool_calls";
      case CONTENT_FILTER -> "content_filter";
    };
  }

  /**
   * Parses a reply or a chunk.
   *
   * @throws ExpertException {@code UPSTREAM_INVALID} when it is no JSON object
   */
  public static JsonNode tree(byte[] bytes) {
    JsonNode root;
    try {
      root = LENIENT.readTree(bytes);
    } catch (JacksonException e) {
      throw invalid("is not JSON", bytes);
    }
    if (!root.isObject()) {
      throw invalid("is not a JSON object", bytes);
    }
    return root;
  }

  static ExpertException invalid(String what, byte[] bytes) {
    var start = new String(bytes, 0, Math.min(bytes.length, 80), UTF_8);
    return new ExpertException(
        FailureKind.UPSTREAM_INVALID,
        "the expert's reply %s; it begins with: %s".formatted(what, start.strip()));
  }
}
