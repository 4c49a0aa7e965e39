package io.consilium.bench.tools;

import io.consilium.expert.Embedder;
import io.consilium.tools.retrieval.ToolExample;
import io.consilium.tools.retrieval.ToolIndex;
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
 * indexed and asked the others.
 */
final class ToolsFit {
  private static final int CANDIDATES = 100;
  private static final int MOST = 1_200;

  private final Embedder embedder;
  private final List<ListwiseFit.Choice> cold = new ArrayList<>();
  private final List<ListwiseFit.Choice> warm = new ArrayList<>();

  ToolsFit(Embedder embedder) {
    this.embedder = embedder;
  }

  /** Takes up a pool with the requests that may be learnt from. */
  void add(ToolPool pool, List<ToolQuery> train, List<ToolQuery> also) {
    var sample = train.stream().sorted(Comparator.comparingDouble(ToolQuery::hash)).toList();
    var late = sample.subList(sample.size() * 3 / 4, sample.size());
    var index = new ToolIndex(embedder, ListwiseFit.ones());
    index.replaceAll(pool.tools());
    cold.addAll(choices(index, sample.subList(0, Math.min(MOST, sample.size()))));
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

  /** The weights. */
  ToolWeights fit() {
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
