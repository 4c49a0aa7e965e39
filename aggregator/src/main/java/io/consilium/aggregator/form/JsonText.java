package io.consilium.aggregator.form;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON objects and arrays in one spelling: keys sorted, numbers by value, nothing between. Single
 * quotes are read too, so that {@code ['a', 'b']} and {@code ["a","b"]} are the same list.
 */
public final class JsonText {
  private static final JsonMapper LENIENT =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final int LARGEST_SCALE = 400;

  private JsonText() {}

  /** The JSON in one spelling. */
  public static Optional<String> read(String text) {
    char first = text.charAt(0);
    char last = text.charAt(text.length() - 1);
    if (!(first == '{' && last == '}') && !(first == '[' && last == ']')) {
      return Optional.empty();
    }
    try {
      return Optional.of(canonical(LENIENT.readTree(text)).toString());
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  /** The same node with sorted keys and plain numbers. */
  public static JsonNode canonical(JsonNode node) {
    var nodes = LENIENT.getNodeFactory();
    if (node instanceof ObjectNode object) {
      var sorted = new TreeMap<String, JsonNode>();
      object.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
      var copy = nodes.objectNode();
      sorted.forEach((name, value) -> copy.set(name, canonical(value)));
      return copy;
    }
    if (node.isArray()) {
      var copy = nodes.arrayNode();
      node.forEach(each -> copy.add(canonical(each)));
      return copy;
    }
    if (node.isNumber()) {
      BigDecimal value = node.decimalValue();
      // a number such as 1e999999999 would be written out in full
      return Math.abs((long) value.scale()) > LARGEST_SCALE
          ? node
          : nodes.numberNode(new BigDecimal(Numbers.decimal(value)));
    }
    return node;
  }
}
