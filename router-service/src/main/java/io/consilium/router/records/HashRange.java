package io.consilium.router.records;

import java.util.regex.Pattern;

/**
 * A part of all questions, by {@link QuestionHash}: {@code low} included, {@code high} not.
 *
 * @param low from 0
 * @param high to 1
 */
public record HashRange(double low, double high) {
  private static final Pattern FORM = Pattern.compile("([0-9.]+):([0-9.]+)");

  public HashRange {
    if (!(0 <= low && low < high && high <= 1)) {
      throw new IllegalArgumentException(
          "a range of the question hash is LO:HI with 0 ≤ LO < HI ≤ 1, such as 0:0.6, not %s:%s"
              .formatted(low, high));
    }
  }

  /** Reads {@code LO:HI}. */
  public static HashRange parse(String text) {
    var matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a range of the question hash is LO:HI, such as 0:0.6, not '" + text + "'");
    }
    try {
      return new HashRange(
          Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("LO and HI are decimal numbers, not '" + text + "'", e);
    }
  }

  /** Whether a question with hash {@code h} belongs to it. */
  public boolean holds(double h) {
    return low <= h && h < high;
  }

  @Override
  public String toString() {
    return low + ":" + high;
  }
}
