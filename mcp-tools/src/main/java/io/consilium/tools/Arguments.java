package io.consilium.tools;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * Turns a question's text into a tool's arguments without a language model: a JSON object that fits
 * the schema is used as it is; otherwise the text is the one string the tool asks for.
 */
final class Arguments {
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private final String tool;
  private final JsonNode schema;

  Arguments(String tool, JsonNode schema) {
    this.tool = tool;
    this.schema = schema;
  }

  Map<String, Object> of(String text) {
    var properties = schema.path("properties").propertyNames();
    var single = singleString();
    var given = object(text);
    if (given.isPresent()) {
      var wrong = fits(given.get());
      if (wrong.isEmpty()) {
        return given.get();
      }
      if (single.isEmpty()) {
        throw misfit(wrong.get());
      }
    }
    if (properties.isEmpty()) {
      return Map.of();
    }
    var name =
        single.orElseThrow(() ->
            new ExpertException(
                FailureKind.UNSUPPORTED,
                "tool '%s' needs its arguments (%s) as a JSON object, and no language model stands before it to write them; send {\"%s\": …}"
                    .formatted(tool, String.join(", ", properties), properties.iterator().next())));
    return Map.of(name, text);
  }

  /**
   * Arguments that a language model wrote, held to the schema.
   *
   * @throws ExpertException {@code INVALID_REQUEST}, saying what is missing, wrong or not known
   */
  Map<String, Object> strict(String json) {
    Map<String, Object> given =
        json.isBlank()
            ? Map.of()
            : object(json)
                .orElseThrow(
                    () -> misfit("they are no JSON object; send {\"argument\": value, …}"));
    var properties = schema.path("properties").propertyNames();
    if (!schema.has("additionalProperties") && !schema.has("patternProperties")) {
      var unknown = given.keySet().stream().filter(name -> !properties.contains(name)).toList();
      if (!unknown.isEmpty()) {
        throw misfit(
            "there is no argument %s; there are %s"
                .formatted(String.join(", ", unknown), String.join(", ", properties)));
      }
    }
    fits(given)
        .ifPresent(wrong -> {
          throw misfit(wrong);
        });
    return given;
  }

  private ExpertException misfit(String why) {
    return new ExpertException(
        FailureKind.INVALID_REQUEST,
        "these arguments do not fit tool '%s': %s".formatted(tool, why));
  }

  private Optional<String> fits(Map<String, Object> given) {
    return new ToolSchema(schema).problem(Json.MAPPER.<JsonNode>valueToTree(given));
  }

  /** The one property that must be given, or the only one there is, when it is a free string. */
  private Optional<String> singleString() {
    var properties = schema.path("properties");
    List<String> candidates = new ArrayList<>();
    schema.path("required").forEach(name -> candidates.add(name.asString()));
    if (candidates.isEmpty()) {
      candidates.addAll(properties.propertyNames());
    }
    if (candidates.size() != 1) {
      return Optional.empty();
    }
    var property = properties.path(candidates.getFirst());
    boolean free = property.path("type").asString("").equals("string") && !property.has("enum");
    return free ? Optional.of(candidates.getFirst()) : Optional.empty();
  }

  private static Optional<Map<String, Object>> object(String text) {
    if (!text.strip().startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.MAPPER.readValue(text, MAP));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
