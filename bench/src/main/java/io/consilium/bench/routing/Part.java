package io.consilium.bench.routing;

import io.consilium.expert.Roster;
import io.consilium.router.QuestionProfile;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Answers;
import io.consilium.router.records.Records;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * One split of a pool: what may be learnt from, and what is asked afterwards.
 *
 * @param pool whose it is
 * @param train outcomes to learn from; every row complete
 * @param test outcomes to score by; every row complete
 * @param roster the experts of the pool, in the order of the columns
 * @param questions profiles of the test questions, in the order of the rows
 * @param training {@code train} with profiles and vectors, by seed; dear, made when first asked for
 * @param lengths what each expert is expected to write; dear, learnt when first asked
 * @param foresights what was learnt for plans, by method and seed; filled as rows ask for it
 * @param answers final answers, for those that combine them
 */
public record Part(
    Pool pool,
    Records train,
    Records test,
    Roster roster,
    Supplier<List<QuestionProfile>> questions,
    LongFunction<Training> training,
    ExpectedLength lengths,
    ConcurrentMap<String, Foresight> foresights,
    Answers answers) {

  /** How many experts there are. */
  public int experts() {
    return train.experts().size();
  }

  /** What one expert alone did with a test question. */
  public Row.Served alone(int question, int expert, double promised) {
    return new Row.Served(test.correct(question, expert), test.usd(question, expert), 1, promised);
  }

  /** Mean outcome of every expert on the training part. */
  public double[] trainMeans() {
    double[] means = new double[experts()];
    int n = train.items().size();
    for (int item = 0; item < n; item++) {
      for (int expert = 0; expert < means.length; expert++) {
        means[expert] += train.correct(item, expert) / n;
      }
    }
    return means;
  }

  /** Mean price of every expert on the training part, in dollars to the planner. */
  public double[] trainPrices() {
    double[] means = new double[experts()];
    int n = train.items().size();
    for (int item = 0; item < n; item++) {
      for (int expert = 0; expert < means.length; expert++) {
        means[expert] += train.usd(item, expert) * pool.dollars() / n;
      }
    }
    return means;
  }

  /** The first of the experts with the highest score − λ · price; prices of 0 when unknown. */
  public static int best(double[] scores, double[] prices, double lambda) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int expert = 0; expert < scores.length; expert++) {
      double price = lambda == 0 ? 0 : lambda * prices[expert];
      if (scores[expert] - price > most) {
        most = scores[expert] - price;
        best = expert;
      }
    }
    return best;
  }
}
