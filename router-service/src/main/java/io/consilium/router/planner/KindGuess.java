package io.consilium.router.planner;

import java.util.List;

/**
 * Guesses what kind of question it is from its vector: ridge regression on the categories of the
 * training questions, which are its targets and never its input. {@code router.fit.KindFit} learns
 * it.
 *
 * @param names of the kinds
 * @param weights [kind][dimension]
 * @param mean of the training vectors
 * @param shares of each kind in training
 */
public record KindGuess(List<String> names, float[][] weights, float[] mean, float[] shares) {
  public KindGuess {
    names = List.copyOf(names);
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
