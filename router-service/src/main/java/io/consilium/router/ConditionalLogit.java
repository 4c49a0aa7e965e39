package io.consilium.router;

import java.util.Arrays;
import java.util.List;

/**
 * McFadden's conditional logit with an outside option: which of several alternatives is right, or
 * none of them. Alternatives are described by features, not by name, so what was fitted on one
 * roster holds for any other (McFadden, "Conditional Logit Analysis of Qualitative Choice
 * Behavior", 1974).
 *
 * @param expert weights of an alternative's features
 * @param nobody weights of the outside option's features
 */
public record ConditionalLogit(double[] expert, double[] nobody) {
  /** One case: features of each alternative and of the outside option. */
  public record Case(double[][] experts, double[] nobody) {}

  /**
   * A case with its answer.
   *
   * @param choice what was offered
   * @param right which alternatives are right; none when the outside option is
   * @param weight how much it counts
   */
  public record Labelled(Case choice, boolean[] right, double weight) {}

  /** The scores of all alternatives, the outside option last. */
  double[] scores(Case choice) {
    double[] scores = new double[choice.experts.length + 1];
    for (int i = 0; i < choice.experts.length; i++) {
      scores[i] = score(choice.experts[i]);
    }
    scores[choice.experts.length] = dot(nobody, choice.nobody);
    return scores;
  }

  /** The score of one alternative. */
  double score(double[] features) {
    return dot(expert, features);
  }

  /** P(right) of each alternative, the outside option last; sums to 1. */
  double[] shares(Case choice) {
    return Logistic.softmax(scores(choice));
  }

  private static double dot(double[] left, double[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += left[i] * right[i];
    }
    return sum;
  }

  /**
   * The weights of largest penalised likelihood, by Adam on all cases at once: deterministic, and
   * ample for a handful of weights.
   *
   * @param ridge penalty on the squared weights, over all cases
   */
  public static ConditionalLogit fit(List<Labelled> cases, double ridge) {
    var first = cases.getFirst().choice;
    int n = first.experts[0].length;
    double[] w = new double[n + first.nobody.length];
    double[] mean = new double[w.length];
    double[] square = new double[w.length];
    for (int step = 1; step <= 1_500; step++) {
      var model = of(w, n);
      double[] gradient = new double[w.length];
      for (int i = 0; i < w.length; i++) {
        gradient[i] = -ridge * w[i];
      }
      cases.forEach(labelled -> model.ascend(labelled, gradient));
      double rate = 0.1 / (1 + step / 300.0);
      for (int i = 0; i < w.length; i++) {
        mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
        square[i] = 0.999 * square[i] + 0.001 * gradient[i] * gradient[i];
        double m = mean[i] / (1 - Math.pow(0.9, step));
        double v = square[i] / (1 - Math.pow(0.999, step));
        w[i] += rate * m / (Math.sqrt(v) + 1e-8);
      }
    }
    return of(w, n);
  }

  private static ConditionalLogit of(double[] w, int experts) {
    return new ConditionalLogit(
        Arrays.copyOf(w, experts), Arrays.copyOfRange(w, experts, w.length));
  }

  private void ascend(Labelled labelled, double[] gradient) {
    double[] shares = shares(labelled.choice);
    int n = labelled.choice.experts.length;
    double hit = 0;
    for (int i = 0; i < n; i++) {
      hit += labelled.right[i] ? shares[i] : 0;
    }
    boolean none = hit == 0 && !any(labelled.right);
    for (int i = 0; i < n; i++) {
      double target = labelled.right[i] ? shares[i] / Math.max(hit, 1e-12) : 0;
      for (int k = 0; k < expert.length; k++) {
        gradient[k] += labelled.weight * (target - shares[i]) * labelled.choice.experts[i][k];
      }
    }
    for (int k = 0; k < nobody.length; k++) {
      gradient[expert.length + k] +=
          labelled.weight * ((none ? 1 : 0) - shares[n]) * labelled.choice.nobody[k];
    }
  }

  private static boolean any(boolean[] flags) {
    for (boolean flag : flags) {
      if (flag) {
        return true;
      }
    }
    return false;
  }
}
