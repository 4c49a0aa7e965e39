package io.consilium.expert.wire;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.Message;
import io.consilium.expert.Modality;
import io.consilium.expert.Parameters;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.Role;
import io.consilium.expert.Terms;
import io.consilium.expert.ToolCall;
import io.consilium.expert.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI Chat Completions requests. Fields it does not know stay in the body and travel on. */
public final class ChatWire {
  private ChatWire() {}

  /**
   * Reads a request.
   *
   * @throws ExpertException {@code INVALID_REQUEST}, naming the field, when it cannot be served as
   *     it is
   */
  public static Question question(ObjectNode body, Terms terms) {
    var model = Fields.required(body, "model", "model");
    List<Message> messages = new ArrayList<>();
    for (var node : Fields.array(body, "messages", "messages")) {
      messages.add(message(node, "messages[" + messages.size() + "]"));
    }
    return new Question(Dialect.CHAT, model, body, messages, tools(body), parameters(body), terms);
  }

  static Parameters parameters(ObjectNode body) {
    var tokens = Fields.count(body, "max_completion_tokens", "max_completion_tokens");
    if (tokens == null) {
      tokens = Fields.count(body, "max_tokens", "max_tokens");
    }
    Fields.number(body, "top_p", 0, 1);
    Fields.number(body, "presence_penalty", -2, 2);
    Fields.number(body, "frequency_penalty", -2, 2);
    Fields.count(body, "n", "n");
    var options =
        Fields.object(body, "stream_options", "stream_options", "{\"include_usage\":true}");
    return new Parameters(
        Fields.flag(body, "stream", "stream"),
        options != null && Fields.flag(options, "include_usage", "stream_options.include_usage"),
        tokens,
        Fields.number(body, "temperature", 0, 2),
        structured(body),
        wantsLogprobs(body));
  }

  private static boolean structured(ObjectNode body) {
    var format =
        Fields.object(body, "response_format", "response_format", "{\"type\":\"json_object\"}");
    if (format == null) {
      return false;
    }
    return !"text".equals(Fields.required(format, "type", "response_format.type"));
  }

  /**
   * {@code logprobs} is a flag here and a count in the older format; absent, false and 0 ask for
   * none.
   */
  private static boolean wantsLogprobs(ObjectNode body) {
    var node = Fields.node(body, "logprobs");
    if (node == null || node.isBoolean()) {
      return node != null && node.booleanValue();
    }
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw Fields.wrong("logprobs", "true, false or, for completions, a count", node);
    }
    return node.intValue() > 0;
  }

  private static Message message(JsonNode node, String path) {
    if (!node.isObject()) {
      throw Fields.wrong(path, "an object with role and content", node);
    }
    var role = role(Fields.required(node, "role", path + ".role"), path + ".role");
    List<ToolCall> calls = new ArrayList<>();
    for (var call : Fields.array(node, "tool_calls", path + ".tool_calls")) {
      var at = path + ".tool_calls[" + calls.size() + "]";
      var function = function(call, at);
      if (function == null) {
        throw ExpertException.invalid(at, at + " needs a function with name and arguments");
      }
      calls.add(
          new ToolCall(
              Fields.required(call, "id", at + ".id"),
              Fields.required(function, "name", at + ".function.name"),
              orEmpty(Fields.string(function, "arguments", at + ".function.arguments"))));
    }
    return new Message(
        role,
        content(Fields.node(node, "content"), path + ".content"),
        calls,
        Fields.string(node, "tool_call_id", path + ".tool_call_id"));
  }

  private static @Nullable JsonNode function(JsonNode node, String at) {
    return Fields.object(node, "function", at + ".function", "{\"name\":\"f\"}");
  }

  private static Role role(String name, String path) {
    return switch (name) {
      case "system", "developer" -> Role.SYSTEM;
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      case "tool", "function" -> Role.TOOL;
      default ->
          throw ExpertException.invalid(
              path,
              "'%s' is no role for %s; use system, developer, user, assistant or tool"
                  .formatted(name, path));
    };
  }

  private static List<Part> content(@Nullable JsonNode content, String path) {
    if (content == null) {
      return List.of();
    }
    if (content.isString()) {
      return List.of(new Part.Text(content.stringValue()));
    }
    if (!content.isArray()) {
      throw Fields.wrong(path, "a string or an array of parts", content);
    }
    List<Part> parts = new ArrayList<>();
    for (var node : content) {
      parts.add(part(node, path + "[" + parts.size() + "]"));
    }
    return parts;
  }

  private static Part part(JsonNode node, String path) {
    if (!node.isObject()) {
      throw Fields.wrong(path, "an object with a type", node);
    }
    var type = Fields.required(node, "type", path + ".type");
    return switch (type) {
      case "text" -> new Part.Text(orEmpty(Fields.string(node, "text", path + ".text")));
      case "image_url" -> {
        var image = Fields.node(node, "image_url");
        if (image == null) {
          throw ExpertException.invalid(path, path + " needs image_url: {\"url\": …}");
        }
        yield new Part.Image(
            image.isString()
                ? image.stringValue()
                : Fields.required(image, "url", path + ".image_url.url"),
            node);
      }
      case "input_audio" -> new Part.Other(Modality.AUDIO, node);
      case "file" -> new Part.Other(Modality.FILE, node);
      // types newer than this code travel on as they are
      default -> new Part.Other(Modality.TEXT, node);
    };
  }

  private static List<ToolSpec> tools(ObjectNode body) {
    List<ToolSpec> tools = new ArrayList<>();
    for (var node : Fields.array(body, "tools", "tools")) {
      var at = "tools[" + tools.size() + "]";
      if (!node.isObject()) {
        throw Fields.wrong(at, "an object with a type and a function", node);
      }
      var function = function(node, at);
      if (function == null) {
        // custom and hosted tools have no function; they travel on in the body
        tools.add(new ToolSpec(Fields.required(node, "type", at + ".type"), "", Json.object()));
        continue;
      }
      var schema = Fields.node(function, "parameters");
      tools.add(
          new ToolSpec(
              Fields.required(function, "name", at + ".function.name"),
              orEmpty(Fields.string(function, "description", at + ".function.description")),
              schema == null ? Json.object() : schema));
    }
    return tools;
  }

  /**
   * The body to send upstream: the caller's own where it is a chat body, else one made from the
   * parsed view; with the upstream's model name, and asking for usage at the end of a stream.
   */
  public static ObjectNode request(Question question, String model) {
    ObjectNode body =
        question.dialect() == Dialect.CHAT ? copy(question.body()) : fromMessages(question);
    body.put("model", model);
    body.remove("consilium");
    if (question.parameters().stream()) {
      body.put("stream", true);
      var options = body.get("stream_options");
      var asked = options instanceof ObjectNode given ? given.deepCopy() : Json.object();
      body.set("stream_options", asked.put("include_usage", true));
    } else if (body.path("stream").asBoolean(false)) {
      // the caller streams, but this step of the plan does not
      body.remove("stream");
      body.remove("stream_options");
    }
    return body;
  }

  /** A shallow copy: only top-level fields are changed, and the caller's nodes stay as they are. */
  private static ObjectNode copy(JsonNode body) {
    var copy = Json.object();
    body.properties().forEach(field -> copy.set(field.getKey(), field.getValue()));
    return copy;
  }

  private static ObjectNode fromMessages(Question question) {
    var body = Json.object();
    var messages = body.putArray("messages");
    for (var message : question.messages()) {
      write(message, messages.addObject());
    }
    for (var field : question.body().properties()) {
      if (!CompletionsWire.ONLY_THERE.contains(field.getKey())) {
        body.set(field.getKey(), field.getValue());
      }
    }
    var logprobs = Fields.node(question.body(), "logprobs");
    if (logprobs != null) {
      body.put("logprobs", question.parameters().logprobs());
      if (logprobs.asInt(0) > 0) {
        body.set("top_logprobs", logprobs);
      }
    }
    return body;
  }

  /** Writes a turn into an empty object. */
  public static void write(Message message, ObjectNode node) {
    node.put(
        "role",
        switch (message.role()) {
          case SYSTEM -> "system";
          case USER -> "user";
          case ASSISTANT -> "assistant";
          case TOOL -> "tool";
        });
    if (message.content().stream().allMatch(part -> part instanceof Part.Text)) {
      node.put("content", message.text());
    } else {
      ArrayNode parts = node.putArray("content");
      for (var part : message.content()) {
        switch (part) {
          case Part.Text text -> parts.addObject().put("type", "text").put("text", text.text());
          case Part.Image image -> parts.add(image.raw());
          case Part.Other other -> parts.add(other.raw());
        }
      }
    }
    if (message.toolCallId() != null) {
      node.put("tool_call_id", message.toolCallId());
    }
    if (!message.toolCalls().isEmpty()) {
      ChatReplies.write(message.toolCalls(), node.putArray("tool_calls"));
    }
  }

  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
