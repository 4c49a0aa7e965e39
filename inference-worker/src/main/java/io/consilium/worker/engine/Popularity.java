package io.consilium.worker.engine;

import java.util.HashMap;
import java.util.Map;

/**
 * How often adapters were asked for lately: every text makes earlier ones count a little less, so
 * that about the last 500 count. Not thread-safe.
 */
final class Popularity {
  private static final double KEPT = 0.998;
  private static final double MOST = 1e100;

  private final Map<Adapter, Double> counts = new HashMap<>();
  private double weight = 1; // of the next text, instead of lowering all earlier ones

  void note(Adapter adapter) {
    counts.merge(adapter, weight, Double::sum);
    weight /= KEPT;
    if (weight > MOST) {
      counts.replaceAll((each, count) -> count / weight);
      weight = 1;
    }
  }

  /** Comparable among adapters now, not over time; 0 for one never asked for. */
  double of(Adapter adapter) {
    return counts.getOrDefault(adapter, 0.0);
  }

  void forget(Adapter adapter) {
    counts.remove(adapter);
  }
}
