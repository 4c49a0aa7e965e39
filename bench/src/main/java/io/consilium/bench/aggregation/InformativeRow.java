package io.consilium.bench.aggregation;

import io.consilium.aggregator.strategy.WeightedVote;
import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One panel for all questions, chosen greedily so that who was right and who was not tells most
 * about which questions the pool gets right: the mutual information of the members' outcomes and
 * the quartile of the number of experts that are right. Votes are weighed by log-odds of training
 * means.
 *
 * <p>This follows the idea of selecting a panel by mutual information (arXiv 2602.08003), not that
 * paper's exact criterion: here the target is how many experts are right, counted from outcomes,
 * and no model of their errors is fitted.
 *
 * @param size of the panel
 */
record InformativeRow(String name, int size) implements Row {
  @Override
  public String input() {
    return "outcomes of the training questions, no text";
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
    var train = part.train();
    int items = train.items().size();
    int experts = part.experts();
    int[] level = new int[items];
    for (int i = 0; i < items; i++) {
      int right = 0;
      for (int e = 0; e < experts; e++) {
        right += train.correct(i, e) > 0.5 ? 1 : 0;
      }
      level[i] = Math.min(3, 4 * right / (experts + 1));
    }
    List<Integer> chosen = new ArrayList<>();
    int[] pattern = new int[items];
    while (chosen.size() < Math.min(size, experts)) {
      int best = -1;
      double most = Double.NEGATIVE_INFINITY;
      for (int e = 0; e < experts; e++) {
        if (!chosen.contains(e)) {
          double information = information(part, pattern, e, level);
          if (information > most) {
            most = information;
            best = e;
          }
        }
      }
      chosen.add(best);
      for (int i = 0; i < items; i++) {
        pattern[i] = 2 * pattern[i] + (train.correct(i, best) > 0.5 ? 1 : 0);
      }
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  /** I(outcomes of those chosen and of this one; level), in nats. */
  private static double information(Part part, int[] pattern, int expert, int[] level) {
    Map<Integer, double[]> counts = new HashMap<>();
    double[] levels = new double[4];
    for (int i = 0; i < level.length; i++) {
      int seen = 2 * pattern[i] + (part.train().correct(i, expert) > 0.5 ? 1 : 0);
      counts.computeIfAbsent(seen, key -> new double[4])[level[i]]++;
      levels[level[i]]++;
    }
    double sum = 0;
    for (double[] row : counts.values()) {
      double all = row[0] + row[1] + row[2] + row[3];
      for (int k = 0; k < 4; k++) {
        sum +=
            row[k] == 0
                ? 0
                : row[k] / level.length * Math.log(row[k] * level.length / all / levels[k]);
      }
    }
    return sum;
  }
}
