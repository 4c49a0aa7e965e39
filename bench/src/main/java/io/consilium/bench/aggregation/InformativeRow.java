package io.consilium.bench.aggregation;

import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.strategy.WeightedVote;
import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One panel for all questions, chosen greedily by the mutual information of what its members say
 * and the truth (Turkmen et al., "Don't Always Pick the Highest-Performing Model", arXiv
 * 2602.08003). As there, the truth is binary: a statement is a question with an answer that
 * somebody gave, it is true or not, and an expert asserts it or does not. The information is that
 * of the counts of the training questions. Votes are weighed by log-odds of training means, which
 * is our choice.
 *
 * @param size of the panel
 */
record InformativeRow(String name, int size) implements Row {
  @Override
  public String input() {
    return "outcomes and votes of the training questions, no text";
  }

  @Override
  public boolean random() {
    return false;
  }

  @Override
  public boolean sweeps() {
    return false;
  }

  @Override
  public Fitted fit(Part part, long seed) {
    double[] means = part.trainMeans();
    int[] members = members(part);
    return new VoteRow(
            name,
            input(),
            false,
            (p, s) -> new VoteRow.Panel(question -> members, question -> means, new WeightedVote()))
        .fit(part, seed);
  }

  private int[] members(Part part) {
    var ballots = new Ballots(part, true);
    List<boolean[]> asserted = new ArrayList<>(); // by statement and expert
    List<Boolean> truth = new ArrayList<>();
    for (int row = 0; row < part.train().items().size(); row++) {
      Map<AnswerKey, boolean[]> statements = new LinkedHashMap<>();
      Set<AnswerKey> right = new HashSet<>();
      for (int e = 0; e < part.experts(); e++) {
        var key = ballots.key(row, e);
        if (key.isPresent()) {
          statements.computeIfAbsent(key.get(), k -> new boolean[part.experts()])[e] = true;
          if (part.train().correct(row, e) > 0.5) {
            right.add(key.get());
          }
        }
      }
      statements.forEach((key, who) -> {
        asserted.add(who);
        truth.add(right.contains(key));
      });
      if (right.isEmpty()) {
        asserted.add(new boolean[part.experts()]); // the true one, which nobody gave
        truth.add(true);
      }
    }
    List<Integer> chosen = new ArrayList<>();
    int[] pattern = new int[truth.size()];
    while (chosen.size() < Math.min(size, part.experts())) {
      int best = -1;
      double most = Double.NEGATIVE_INFINITY;
      for (int e = 0; e < part.experts(); e++) {
        if (!chosen.contains(e)) {
          double information = information(pattern, asserted, e, truth);
          if (information > most) {
            most = information;
            best = e;
          }
        }
      }
      chosen.add(best);
      for (int i = 0; i < pattern.length; i++) {
        pattern[i] = 2 * pattern[i] + (asserted.get(i)[best] ? 1 : 0);
      }
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  /** I(what those chosen and this one say; truth) of the counts, in nats. */
  static double information(
      int[] pattern, List<boolean[]> asserted, int expert, List<Boolean> truth) {
    Map<Integer, double[]> counts = new HashMap<>();
    double[] all = new double[2];
    for (int i = 0; i < pattern.length; i++) {
      int seen = 2 * pattern[i] + (asserted.get(i)[expert] ? 1 : 0);
      int y = truth.get(i) ? 1 : 0;
      counts.computeIfAbsent(seen, key -> new double[2])[y]++;
      all[y]++;
    }
    double n = pattern.length;
    double sum = 0;
    for (double[] row : counts.values()) {
      for (int y = 0; y < 2; y++) {
        sum += row[y] == 0 ? 0 : row[y] / n * Math.log(row[y] * n / ((row[0] + row[1]) * all[y]));
      }
    }
    return sum;
  }
}
