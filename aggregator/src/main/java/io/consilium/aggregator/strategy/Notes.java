package io.consilium.aggregator.strategy;

import io.consilium.expert.Answer;
import io.consilium.expert.Json;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Reads notes that experts wrote. */
final class Notes {
  private Notes() {}

  /** The answer a note holds; empty when it is no JSON with an answer. */
  static Optional<Answer> answer(Answer note) {
    var text = note.text().strip();
    if (!text.startsWith("{")) {
      return Optional.empty();
    }
    try {
      var field = Json.MAPPER.readTree(text).get("answer");
      return Optional.ofNullable(field)
          .map(said -> said.isValueNode() ? said.asString("") : said.toString())
          .filter(said -> !said.isBlank())
          .map(said -> Answer.of(said, note.usage()));
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }
}
