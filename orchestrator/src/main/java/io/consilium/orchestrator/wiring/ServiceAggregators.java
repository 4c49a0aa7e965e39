package io.consilium.orchestrator.wiring;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AggregatorCatalogue;
import io.consilium.aggregator.strategy.AdapterMix;
import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.orchestrator.workers.Workers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
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
    return new AdapterMix(centroids(base.card().id()), embedder, workers.fuser(base));
  }

  /** Where the words of its card lie stands for what an adapter was trained on. */
  private Map<String, float[]> centroids(String base) {
    Map<String, float[]> centroids = new LinkedHashMap<>();
    for (var card : registry.current().cards()) {
      if (card.kind() instanceof ExpertKind.Adapter adapter && adapter.base().equals(base)) {
        centroids.put(card.id(), embedder.embed(words(card)));
      }
    }
    return centroids;
  }

  private static String words(ExpertCard card) {
    return card.description()
        + " "
        + card.skills().stream().map(skill -> skill.name()).collect(Collectors.joining(", "));
  }
}
