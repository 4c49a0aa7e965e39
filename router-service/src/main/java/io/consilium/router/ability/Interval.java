package io.consilium.router.ability;

/**
 * A number and how far it may be off.
 *
 * @param value the forecast, 0 to 1
 * @param low lower end
 * @param high upper end
 */
public record Interval(double value, double low, double high) {
  public Interval {
    if (!(0 <= low && low <= value && value <= high && high <= 1)) {
      throw new IllegalArgumentException(
          "0 ≤ low ≤ value ≤ high ≤ 1 does not hold: %s, %s, %s".formatted(low, value, high));
    }
  }

  /** Whether it holds a number. */
  public boolean holds(double x) {
    return low <= x && x <= high;
  }
}
