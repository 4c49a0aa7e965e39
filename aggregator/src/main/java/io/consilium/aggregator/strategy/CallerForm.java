package io.consilium.aggregator.strategy;

import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.consilium.expert.Answer;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The form a caller asked for: calls only of its own tools, with arguments that fit their schemas;
 * JSON where JSON was promised, fitting the schema given with it. References to other documents in
 * a schema are not followed: what needs them does not fit.
 */
public final class CallerForm {
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private CallerForm() {}

  /** What is wrong with an answer's form; empty when nothing is. */
  public static Optional<String> problem(Question question, Answer answer) {
    if (answer.refusal() != null) {
      return Optional.of("it refuses");
    }
    if (!answer.toolCalls().isEmpty()) {
      return answer.toolCalls().stream()
          .map(call -> problem(question, call.name(), call.arguments()))
          .flatMap(Optional::stream)
          .findFirst();
    }
    if (answer.text().isBlank()) {
      return Optional.of("it is empty");
    }
    return question.parameters().structured() ? structured(question, answer) : Optional.empty();
  }

  private static Optional<String> problem(Question question, String tool, String arguments) {
    for (var spec : question.tools()) {
      if (spec.name().equals(tool)) {
        return invalid(spec.schema(), arguments);
      }
    }
    return Optional.of("the caller has no tool '" + tool + "'");
  }

  private static Optional<String> structured(Question question, Answer answer) {
    var schema = question.body().path("response_format").path("json_schema").path("schema");
    return invalid(schema.isObject() ? schema : Json.object().put("type", "object"), answer.text());
  }

  private static Optional<String> invalid(JsonNode schema, String json) {
    try {
      var node = Json.MAPPER.readTree(json.isBlank() ? "{}" : json);
      var errors = SCHEMAS.getSchema(schema).validate(node);
      return errors.isEmpty() ? Optional.empty() : Optional.of(errors.getFirst().toString());
    } catch (JacksonException notJson) {
      return Optional.of("it is not JSON");
    } catch (SchemaException unusable) {
      return Optional.of("its schema cannot be used: " + unusable.getMessage());
    } catch (StackOverflowError endless) {
      return Optional.of("its schema cannot be used: it refers to itself without end");
    }
  }
}
