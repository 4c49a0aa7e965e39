package io.consilium.bench.routing;

import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A row that asks one expert, the one with the highest score less its price, by any score.
 *
 * @param told whether it is given the category of a question; its prices are then taken by category
 * @param reads whether it reads the question; its prices then follow the length expected
 * @param scoring of a part: the scores of every expert for a test question
 */
record OneExpertRow(
    String name,
    String input,
    boolean random,
    boolean forecasts,
    boolean told,
    boolean reads,
    Scoring scoring)
    implements Row {

  /** Makes the scores of the experts for each test question of a part. */
  interface Scoring {
    IntFunction<double[]> fit(Part part, long seed);
  }

  @Override
  public Fitted fit(Part part, long seed) {
    var scores = scoring.fit(part, seed);
    var expected = reads ? part.lengths() : null;
    Function<Integer, double[]> prices = Prices.of(part, told, expected);
    return question -> {
      double[] all = scores.apply(question);
      Map<Metric, Double> notes = notes(expected, question);
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

        @Override
        public Map<Metric, Double> notes() {
          return notes;
        }
      };
    };
  }

  private static Map<Metric, Double> notes(@Nullable ExpectedLength expected, int question) {
    if (expected == null) {
      return Map.of();
    }
    double[] squares = expected.squares(question);
    return Map.of(Metric.LENGTH_R2, squares[0], Metric.LENGTH_VARIANCE, squares[1]);
  }
}
