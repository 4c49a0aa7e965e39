package io.consilium.orchestrator.cache;

import io.consilium.expert.Dialect;
import io.consilium.expert.Json;
import io.consilium.expert.Message;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A question as the cache knows it: everything that may change the answer, in one form, hashed.
 *
 * @param key of the whole request
 * @param frame of all but the text of the last user turn; null where there is more to it than text
 * @param text of the last user turn; empty without a frame
 */
record Request(String key, @Nullable String frame, String text) {
  /** Fields of a body that say how the answer is sent or who asked, not what is asked. */
  private static final Set<String> ASIDE =
      Set.of(
          "model",
          "stream",
          "stream_options",
          "user",
          "metadata",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "service_tier",
          "store",
          "consilium");

  /**
   * Wishes that do not change the answer; the policy and what belongs to it stands in the terms.
   */
  private static final Set<String> WISHES =
      Set.of(
          "explain",
          "contrast",
          "cache",
          "memory",
          "conversation",
          "deadline_ms",
          "policy",
          "pin",
          "exclude",
          "minimum",
          "risk",
          "aggregator");

  private static final String GAP = "\0question\0";

  /**
   * Reads a question.
   *
   * @param scope whose answers it may get
   */
  static Request of(Question question, String scope) {
    var body = (ObjectNode) question.body().deepCopy();
    var wishes = body.path("consilium").deepCopy();
    body.remove(ASIDE);
    if (wishes instanceof ObjectNode object) {
      object.remove(WISHES);
      if (!object.isEmpty()) {
        body.set("consilium", object);
      }
    }
    var about =
        scope
            + '\0'
            + question.dialect()
            + '\0'
            + question.model()
            + '\0'
            + policy(question)
            + '\0';
    var key = hash(about + sorted(body));
    var text = onlyText(question);
    if (text == null) {
      return new Request(key, null, "");
    }
    blank(body, question.dialect());
    return new Request(key, hash(about + sorted(body)), text);
  }

  private static String policy(Question question) {
    var policy = question.terms().policy();
    // sets have no order of their own
    return policy.among(policy.pin(), Set.of()) + "" + policy.exclude().stream().sorted().toList();
  }

  /** The text of the last turn, where a question is nothing else and brings no tools. */
  private static @Nullable String onlyText(Question question) {
    if (!question.tools().isEmpty()
        || question.dialect() == Dialect.EMBEDDINGS
        || question.body().has("functions")) {
      return null;
    }
    Message last = question.messages().getLast();
    boolean plain =
        last.role() == Role.USER
            && last.content().size() == 1
            && last.content().getFirst() instanceof Part.Text;
    return plain ? last.text() : null;
  }

  private static void blank(ObjectNode body, Dialect dialect) {
    if (dialect == Dialect.CHAT
        && body.get("messages") instanceof ArrayNode messages
        && messages.get(messages.size() - 1) instanceof ObjectNode last) {
      last.put("content", GAP);
    } else {
      body.put("prompt", GAP);
    }
  }

  /** The JSON with the fields of objects in order and numbers in one form. */
  private static String sorted(JsonNode node) {
    var text = new StringBuilder();
    write(node, text);
    return text.toString();
  }

  private static void write(JsonNode node, StringBuilder text) {
    if (node.isObject()) {
      text.append('{');
      var fields = new TreeMap<String, JsonNode>();
      node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
      fields.forEach((name, value) -> {
        if (!value.isNull()) {
          text.append(Json.MAPPER.writeValueAsString(name)).append(':');
          write(value, text);
          text.append(',');
        }
      });
      text.append('}');
    } else if (node.isArray()) {
      text.append('[');
      node.forEach(element -> {
        write(element, text);
        text.append(',');
      });
      text.append(']');
    } else if (node.isNumber()) {
      text.append(node.decimalValue().stripTrailingZeros().toPlainString());
    } else {
      text.append(node);
    }
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
