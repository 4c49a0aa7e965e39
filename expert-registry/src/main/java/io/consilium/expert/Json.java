package io.consilium.expert;

import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one JSON mapper. It keeps numbers as they were written, so that a body that is parsed and
 * written again loses nothing.
 */
public final class Json {
  /** Thread-safe; shared by everything that reads or writes JSON. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** The parser's own words for where an unclosed bracket stands; the source is left out there. */
  private static final Pattern START = Pattern.compile(" \\(start marker at \\[[^\\]]*\\]\\)");

  private Json() {}

  /** Parses a JSON object; {@code what} names the thing in the error ("the request body"). */
  public static ObjectNode object(byte[] bytes, String what) {
    JsonNode node;
    try {
      node = MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new ExpertException(
          FailureKind.INVALID_REQUEST,
          "%s is not valid JSON (line %d, column %d): %s"
              .formatted(
                  what,
                  at == null ? 1 : at.getLineNr(),
                  at == null ? 1 : at.getColumnNr(),
                  fault(e)),
          e);
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new ExpertException(FailureKind.INVALID_REQUEST, what + " must be a JSON object: { … }");
  }

  /** What is wrong with a text that could not be parsed, without where the parser says it is. */
  public static String fault(JacksonException e) {
    return START.matcher(String.valueOf(e.getOriginalMessage())).replaceAll("");
  }

  /** An empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Any record or node as UTF-8 bytes. */
  public static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }
}
