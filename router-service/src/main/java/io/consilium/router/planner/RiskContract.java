package io.consilium.router.planner;

import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * "Wrong in at most a share ε of what is answered, else abstain": the least P(correct) to answer
 * with, such that the error among training answers at or above it is at most ε with 90 % confidence
 * (one-sided bound of Clopper and Pearson, 1934). Pass it on as the policy's minimum.
 */
public final class RiskContract {
  private static final double CONFIDENCE = 0.9;

  private RiskContract() {}

  /**
   * The least threshold that keeps the contract.
   *
   * @param p P(correct) as it was forecast for each training answer, by routers that had not seen
   *     the question
   * @param right whether it was
   * @param risk ε, above 0 and below 1
   * @return empty when no threshold keeps it: then abstain always
   */
  public static OptionalDouble minimum(double[] p, boolean[] right, double risk) {
    if (!(risk > 0 && risk < 1) || p.length != right.length) {
      throw new IllegalArgumentException("a risk lies between 0 and 1; one outcome per forecast");
    }
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> p[i]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    double least = Double.NaN;
    int wrong = 0;
    for (int n = 0; n < order.length; n++) {
      wrong += right[order[n]] ? 0 : 1;
      boolean last = n + 1 == order.length || p[order[n + 1]] < p[order[n]];
      if (last && upperBound(wrong, n + 1, CONFIDENCE) <= risk) {
        least = p[order[n]];
      }
    }
    return Double.isNaN(least) ? OptionalDouble.empty() : OptionalDouble.of(least);
  }

  /**
   * The one-sided upper bound of a share of which {@code k} in {@code n} were seen: the share at
   * which so few would be seen with probability 1 − confidence.
   */
  public static double upperBound(int k, int n, double confidence) {
    if (n < 1 || k < 0 || k > n) {
      throw new IllegalArgumentException("0 ≤ k ≤ n, and n is 1 or more");
    }
    if (k == n) {
      return 1;
    }
    double low = (double) k / n;
    double high = 1;
    for (int step = 0; step < 60; step++) {
      double middle = (low + high) / 2;
      if (atMost(k, n, middle) > 1 - confidence) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** P(at most {@code k} of {@code n}) when each happens with probability {@code share}. */
  private static double atMost(int k, int n, double share) {
    double log = n * Math.log1p(-share);
    double odds = Math.log(share) - Math.log1p(-share);
    double[] logs = new double[k + 1];
    double top = log;
    for (int i = 0; i <= k; i++) {
      logs[i] = log;
      top = Math.max(top, log);
      log += Math.log(n - i) - Math.log(i + 1.0) + odds;
    }
    double shift = top;
    return Math.exp(top) * Arrays.stream(logs).map(each -> Math.exp(each - shift)).sum();
  }
}
