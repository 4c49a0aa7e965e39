package io.consilium.bench.routing;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The price of each expert as it can be known before asking: its mean on the training part. */
final class Prices {
  private Prices() {}

  /**
   * Expected prices of every expert for a test question, in dollars to the planner.
   *
   * @param byLabel whether the means are taken per category, for rows that are given it
   */
  static Function<Integer, double[]> of(Part part, boolean byLabel) {
    double[] all = part.trainPrices();
    if (!byLabel) {
      return question -> all;
    }
    Map<String, double[]> sums = new HashMap<>();
    var train = part.train();
    for (int item = 0; item < train.items().size(); item++) {
      double[] sum =
          sums.computeIfAbsent(
              train.items().get(item).category(), name -> new double[all.length + 1]);
      for (int expert = 0; expert < all.length; expert++) {
        sum[expert] += train.usd(item, expert) * part.pool().dollars();
      }
      sum[all.length]++;
    }
    Map<String, double[]> means = new HashMap<>();
    sums.forEach((category, sum) -> {
      double[] mean = new double[all.length];
      for (int expert = 0; expert < all.length; expert++) {
        mean[expert] = sum[expert] / sum[all.length];
      }
      means.put(category, mean);
    });
    return question -> means.getOrDefault(part.test().items().get(question).category(), all);
  }
}
