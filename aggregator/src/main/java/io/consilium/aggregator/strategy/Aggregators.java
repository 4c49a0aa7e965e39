package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import java.util.List;

/** The aggregators a plan may name. */
public final class Aggregators {
  private Aggregators() {}

  /** Those that need nothing but replies. */
  public static List<Aggregator> standard() {
    return List.of(new WeightedVote(), new MajorityVote());
  }
}
