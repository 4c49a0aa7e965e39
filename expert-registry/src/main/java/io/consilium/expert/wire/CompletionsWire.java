package io.consilium.expert.wire;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.Message;
import io.consilium.expert.Question;
import io.consilium.expert.Role;
import io.consilium.expert.Terms;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's older text completions: one prompt in, text out. */
public final class CompletionsWire {
  /** Fields that mean nothing, or something else, in a chat request. */
  static final Set<String> ONLY_THERE =
      Set.of("prompt", "suffix", "echo", "best_of", "n", "logprobs");

  private CompletionsWire() {}

  /** Reads a request; the prompt becomes one user turn. */
  public static Question question(ObjectNode body, Terms terms) {
    var model = Fields.required(body, "model", "model");
    refuse(body, "suffix", Fields.node(body, "suffix") != null);
    refuse(body, "echo", Fields.flag(body, "echo", "echo"));
    refuse(body, "best_of", more(Fields.count(body, "best_of", "best_of")));
    refuse(body, "n", more(Fields.count(body, "n", "n")));
    return new Question(
        Dialect.COMPLETIONS,
        model,
        body,
        List.of(Message.of(Role.USER, prompt(Fields.node(body, "prompt")))),
        List.of(),
        ChatWire.parameters(body),
        terms);
  }

  private static boolean more(@Nullable Integer count) {
    return count != null && count > 1;
  }

  private static void refuse(ObjectNode body, String field, boolean asked) {
    if (asked) {
      throw ExpertException.invalid(
          field,
          "'%s' = %s cannot be served: completions are answered by chat models; leave it out"
              .formatted(field, body.get(field)));
    }
  }

  private static String prompt(@Nullable JsonNode prompt) {
    if (prompt != null && prompt.isString()) {
      return prompt.stringValue();
    }
    if (prompt != null && prompt.isArray() && prompt.size() == 1 && prompt.get(0).isString()) {
      return prompt.get(0).stringValue();
    }
    throw ExpertException.invalid(
        "prompt", "'prompt' must be one string; ask several prompts in several requests");
  }

  /** Writes a whole reply. */
  public static ObjectNode body(Answer answer, String id, String model, Instant created) {
    var text = answer.refusal() != null ? answer.refusal() : answer.text();
    var root = envelope(id, model, created, text, ChatReplies.name(answer.finish()));
    root.set("usage", ChatReplies.usage(answer.usage()));
    return root;
  }

  /** Writes one piece as a chunk; null for pieces that have no place in this format. */
  public static @Nullable ObjectNode chunk(Delta piece, String id, String model, Instant created) {
    return switch (piece) {
      case Delta.Text text -> envelope(id, model, created, text.text(), null);
      case Delta.Refusal refusal -> envelope(id, model, created, refusal.text(), null);
      case Delta.Finish end -> envelope(id, model, created, "", ChatReplies.name(end.reason()));
      case Delta.Used used -> {
        var root = envelope(id, model, created, "", null);
        root.putArray("choices");
        root.set("usage", ChatReplies.usage(used.usage()));
        yield root;
      }
      case Delta.Reasoning reasoning -> null;
      case Delta.ToolCall call -> null;
      case Delta.Progress progress -> null;
      case Delta.Framed framed -> throw new IllegalArgumentException("render the parts of a frame");
    };
  }

  private static ObjectNode envelope(
      String id, String model, Instant created, String text, @Nullable String finish) {
    var root =
        Json.object()
            .put("id", id)
            .put("object", "text_completion")
            .put("created", created.getEpochSecond())
            .put("model", model);
    root.putArray("choices")
        .addObject()
        .put("text", text)
        .put("index", 0)
        .putNull("logprobs")
        .put("finish_reason", finish);
    return root;
  }
}
