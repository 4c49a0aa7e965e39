package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Part;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** Each expert's accuracy by category, drawn to its mean; for rows that are told the category. */
final class Table {
  /** Questions of a category that weigh as much as the mean over all. */
  private static final double PRIOR = 10;

  private Table() {}

  /** P(correct) of every expert for each test question of a part. */
  static IntFunction<double[]> of(Part part) {
    double[] means = part.trainMeans();
    var train = part.train();
    Map<String, double[]> table = new HashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    for (int item = 0; item < train.items().size(); item++) {
      var category = train.items().get(item).category();
      double[] sums = table.computeIfAbsent(category, name -> new double[means.length]);
      counts.merge(category, 1, Integer::sum);
      for (int e = 0; e < means.length; e++) {
        sums[e] += train.correct(item, e);
      }
    }
    table.forEach((category, sums) -> {
      int n = counts.getOrDefault(category, 0);
      for (int e = 0; e < means.length; e++) {
        sums[e] = (sums[e] + PRIOR * means[e]) / (n + PRIOR);
      }
    });
    return question -> table.getOrDefault(part.test().items().get(question).category(), means);
  }
}
