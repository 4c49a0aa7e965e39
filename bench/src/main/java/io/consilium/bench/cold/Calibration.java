package io.consilium.bench.cold;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether stated chances come true: of each question's best forecast, how often that expert was
 * right (calibration error and score after Naeini et al. 2015 and Brier 1950), and how often the
 * stated interval holds an expert's true share.
 */
final class Calibration {
  private static final int BINS = 10;

  /** Experts with fewer forecasts have no share worth comparing. */
  private static final int ENOUGH = 8;

  /** A forecast and what came of it. */
  record Outcome(String expert, double p, double low, double high, boolean right) {}

  private final List<Outcome> outcomes = new ArrayList<>();

  void add(Outcome outcome) {
    outcomes.add(outcome);
  }

  /**
   * Mean distance of stated and true share over ten bins of equal width, weighted by their size.
   */
  double error() {
    double error = 0;
    for (var bin : bins().values()) {
      error += Math.abs(mean(bin) - share(bin)) * bin.size() / outcomes.size();
    }
    return error;
  }

  /** Mean squared distance of chance and outcome. */
  double brier() {
    return outcomes.stream()
        .mapToDouble(outcome -> Math.pow(outcome.p - (outcome.right ? 1 : 0), 2))
        .average()
        .orElse(Double.NaN);
  }

  /** The same had everybody been given the overall share. */
  double brierOfShare() {
    double share = share(outcomes);
    return share * (1 - share);
  }

  /** A row per bin that holds something. */
  String rows() {
    var rows = new StringBuilder();
    bins()
        .forEach((bin, inside) -> {
          rows.append(
              String.format(
                  Locale.ROOT,
                  "| %.1f–%.1f | %d | %.2f | %.2f | %.2f–%.2f |\n",
                  bin / (double) BINS,
                  (bin + 1) / (double) BINS,
                  inside.size(),
                  mean(inside),
                  share(inside),
                  inside.stream().mapToDouble(Outcome::low).average().orElse(0),
                  inside.stream().mapToDouble(Outcome::high).average().orElse(0)));
        });
    return rows.toString();
  }

  /**
   * Of the experts named often enough: how many, and for how many the mean stated interval meets
   * the 80 % interval of the share seen (Wilson, 1927).
   */
  int[] covered() {
    Map<String, List<Outcome>> byExpert = new TreeMap<>();
    for (var outcome : outcomes) {
      byExpert.computeIfAbsent(outcome.expert, id -> new ArrayList<>()).add(outcome);
    }
    byExpert.values().removeIf(list -> list.size() < ENOUGH);
    long held =
        byExpert.values().stream()
            .filter(list -> {
              var seen = Wilson.of(share(list), list.size(), 1.2816);
              return seen.high() >= list.stream().mapToDouble(Outcome::low).average().orElse(0)
                  && seen.low() <= list.stream().mapToDouble(Outcome::high).average().orElse(1);
            })
            .count();
    return new int[] {byExpert.size(), (int) held};
  }

  private Map<Integer, List<Outcome>> bins() {
    Map<Integer, List<Outcome>> bins = new TreeMap<>();
    for (var outcome : outcomes) {
      int bin = Math.min(BINS - 1, (int) (outcome.p * BINS));
      bins.computeIfAbsent(bin, b -> new ArrayList<>()).add(outcome);
    }
    return bins;
  }

  private static double mean(List<Outcome> some) {
    return some.stream().mapToDouble(Outcome::p).average().orElse(0);
  }

  private static double share(List<Outcome> some) {
    return some.stream().mapToDouble(outcome -> outcome.right ? 1 : 0).average().orElse(0);
  }
}
