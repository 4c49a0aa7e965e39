package io.consilium.bench.routing;

import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A row that asks one expert, the one with the highest score less its price, by any score.
 *
 * @param told whether it is given the category of a question; its prices are then taken by category
 * @param scoring of a part: the scores of every expert for a test question
 */
record OneExpertRow(
    String name, String input, boolean random, boolean forecasts, boolean told, Scoring scoring)
    implements Row {

  /** Makes the scores of the experts for each test question of a part. */
  interface Scoring {
    IntFunction<double[]> fit(Part part, long seed);
  }

  @Override
  public Fitted fit(Part part, long seed) {
    var scores = scoring.fit(part, seed);
    Function<Integer, double[]> prices = Prices.of(part, told);
    return question -> {
      double[] all = scores.apply(question);
      double[] price = prices.apply(question);
      return new Turn() {
        @Override
        public double[] scores() {
          return all;
        }

        @Override
        public Served serve(double lambda) {
          int expert = Part.best(all, price, lambda);
          return part.alone(question, expert, forecasts ? all[expert] : Double.NaN);
        }
      };
    };
  }
}
