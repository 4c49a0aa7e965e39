package io.consilium.bench.tools;

import io.consilium.tools.retrieval.FoundTool;
import io.consilium.tools.retrieval.ToolWeights;
import io.consilium.tools.retrieval.ToolWeights.Signal;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Fits weights of signals so that right tools outscore the others: the conditional logit over each
 * request's list (ListNet with one-hot gains, Cao et al. 2007), every list counting the same,
 * weights at least 0. Deterministic, by Adam on all lists at once.
 */
final class ListwiseFit {
  private static final int STEPS = 300;
  private static final double RIDGE = 1e-3;

  private static final List<Signal> SIGNALS = List.of(Signal.values());

  private ListwiseFit() {}

  /** Where a signal stands in arrays of all of them. */
  static int place(Signal signal) {
    return SIGNALS.indexOf(signal);
  }

  /**
   * A request's candidates.
   *
   * @param signals by candidate and signal
   * @param right what each candidate should get of the mass; sums to 1
   */
  record Choice(double[][] signals, double[] right) {
    /** What a search with all weights 1 found; null when no right tool is among it. */
    static Choice of(List<FoundTool> found, Set<String> right) {
      double[][] signals = new double[found.size()][];
      double[] wanted = new double[found.size()];
      for (int i = 0; i < signals.length; i++) {
        var why = found.get(i).why();
        signals[i] = SIGNALS.stream().mapToDouble(s -> why.getOrDefault(s, 0.0)).toArray();
        wanted[i] = right.contains(found.get(i).tool().id()) ? 1 : 0;
      }
      double sum = Arrays.stream(wanted).sum();
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] /= Math.max(1, sum);
      }
      return new Choice(signals, wanted);
    }

    boolean solvable() {
      return Arrays.stream(right).anyMatch(each -> each > 0);
    }
  }

  /** Weights that are all 1, to see signals as they are. */
  static ToolWeights ones() {
    Map<Signal, Double> ones = new EnumMap<>(Signal.class);
    for (var signal : SIGNALS) {
      ones.put(signal, 1.0);
    }
    return ToolWeights.of(ones);
  }

  /** The best weights of these signals, from a start; the others stay as they start. */
  static double[] fit(List<Choice> choices, double[] start, Set<Signal> free) {
    double[] w = start.clone();
    double[] mean = new double[w.length];
    double[] square = new double[w.length];
    for (int step = 1; step <= STEPS; step++) {
      double[] gradient = new double[w.length];
      for (var choice : choices) {
        ascend(choice, w, gradient);
      }
      for (var signal : free) {
        int k = place(signal);
        double g = gradient[k] / choices.size() - RIDGE * w[k];
        mean[k] = 0.9 * mean[k] + 0.1 * g;
        square[k] = 0.999 * square[k] + 0.001 * g * g;
        double m = mean[k] / (1 - Math.pow(0.9, step));
        double v = square[k] / (1 - Math.pow(0.999, step));
        w[k] = Math.max(0, w[k] + 0.05 / (1 + step / 150.0) * m / (Math.sqrt(v) + 1e-8));
      }
    }
    return w;
  }

  private static void ascend(Choice choice, double[] w, double[] gradient) {
    int n = choice.right.length;
    double[] shares = new double[n];
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < w.length; k++) {
        shares[i] += w[k] * choice.signals[i][k];
      }
      highest = Math.max(highest, shares[i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      shares[i] = Math.exp(shares[i] - highest);
      sum += shares[i];
    }
    for (int i = 0; i < n; i++) {
      double miss = choice.right[i] - shares[i] / sum;
      for (int k = 0; k < w.length; k++) {
        gradient[k] += miss * choice.signals[i][k];
      }
    }
  }
}
