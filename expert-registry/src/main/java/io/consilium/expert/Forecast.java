package io.consilium.expert;

import java.util.List;

/**
 * What is expected of one expert on one question.
 *
 * @param expert its id
 * @param p P(correct), 0 to 1
 * @param low lower end of the 80 % interval of {@code p}
 * @param high upper end of it
 * @param usd expected price, in US dollars
 * @param millis expected time to a whole answer
 * @param why what each estimator said, in the order they were asked
 */
public record Forecast(
    String expert, double p, double low, double high, double usd, double millis, List<Reason> why) {
  /** The 10th and 90th percentile of a normal lie this many standard deviations out. */
  public static final double EIGHTY = 1.2816;

  /**
   * One estimator's say.
   *
   * @param estimator its name
   * @param p its P(correct)
   * @param weight how much its evidence counted, 0 to 1
   * @param note what it saw, in a few words; may be empty
   */
  public record Reason(String estimator, double p, double weight, String note) {}

  public Forecast {
    if (!(0 <= low && low <= p && p <= high && high <= 1)) {
      throw new IllegalArgumentException(
          "0 ≤ low ≤ p ≤ high ≤ 1 does not hold: %s, %s, %s".formatted(low, p, high));
    }
    if (!(usd >= 0) || !(millis >= 0)) {
      throw new IllegalArgumentException("price and time must be 0 or more");
    }
    why = List.copyOf(why);
  }

  /** The standard deviation of {@code p} that the interval stands for. */
  public double spread() {
    return (high - low) / (2 * EIGHTY);
  }
}
