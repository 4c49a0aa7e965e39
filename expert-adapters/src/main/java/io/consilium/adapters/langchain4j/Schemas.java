package io.consilium.adapters.langchain4j;

import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * JSON schemas as LangChain4j's elements. What those cannot say (formats, bounds, patterns …) goes
 * down as it was written; only at the top, where LangChain4j insists on an object, is it dropped.
 */
final class Schemas {
  private static final Set<String> PLAIN = Set.of("type", "description", "title");
  private static final Set<String> OBJECT =
      Set.of("type", "description", "title", "properties", "required", "additionalProperties");

  private Schemas() {}

  /** The schema of a tool's arguments or of a structured answer. */
  static JsonObjectSchema object(JsonNode schema) {
    var builder =
        JsonObjectSchema.builder()
            .description(text(schema, "description"))
            .addProperties(elements(schema.path("properties")))
            .required(strings(schema.path("required")));
    if (schema.path("additionalProperties").isBoolean()) {
      builder.additionalProperties(schema.path("additionalProperties").booleanValue());
    }
    for (var definitions : List.of("$defs", "definitions")) {
      if (schema.path(definitions).isObject()) {
        builder.definitions(elements(schema.path(definitions)));
      }
    }
    return builder.build();
  }

  private static Map<String, JsonSchemaElement> elements(JsonNode schemas) {
    Map<String, JsonSchemaElement> elements = new LinkedHashMap<>();
    schemas.properties().forEach(entry -> elements.put(entry.getKey(), element(entry.getValue())));
    return elements;
  }

  private static JsonSchemaElement element(JsonNode schema) {
    var description = text(schema, "description");
    var reference = schema.path("$ref").asString("");
    if (reference.matches("#/(\\$defs|definitions)/[^/]+") && only(schema, Set.of("$ref"))) {
      return JsonReferenceSchema.builder()
          .reference(reference.substring(reference.lastIndexOf('/') + 1))
          .build();
    }
    if (schema.path("anyOf").isArray() && only(schema, Set.of("anyOf", "description", "title"))) {
      return JsonAnyOfSchema.builder()
          .description(description)
          .anyOf(items(schema.path("anyOf")).stream().map(Schemas::element).toList())
          .build();
    }
    var typed =
        switch (schema.path("type").asString("")) {
          case "string" -> string(schema, description);
          case "integer" ->
              only(schema, PLAIN)
                  ? JsonIntegerSchema.builder().description(description).build()
                  : null;
          case "number" ->
              only(schema, PLAIN)
                  ? JsonNumberSchema.builder().description(description).build()
                  : null;
          case "boolean" ->
              only(schema, PLAIN)
                  ? JsonBooleanSchema.builder().description(description).build()
                  : null;
          case "null" -> only(schema, PLAIN) ? new JsonNullSchema() : null;
          case "array" ->
              only(schema, Set.of("type", "description", "title", "items"))
                      && schema.path("items").isObject()
                  ? JsonArraySchema.builder()
                      .description(description)
                      .items(element(schema.path("items")))
                      .build()
                  : null;
          case "object" ->
              only(schema, OBJECT) && !schema.path("additionalProperties").isObject()
                  ? object(schema)
                  : null;
          default -> null;
        };
    return typed == null ? JsonRawSchema.from(schema.toString()) : typed;
  }

  private static @Nullable JsonSchemaElement string(JsonNode schema, @Nullable String description) {
    if (only(schema, PLAIN)) {
      return JsonStringSchema.builder().description(description).build();
    }
    return schema.path("enum").isArray()
            && only(schema, Set.of("type", "description", "title", "enum"))
        ? JsonEnumSchema.builder()
            .description(description)
            .enumValues(strings(schema.path("enum")))
            .build()
        : null;
  }

  private static boolean only(JsonNode schema, Set<String> keywords) {
    return keywords.containsAll(schema.propertyNames());
  }

  private static List<JsonNode> items(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asString()));
    return strings;
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.path(field).isString() ? node.path(field).stringValue() : null;
  }
}
