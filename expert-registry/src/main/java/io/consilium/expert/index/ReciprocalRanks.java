package io.consilium.expert.index;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reciprocal-rank fusion: several rankings become one by the sum of 1 / (60 + rank), so that scores
 * of different kinds need not be compared (Cormack, Clarke and Büttcher, SIGIR 2009). It says
 * nothing about how well the first one matches; where that matters, use a score beside it.
 */
public final class ReciprocalRanks {
  /** As in the paper: how little the very first ranks count more than those behind them. */
  private static final double K = 60;

  private ReciprocalRanks() {}

  /**
   * The ids of all rankings, best first; ties in the order of the ids.
   *
   * @param rankings each best first, without repeats
   */
  public static List<String> fuse(List<List<String>> rankings) {
    Map<String, Double> scores = new HashMap<>();
    for (var ranking : rankings) {
      for (int i = 0; i < ranking.size(); i++) {
        scores.merge(ranking.get(i), 1 / (K + i + 1), Double::sum);
      }
    }
    return scores.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .toList();
  }
}
