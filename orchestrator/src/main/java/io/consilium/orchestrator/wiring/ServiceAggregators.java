package io.consilium.orchestrator.wiring;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AggregatorCatalogue;
import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import java.util.List;
import java.util.function.Function;

/** The catalogue of ways to fuse answers in the service. */
final class ServiceAggregators implements AggregatorCatalogue {
  private final Embedder embedder;

  /**
   * @param embedder says which background is near a question
   */
  ServiceAggregators(Embedder embedder) {
    this.embedder = embedder;
  }

  /** All names, as compositions write them; {@code :EXPERT} where one names an expert. */
  List<String> names() {
    return Aggregators.names();
  }

  @Override
  public Aggregator find(String named, Function<String, Expert> experts) {
    return Aggregators.named(named, experts, embedder);
  }
}
