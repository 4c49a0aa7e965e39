package io.consilium.orchestrator.wiring;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AggregatorCatalogue;
import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Expert;
import java.util.List;
import java.util.function.Function;

/** The catalogue of ways to fuse answers in the service. */
final class ServiceAggregators implements AggregatorCatalogue {
  private final List<Aggregator> askingNobody = Aggregators.standard();

  /** All names, as compositions write them; {@code :EXPERT} where one names an expert. */
  List<String> names() {
    return askingNobody.stream().map(Aggregator::name).toList();
  }

  @Override
  public Aggregator find(String named, Function<String, Expert> experts) {
    return AggregatorCatalogue.of(askingNobody).find(named, experts);
  }
}
