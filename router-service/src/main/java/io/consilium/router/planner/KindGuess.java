package io.consilium.router.planner;

import io.consilium.router.fit.Gram;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Item;
import java.util.List;

/**
 * Guesses what kind of question it is from its vector: ridge regression on the categories of the
 * training questions, which are its targets and never its input.
 *
 * @param names of the kinds
 * @param weights [kind][dimension]
 * @param mean of the training vectors
 * @param shares of each kind in training
 */
public record KindGuess(List<String> names, float[][] weights, float[] mean, float[] shares) {
  private static final double RIDGE = 3;

  public KindGuess {
    names = List.copyOf(names);
  }

  /** Learns it, once of each training; categories that are empty are left out. */
  public static KindGuess fit(Training training) {
    return training.shared(KindGuess.class, () -> learn(training));
  }

  private static KindGuess learn(Training training) {
    var vectors = training.vectors();
    var categories = training.records().items().stream().map(Item::category).toList();
    var names = categories.stream().filter(each -> !each.isEmpty()).distinct().sorted().toList();
    int width = vectors.isEmpty() ? 0 : vectors.getFirst().length;
    float[] mean = new float[width];
    for (var vector : vectors) {
      for (int k = 0; k < width; k++) {
        mean[k] += vector[k] / vectors.size();
      }
    }
    float[] shares = new float[names.size()];
    double[][] targets = new double[vectors.size()][names.size()];
    for (int i = 0; i < targets.length; i++) {
      int kind = names.indexOf(categories.get(i));
      if (kind >= 0) {
        targets[i][kind] = 1;
        shares[kind] += 1f / targets.length;
      }
    }
    float[][] weights = new float[names.size()][width];
    if (names.size() >= 2) {
      double[] solution = training.gram().solve(training.gram().products(targets), Gram.ALL, RIDGE);
      for (int n = 0; n < names.size(); n++) {
        for (int k = 0; k < width; k++) {
          weights[n][k] = (float) solution[n * (width + 1) + k];
        }
      }
    }
    return new KindGuess(names, weights, mean, shares);
  }

  /** The likeliest kind; "" when none were learnt. */
  public String of(float[] vector) {
    String best = "";
    double most = Double.NEGATIVE_INFINITY;
    for (int n = 0; n < weights.length; n++) {
      double score = shares[n];
      for (int k = 0; k < vector.length; k++) {
        score += weights[n][k] * (vector[k] - mean[k]);
      }
      if (score > most) {
        most = score;
        best = names.get(n);
      }
    }
    return best;
  }
}
