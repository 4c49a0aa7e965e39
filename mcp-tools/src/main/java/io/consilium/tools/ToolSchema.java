package io.consilium.tools;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The schema of a tool's arguments, as its server gave it: it may be anything. What it refers to
 * elsewhere is not fetched, so that no server makes us call another; where it cannot be read, or
 * refers to itself without end, it says nothing, and the server judges arguments itself.
 *
 * <p>The SDK's validator is not used: it fetches.
 *
 * @param json JSON Schema, draft 2020-12 where it names no other
 */
public record ToolSchema(JsonNode json) {
  /** What is wrong with arguments; empty when nothing is known to be. */
  public Optional<String> problem(JsonNode arguments) {
    if (!json.isObject()) {
      return Optional.empty();
    }
    try {
      var wrong =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(json)
              .validate(arguments);
      return wrong.isEmpty()
          ? Optional.empty()
          : Optional.of(wrong.stream().map(Error::toString).collect(Collectors.joining("; ")));
    } catch (RuntimeException | StackOverflowError unreadable) {
      return Optional.empty();
    }
  }
}
