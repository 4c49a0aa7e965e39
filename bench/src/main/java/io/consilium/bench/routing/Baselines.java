package io.consilium.bench.routing;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;

/** What every router is measured against. */
public final class Baselines {
  private Baselines() {}

  /** Any expert with equal chance; its figures are the expectation, not a draw. */
  public static Row random() {
    return new RandomRow();
  }

  private static final class RandomRow implements Row {
    @Override
    public String name() {
      return "random";
    }

    @Override
    public String input() {
      return "nothing";
    }

    @Override
    public boolean random() {
      return true;
    }

    @Override
    public Fitted fit(Part part, long seed) {
      return question -> {
        var random = new Random(seed ^ (long) (part.test().items().get(question).hash() * 1e15));
        double[] scores = random.doubles(part.experts()).toArray();
        double correct = 0;
        double cost = 0;
        for (int expert = 0; expert < scores.length; expert++) {
          correct += part.test().correct(question, expert) / scores.length;
          cost += part.test().usd(question, expert) / scores.length;
        }
        var served = new Served(correct, cost, 1, Double.NaN);
        return new Turn() {
          @Override
          public double[] scores() {
            return scores;
          }

          @Override
          public Served serve(double lambda) {
            return served;
          }
        };
      };
    }
  }

  /** The expert best on the training part; with a price, the zero router of single experts. */
  public static Row bestSingle() {
    return new OneExpertRow(
        "best_single",
        "each expert's mean",
        false,
        true,
        false,
        false,
        (part, seed) -> {
          double[] means = part.trainMeans();
          return question -> means;
        });
  }

  /** The expert best on the training part of the question's category, which it is told. */
  public static Row taskTable(String name) {
    return new OneExpertRow(
        name,
        "category given: mean per expert and category",
        false,
        true,
        true,
        false,
        Baselines::table);
  }

  private static IntFunction<double[]> table(Part part, long seed) {
    double[] means = part.trainMeans();
    var train = part.train();
    Map<String, double[]> sums = new HashMap<>();
    for (int item = 0; item < train.items().size(); item++) {
      double[] sum =
          sums.computeIfAbsent(
              train.items().get(item).category(), name -> new double[means.length + 1]);
      for (int expert = 0; expert < means.length; expert++) {
        sum[expert] += train.correct(item, expert);
      }
      sum[means.length]++;
    }
    Map<String, double[]> table = new HashMap<>();
    sums.forEach((category, sum) -> {
      double[] p = new double[means.length];
      for (int expert = 0; expert < means.length; expert++) {
        p[expert] = sum[expert] / sum[means.length];
      }
      table.put(category, p);
    });
    return question -> table.getOrDefault(part.test().items().get(question).category(), means);
  }

  /** Knows who will be right, and chooses the cheapest of them. */
  public static Row oracle() {
    return new OneExpertRow(
        "oracle",
        "the outcomes themselves",
        false,
        false,
        false,
        false,
        (part, seed) ->
            question -> {
              double[] correct = new double[part.experts()];
              for (int expert = 0; expert < correct.length; expert++) {
                correct[expert] = part.test().correct(question, expert);
              }
              return correct;
            });
  }
}
