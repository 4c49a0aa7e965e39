package io.consilium.aggregator.contrast;

import io.consilium.aggregator.AnswerKey;
import io.consilium.expert.Answer;
import io.consilium.expert.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Finds what two answers say differently. */
final class Differing {
  private static final int PIECES = 5;
  private static final int LONGEST_JSON = 200_000;

  private Differing() {}

  static Contrast.Difference between(
      List<String> experts, AnswerKey key, Answer theirs, AnswerKey given, Answer ours) {
    if (key.kind() != given.kind()) {
      return new Contrast.Difference(
          experts, "form", List.of(quoted(key.text())), List.of(quoted(given.text())));
    }
    var fields = fields(theirs.text());
    var own = fields(ours.text());
    if (fields.isPresent() && own.isPresent()) {
      return new Contrast.Difference(
          experts,
          "fields",
          pieces(only(fields.get(), own.get())),
          pieces(only(own.get(), fields.get())));
    }
    if (key.kind() == AnswerKey.Kind.TEXT) {
      var said = Claims.of(theirs.text());
      var answered = Claims.of(ours.text());
      return new Contrast.Difference(
          experts, "statements", pieces(said.notIn(answered)), pieces(answered.notIn(said)));
    }
    return new Contrast.Difference(
        experts,
        key.kind().name().toLowerCase(Locale.ROOT),
        List.of(quoted(key.text())),
        List.of(quoted(given.text())));
  }

  /** A text short enough to be shown. */
  static String quoted(String text) {
    if (text.length() <= Contrast.QUOTED) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(Contrast.QUOTED - 1)) ? 1 : 0;
    return text.substring(0, Contrast.QUOTED - end) + "…";
  }

  private static List<String> pieces(List<String> all) {
    return all.stream().map(Differing::quoted).limit(PIECES).toList();
  }

  private static List<String> only(Map<String, String> one, Map<String, String> other) {
    List<String> only = new ArrayList<>();
    one.forEach((path, value) -> {
      if (!value.equals(other.get(path))) {
        only.add(path + " = " + value);
      }
    });
    return only;
  }

  /** The leaves of a JSON object or array by their paths; empty for anything else. */
  private static Optional<Map<String, String>> fields(String text) {
    var json = text.strip();
    if (json.length() > LONGEST_JSON || !(json.startsWith("{") || json.startsWith("["))) {
      return Optional.empty();
    }
    try {
      Map<String, String> leaves = new LinkedHashMap<>();
      collect("$", Json.MAPPER.readTree(json), leaves);
      return Optional.of(leaves);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static void collect(String path, JsonNode node, Map<String, String> leaves) {
    if (node.isObject() && !node.isEmpty()) {
      node.properties()
          .forEach(field -> collect(path + "." + field.getKey(), field.getValue(), leaves));
    } else if (node.isArray() && !node.isEmpty()) {
      for (int i = 0; i < node.size(); i++) {
        collect("%s[%d]".formatted(path, i), node.get(i), leaves);
      }
    } else {
      leaves.put(path, node.toString());
    }
  }
}
