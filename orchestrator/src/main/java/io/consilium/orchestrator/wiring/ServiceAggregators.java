package io.consilium.orchestrator.wiring;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AggregatorCatalogue;
import io.consilium.aggregator.strategy.AdapterMix;
import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.orchestrator.workers.Workers;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The catalogue of ways to fuse answers in the service. */
final class ServiceAggregators implements AggregatorCatalogue {
  private static final String MIX = Aggregators.ADAPTER_MIX + COLON;

  private final Embedder embedder;
  private final ExpertRegistry registry;
  private final Workers workers;

  /**
   * @param embedder says which background, or adapter, is near a question
   */
  ServiceAggregators(Embedder embedder, ExpertRegistry registry, Workers workers) {
    this.embedder = embedder;
    this.registry = registry;
    this.workers = workers;
  }

  /** All names, as compositions write them; {@code :EXPERT} where one names an expert. */
  List<String> names() {
    return Stream.concat(Aggregators.names().stream(), Stream.of(MIX + "EXPERT")).toList();
  }

  @Override
  public Aggregator find(String named, Function<String, Expert> experts) {
    if (!named.startsWith(MIX)) {
      return Aggregators.named(named, experts, embedder);
    }
    Aggregators.check(named);
    var base = experts.apply(named.substring(MIX.length()));
    var adapters =
        registry.current().cards().stream()
            .filter(card ->
                card.kind() instanceof ExpertKind.Adapter adapter
                    && adapter.base().equals(base.card().id()))
            .toList();
    return AdapterMix.byCards(adapters, embedder, workers.fuser(base));
  }
}
