package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Spelling;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The values of a JSON object of ours, read strictly: a wrong type or an unknown key is an error
 * that names the field and says what fits.
 *
 * @param node the object
 * @param path what stands before a key in errors, with its dot; empty for a body
 */
record Given(JsonNode node, String path) {
  /** Refuses every key but these, naming the nearest. */
  Given only(List<String> keys) {
    for (var key : node.propertyNames()) {
      if (!keys.contains(key)) {
        throw ExpertException.invalid(
            path + key,
            "there is no '%s'; did you mean '%s'? Known are %s"
                .formatted(
                    path + key,
                    path + Spelling.nearest(key, keys, 1).getFirst(),
                    String.join(", ", keys)));
      }
    }
    return this;
  }

  /** Refuses every query parameter but these. */
  static void parameters(HttpServletRequest request, List<String> known) {
    for (var name : request.getParameterMap().keySet()) {
      if (!known.contains(name)) {
        throw ExpertException.invalid(
            name,
            "there is no parameter '%s'; known are %s".formatted(name, String.join(", ", known)));
      }
    }
  }

  /** Refuses a query parameter whose value is none of these; one that is missing fits. */
  static void oneOf(HttpServletRequest request, String name, List<String> values) {
    var value = request.getParameter(name);
    if (value != null && !values.contains(value)) {
      throw ExpertException.invalid(
          name, "'%s' must be one of %s, not %s".formatted(name, String.join(", ", values), value));
    }
  }

  /** The query parameter {@code limit}: a whole number from 1. */
  static int limit(HttpServletRequest request, int usual, int most) {
    return whole(request, "limit", usual, most);
  }

  /** A query parameter that is a whole number from 1. */
  static int whole(HttpServletRequest request, String name, int usual, int most) {
    var text = request.getParameter(name);
    try {
      int limit = text == null ? usual : Integer.parseInt(text);
      if (limit >= 1 && limit <= most) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw ExpertException.invalid(
        name, "'%s' must be a whole number from 1 to %d, not %s".formatted(name, most, text));
  }

  /** A whole number in a closed range. */
  int whole(String key, int low, int high, int usual) {
    var number = number(key, low, high, "a whole number from %d to %d".formatted(low, high));
    if (number != null && number != Math.rint(number)) {
      throw wrong(key, "a whole number from %d to %d".formatted(low, high), node.get(key));
    }
    return number == null ? usual : number.intValue();
  }

  @Nullable JsonNode value(String key) {
    var value = node.get(key);
    return value == null || value.isNull() ? null : value;
  }

  @Nullable String text(String key) {
    var value = value(key);
    if (value != null && !value.isString()) {
      throw wrong(key, "a string", value);
    }
    return value == null ? null : value.stringValue();
  }

  String required(String key) {
    var text = text(key);
    if (text == null || text.isBlank()) {
      throw ExpertException.invalid(
          path + key, "'%s' is missing: give a string".formatted(path + key));
    }
    return text;
  }

  @Nullable Boolean flag(String key) {
    var value = value(key);
    if (value != null && !value.isBoolean()) {
      throw wrong(key, "true or false", value);
    }
    return value == null ? null : value.booleanValue();
  }

  /** A number in a closed range. */
  @Nullable Double number(String key, double low, double high, String right) {
    var value = value(key);
    if (value == null) {
      return null;
    }
    double number = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(number >= low && number <= high)) {
      throw wrong(key, right, value);
    }
    return number;
  }

  List<String> texts(String key, String right) {
    var value = value(key);
    if (value == null) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (var element : value) {
      if (element.isString()) {
        texts.add(element.stringValue());
      }
    }
    if (!value.isArray() || texts.size() != value.size()) {
      throw wrong(key, right, value);
    }
    return texts;
  }

  ExpertException wrong(String key, String right, JsonNode found) {
    var shown = found.toString();
    return ExpertException.invalid(
        path + key,
        "'%s' must be %s, not %s"
            .formatted(
                path + key, right, shown.length() > 60 ? shown.substring(0, 60) + "…" : shown));
  }
}
