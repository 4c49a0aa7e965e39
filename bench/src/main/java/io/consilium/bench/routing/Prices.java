package io.consilium.bench.routing;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The price of each expert as it can be known before asking: its mean on the training part, more
 * for a question at which it is expected to write more than usual.
 */
final class Prices {
  private Prices() {}

  /**
   * Expected prices of every expert for a test question, in dollars to the planner.
   *
   * @param byLabel whether the means are taken per category, for rows that are given it
   * @param expected what is known of output length; null for rows that read no questions
   */
  static Function<Integer, double[]> of(
      Part part, boolean byLabel, @Nullable ExpectedLength expected) {
    double[] all = part.trainPrices();
    if (expected != null) {
      return question -> expected.prices(question, all);
    }
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
