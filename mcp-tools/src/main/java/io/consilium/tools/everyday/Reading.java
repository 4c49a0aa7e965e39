package io.consilium.tools.everyday;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a question was read and what comes out.
 *
 * @param text the answer as shown, worked where there is something to work
 * @param value the bare result: a number, a date, a name
 * @param unit what it is counted in, or null
 * @param expression what was computed, or null
 * @param confidence how sure we are to have read the question as it was meant, 0 to 1
 */
record Reading(
    String text,
    Object value,
    @Nullable String unit,
    @Nullable String expression,
    double confidence) {
  /** Read by a pattern made for such questions. */
  static final double SURE = 0.97;

  /** Something had to be assumed or passed over. */
  static final double LIKELY = 0.8;

  Reading likely() {
    return new Reading(text, value, unit, expression, Math.min(confidence, LIKELY));
  }

  /** The structured content of the tool's result. */
  Map<String, Object> structured() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("value", value);
    if (unit != null) {
      fields.put("unit", unit);
    }
    if (expression != null) {
      fields.put("expression", expression);
    }
    fields.put("confidence", confidence);
    return fields;
  }
}
