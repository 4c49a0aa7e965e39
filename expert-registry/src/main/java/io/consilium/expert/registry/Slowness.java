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

  private final double[] millis = new double[KEPT];
  private long seen;

  synchronized void add(double latencyMillis) {
    millis[(int) (seen++ % KEPT)] = latencyMillis;
  }

  /** 0 while there are too few answers. */
  synchronized double p95() {
    int count = (int) Math.min(seen, KEPT);
    if (count < FEWEST) {
      return 0;
    }
    double[] sorted = Arrays.copyOf(millis, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.ceil(SHARE * count) - 1];
  }
}
