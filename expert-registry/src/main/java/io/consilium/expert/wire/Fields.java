package io.consilium.expert.wire;

import io.consilium.expert.ExpertException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the fields of a body; a wrong type is an error that names the field and says what fits. */
final class Fields {
  private Fields() {}

  /** The node, or null when absent or JSON null. */
  static @Nullable JsonNode node(JsonNode body, String name) {
    var node = body.get(name);
    return node == null || node.isNull() ? null : node;
  }

  static String required(JsonNode body, String name, String path) {
    var text = string(body, name, path);
    if (text == null || text.isBlank()) {
      throw ExpertException.invalid(path, "'%s' is missing: give a string".formatted(path));
    }
    return text;
  }

  static @Nullable String string(JsonNode body, String name, String path) {
    var node = node(body, name);
    if (node == null) {
      return null;
    }
    if (!node.isString()) {
      throw wrong(path, "a string", node);
    }
    return node.stringValue();
  }

  static boolean flag(JsonNode body, String name, String path) {
    var node = node(body, name);
    if (node == null) {
      return false;
    }
    if (!node.isBoolean()) {
      throw wrong(path, "true or false", node);
    }
    return node.booleanValue();
  }

  static @Nullable Integer count(JsonNode body, String name, String path) {
    var node = node(body, name);
    if (node == null) {
      return null;
    }
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1) {
      throw wrong(path, "a whole number from 1", node);
    }
    return node.intValue();
  }

  static @Nullable Double number(JsonNode body, String name, double low, double high) {
    var node = node(body, name);
    if (node == null) {
      return null;
    }
    double value = node.isNumber() ? node.asDouble(Double.NaN) : Double.NaN;
    if (!(value >= low && value <= high)) {
      throw wrong(name, "a number from %s to %s".formatted(plain(low), plain(high)), node);
    }
    return value;
  }

  /** The node if it is an object; null when absent. */
  static @Nullable JsonNode object(JsonNode body, String name, String path, String like) {
    var node = node(body, name);
    if (node != null && !node.isObject()) {
      throw wrong(path, "an object such as " + like, node);
    }
    return node;
  }

  static List<JsonNode> array(JsonNode body, String name, String path) {
    var node = node(body, name);
    if (node == null) {
      return List.of();
    }
    if (!node.isArray()) {
      throw wrong(path, "an array", node);
    }
    List<JsonNode> elements = new ArrayList<>(node.size());
    node.forEach(elements::add);
    return elements;
  }

  static ExpertException wrong(String path, String right, JsonNode found) {
    var shown = found.toString();
    return ExpertException.invalid(
        path,
        "'%s' must be %s, not %s"
            .formatted(path, right, shown.length() > 60 ? shown.substring(0, 60) + "…" : shown));
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
