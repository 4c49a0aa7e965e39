package io.consilium.expert.card;

import io.consilium.expert.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads one object field by field. What is wrong is collected rather than thrown, so that all of it
 * can be said at once; a wrong field reads as if it were absent.
 */
final class Reading {
  /** Names of settings whose values are credentials. */
  static final Pattern CONFIDENTIAL =
      Pattern.compile(
          "(?i)(.*[-_.])?(key|token|secret|password|auth|authorization|cookie|credentials?)"
              + "|.*(apikey|accesstoken|authtoken|secretkey)");

  private final ObjectNode body;
  private final String pointer;
  private final List<Problem> problems;
  private final Set<String> known = new LinkedHashSet<>();

  Reading(ObjectNode body, String pointer, List<Problem> problems) {
    this.body = body;
    this.pointer = pointer;
    this.problems = problems;
  }

  /** The value, or null when absent or null; from here on {@code name} is a known field. */
  @Nullable JsonNode node(String name) {
    known.add(name);
    var node = body.get(name);
    return node == null || node.isNull() ? null : node;
  }

  boolean has(String name) {
    return node(name) != null;
  }

  @Nullable String text(String name) {
    var node = node(name);
    if (node == null) {
      return null;
    }
    // an id such as 4 or 3.5 is a number only to YAML
    if (!node.isString() && !node.isNumber()) {
      wrong(name, "must be text, not " + shown(node));
      return null;
    }
    var text = node.isString() ? node.stringValue() : node.toString();
    return text.isBlank() ? null : text.strip();
  }

  String text(String name, String fallback) {
    var text = text(name);
    return text == null ? fallback : text;
  }

  /** A required text; the empty string, and a problem, when it is missing. */
  String required(String name, String what) {
    int before = problems.size();
    var text = text(name);
    if (text == null && problems.size() == before) {
      problem("'%s' is missing: give %s".formatted(name, what));
    }
    return text == null ? "" : text;
  }

  double number(String name, double low, double high, double fallback) {
    var node = node(name);
    if (node == null) {
      return fallback;
    }
    double value = node.isNumber() ? node.doubleValue() : Double.NaN;
    if (!(value >= low && value <= high)) {
      wrong(
          name,
          high == Double.MAX_VALUE
              ? "must be a number, at least %s, not %s".formatted(plain(low), shown(node))
              : "must be a number from %s to %s, not %s"
                  .formatted(plain(low), plain(high), shown(node)));
      return fallback;
    }
    return value;
  }

  int count(String name, int fallback) {
    var node = node(name);
    if (node == null) {
      return fallback;
    }
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      wrong(name, "must be a whole number, 0 or more, not " + shown(node));
      return fallback;
    }
    return node.intValue();
  }

  List<String> texts(String name) {
    var node = node(name);
    List<String> texts = new ArrayList<>();
    if (node == null) {
      return texts;
    }
    if (!node.isArray()) {
      wrong(name, "must be a list of texts, not " + shown(node));
      return texts;
    }
    for (int i = 0; i < node.size(); i++) {
      var element = node.get(i);
      if ((element.isString() && !element.stringValue().isBlank()) || element.isNumber()) {
        texts.add(element.isString() ? element.stringValue().strip() : element.toString());
      } else {
        wrong(name + "/" + i, "must be text, not " + shown(element));
      }
    }
    return texts;
  }

  /** Fields of an object whose names are free. */
  Map<String, JsonNode> entries(String name) {
    Map<String, JsonNode> entries = new LinkedHashMap<>();
    var child = node(name);
    if (child instanceof ObjectNode object) {
      object.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
    } else if (child != null) {
      wrong(name, "must be a map of names to values, not " + shown(child));
    }
    return entries;
  }

  /** Whether an entry of a nested object is there but null. */
  boolean isEmpty(String name, String entry) {
    return body.path(name).path(entry).isNull();
  }

  /** A nested object; null when absent or, with a problem, when it is something else. */
  @Nullable Reading object(String name) {
    var node = node(name);
    if (node == null) {
      return null;
    }
    if (node instanceof ObjectNode object) {
      return new Reading(object, pointer + "/" + name, problems);
    }
    wrong(name, "must be a map of names to values, not " + shown(node));
    return null;
  }

  /** The constant a label stands for; null, and a problem, when it stands for none. */
  <E extends Enum<E>> @Nullable E constant(String name, Class<E> type) {
    var label = text(name);
    return label == null ? null : constant(name, label, type);
  }

  <E extends Enum<E>> List<E> constants(String name, Class<E> type) {
    List<E> constants = new ArrayList<>();
    var labels = texts(name);
    for (int i = 0; i < labels.size(); i++) {
      var constant = constant(name + "/" + i, labels.get(i), type);
      if (constant != null) {
        constants.add(constant);
      }
    }
    return constants;
  }

  private <E extends Enum<E>> @Nullable E constant(String place, String label, Class<E> type) {
    List<String> labels = new ArrayList<>();
    for (var constant : type.getEnumConstants()) {
      if (label(constant).equals(label.toLowerCase(Locale.ROOT).replace('_', '-'))) {
        return constant;
      }
      labels.add(label(constant));
    }
    unknown(place, label, labels);
    return null;
  }

  /** A constant as it is written: lower case, with hyphens. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  void unknown(String place, String label, List<String> valid) {
    wrong(
        place,
        "'%s' is none of %s; did you mean '%s'?"
            .formatted(
                label, String.join(", ", valid), Spelling.nearest(label, valid, 1).getFirst()));
  }

  /** A problem with this field. */
  void wrong(String name, String message) {
    var last = name.substring(name.lastIndexOf('/') + 1);
    var shown = last.chars().allMatch(Character::isDigit) ? name.replace('/', '.') : last;
    problems.add(new Problem(pointer + "/" + name, "'%s' %s".formatted(shown, message)));
  }

  /** A problem with this object as a whole. */
  void problem(String message) {
    problems.add(new Problem(pointer, message));
  }

  /** Every field not asked for is a problem. */
  void finish() {
    for (var name : body.propertyNames()) {
      if (!known.contains(name)) {
        problems.add(
            new Problem(
                pointer + "/" + name,
                "unknown key '%s'; did you mean '%s'?"
                    .formatted(name, Spelling.nearest(name, known, 1).getFirst())));
      }
    }
  }

  String pointer() {
    return pointer;
  }

  List<Problem> problems() {
    return problems;
  }

  /** A value in a message: short, and never one that might be a credential. */
  static String shown(JsonNode node) {
    if (node.isObject()) {
      return "a map";
    }
    if (node.isArray()) {
      return "a list";
    }
    var text = node.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
