package io.consilium.bench.tools;

import io.consilium.expert.Embedder;
import io.consilium.tools.retrieval.ToolExample;
import io.consilium.tools.retrieval.ToolIndex;
import io.consilium.tools.retrieval.ToolRequest;
import io.consilium.tools.retrieval.ToolWeights;
import io.consilium.tools.retrieval.ToolWeights.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * Fits the weights of signals on training requests of several pools, at most {@value #MOST} of
 * each, every request counting the same: first those of descriptions, with no request indexed;
 * then, against their sum, those of requests seen before, with three quarters of the requests
 * indexed and asked the others. What two ways to reorder should do is chosen from a grid, by what
 * is found with no request indexed.
 */
final class ToolsFit {
  private static final int CANDIDATES = 100;
  private static final int MOST = 1_200;

  /** What the weights of reordering are chosen from. */
  private static final List<Double> GRID = List.of(0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0);

  private final Embedder embedder;
  private final List<ListwiseFit.Choice> cold = new ArrayList<>();
  private final List<ListwiseFit.Choice> warm = new ArrayList<>();
  private final List<Kept> kept = new ArrayList<>();

  ToolsFit(Embedder embedder) {
    this.embedder = embedder;
  }

  /** The requests of a pool that weights beside those of signals are chosen on. */
  private record Kept(ToolPool pool, List<ToolQuery> sample) {}

  /** Takes up a pool with the requests that may be learnt from. */
  void add(ToolPool pool, List<ToolQuery> train, List<ToolQuery> also) {
    var sample = train.stream().sorted(Comparator.comparingDouble(ToolQuery::hash)).toList();
    var late = sample.subList(sample.size() * 3 / 4, sample.size());
    var index = new ToolIndex(embedder, ListwiseFit.ones());
    index.replaceAll(pool.tools());
    var early = sample.subList(0, Math.min(MOST, sample.size()));
    cold.addAll(choices(index, early));
    kept.add(new Kept(pool, early));
    List<ToolExample> known = new ArrayList<>();
    sample.subList(0, sample.size() * 3 / 4).forEach(query -> known.add(example(query)));
    also.forEach(query -> known.add(example(query)));
    index.learn(known);
    warm.addAll(choices(index, late.subList(0, Math.min(MOST, late.size()))));
  }

  private static ToolExample example(ToolQuery query) {
    return new ToolExample(query.text(), query.tools());
  }

  private List<ListwiseFit.Choice> choices(ToolIndex index, List<ToolQuery> queries) {
    return queries.stream()
        .map(query -> ListwiseFit.Choice.of(index.search(query.text(), CANDIDATES), query.tools()))
        .filter(ListwiseFit.Choice::solvable)
        .toList();
  }

  /** The weights, and how much two ways to reorder what is found should do. */
  Fitted fit() {
    var weights = weights();
    double[] servers = new double[GRID.size()];
    double[] diverse = new double[GRID.size()];
    for (var part : kept) {
      var index = new ToolIndex(embedder, weights);
      index.replaceAll(part.pool.tools());
      var reordering = new Reordering(part.pool, embedder);
      for (var query : part.sample) {
        var request = ToolRequest.of(query.text(), embedder);
        var found = index.search(request, CANDIDATES, tool -> true);
        for (int i = 0; i < GRID.size(); i++) {
          if (!part.pool.servers().isEmpty()) {
            servers[i] +=
                ToolMetric.RECALL_5.of(reordering.byServer(found, request, GRID.get(i)), query);
          }
          if (query.tools().size() > 1 && !query.any()) {
            diverse[i] +=
                ToolMetric.ALL_5.of(reordering.diverse(found, request, GRID.get(i)), query);
          }
        }
      }
    }
    return new Fitted(weights, best(servers), best(diverse));
  }

  /** The value of the grid that did best; of equals, the smallest. */
  private static double best(double[] sums) {
    int best = 0;
    for (int i = 1; i < sums.length; i++) {
      best = sums[i] > sums[best] + 1e-9 ? i : best;
    }
    return GRID.get(best);
  }

  private ToolWeights weights() {
    var described = EnumSet.noneOf(Signal.class);
    var seen = EnumSet.noneOf(Signal.class);
    for (var signal : Signal.values()) {
      (signal.ofExamples() ? seen : described).add(signal);
    }
    double[] start = new double[Signal.values().length];
    described.forEach(signal -> start[ListwiseFit.place(signal)] = 0.3);
    double[] w = ListwiseFit.fit(cold, start, described);
    // the descriptions' sum takes the place of the first signal; its weight is the unit of the rest
    int sum = ListwiseFit.place(Signal.WORDS);
    double[] second = new double[w.length];
    second[sum] = 1;
    seen.forEach(signal -> second[ListwiseFit.place(signal)] = 0.2);
    seen.add(Signal.WORDS);
    double[] both = ListwiseFit.fit(warm.stream().map(c -> summed(c, w)).toList(), second, seen);
    Map<Signal, Double> weights = new EnumMap<>(Signal.class);
    for (var signal : Signal.values()) {
      int k = ListwiseFit.place(signal);
      weights.put(signal, signal.ofExamples() ? both[k] / Math.max(0.05, both[sum]) : w[k]);
    }
    return ToolWeights.of(weights);
  }

  private static ListwiseFit.Choice summed(ListwiseFit.Choice choice, double[] w) {
    double[][] signals = new double[choice.signals().length][];
    for (int i = 0; i < signals.length; i++) {
      double sum = 0;
      signals[i] = choice.signals()[i].clone();
      for (var signal : Signal.values()) {
        if (!signal.ofExamples()) {
          sum += w[ListwiseFit.place(signal)] * signals[i][ListwiseFit.place(signal)];
          signals[i][ListwiseFit.place(signal)] = 0;
        }
      }
      signals[i][ListwiseFit.place(Signal.WORDS)] = sum;
    }
    return new ListwiseFit.Choice(signals, Arrays.copyOf(choice.right(), choice.right().length));
  }
}
