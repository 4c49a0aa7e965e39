package io.consilium.expert.registry;

import java.util.Arrays;

/**
 * How long the slow answers of one expert take: the 95th percentile (nearest rank) of its last
 * answers. Thread-safe.
 */
final class Slowness {
  /** Answers that are remembered. */
  static final int KEPT = 128;

  /** With fewer answers one in twenty cannot be told. */
  static final int FEWEST = 20;

  private static final double SHARE = 0.95;

  /**
   * The percentile of the last answers moves little from one to the next, and sorting has a price.
   */
  private static final int SORTED_EVERY = 8;

  private final double[] millis = new double[KEPT];
  private long seen;
  private double p95;

  synchronized void add(double latencyMillis) {
    millis[(int) (seen++ % KEPT)] = latencyMillis;
    if (seen >= FEWEST && (seen <= KEPT || seen % SORTED_EVERY == 0)) {
      p95 = sorted();
    }
  }

  /** 0 while there are too few answers; of at most {@link #SORTED_EVERY} answers ago. */
  synchronized double p95() {
    return p95;
  }

  private double sorted() {
    int count = (int) Math.min(seen, KEPT);
    double[] sorted = Arrays.copyOf(millis, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.ceil(SHARE * count) - 1];
  }
}
