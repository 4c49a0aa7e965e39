package io.consilium.aggregator.strategy;

import io.consilium.expert.Answer;
import io.consilium.expert.Json;
import tools.jackson.core.JacksonException;

/** Reads notes that experts wrote. */
final class Notes {
  private Notes() {}

  /** The answer a note holds; the note itself when it is no JSON with an answer. */
  static Answer answer(Answer note) {
    var text = note.text().strip();
    if (!text.startsWith("{")) {
      return note;
    }
    try {
      var field = Json.MAPPER.readTree(text).get("answer");
      return field == null
          ? note
          : Answer.of(field.isValueNode() ? field.asString("") : field.toString(), note.usage());
    } catch (JacksonException notJson) {
      return note;
    }
  }
}
