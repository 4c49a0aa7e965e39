package io.consilium.expert;

import java.util.Map;

/**
 * What is said, or was measured, of an expert.
 *
 * @param accuracy share of right answers, 0 to 1, by named item set
 * @param latencyMillis typical time to a whole answer; 0 when unknown
 */
public record Measures(Map<String, Double> accuracy, double latencyMillis) {
  /** Nothing known. */
  public static final Measures NONE = new Measures(Map.of(), 0);

  public Measures {
    accuracy = Map.copyOf(accuracy);
    for (var share : accuracy.values()) {
      if (!(share >= 0 && share <= 1)) {
        throw ExpertException.invalid("accuracy", "accuracies lie between 0 and 1");
      }
    }
    if (!(latencyMillis >= 0)) {
      throw ExpertException.invalid("latency", "a latency is 0 or more");
    }
  }
}
