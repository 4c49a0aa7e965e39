package io.consilium.aggregator;

import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds the aggregators that plans name. Thread-safe. */
@FunctionalInterface
public interface AggregatorCatalogue {
  /** What stands between the name of an aggregator and that of its expert. */
  char COLON = ':';

  /**
   * The aggregator with a name.
   *
   * @param named as in a plan: {@code weighted_vote}, or {@code synthesis:gpt} for one that asks an
   *     expert of its own
   * @param experts finds that expert; what it is asked counts in the price of the plan
   * @throws ExpertException {@code INVALID_REQUEST} when there is none, saying which there are
   */
  Aggregator find(String named, Function<String, Expert> experts);

  /** Those of a list, which ask nobody. */
  static AggregatorCatalogue of(List<Aggregator> aggregators) {
    var all = List.copyOf(aggregators);
    return (named, experts) ->
        all.stream()
            .filter(each -> each.name().equals(named))
            .findFirst()
            .orElseThrow(() ->
                unknown(named, all.stream().map(Aggregator::name).collect(Collectors.toList())));
  }

  /** The refusal of a name that nobody goes by. */
  static ExpertException unknown(String named, List<String> names) {
    return ExpertException.invalid(
        "plan.aggregator",
        "there is no aggregator '%s'; those there are: %s"
            .formatted(named, String.join(", ", names)));
  }
}
