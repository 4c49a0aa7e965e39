package io.consilium.router.estimator;

import java.util.Arrays;

/** Small sums over scores. */
final class Shares {
  private Shares() {}

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static double logit(double p) {
    double q = Math.clamp(p, 1e-4, 1 - 1e-4);
    return Math.log(q / (1 - q));
  }

  /** Shares that sum to 1, as the exponentials of {@code sharpness} times the scores. */
  static double[] softmax(double[] scores, double sharpness) {
    double top = Arrays.stream(scores).max().orElse(0);
    double[] shares = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      shares[i] = Math.exp(sharpness * (scores[i] - top));
      sum += shares[i];
    }
    for (int i = 0; i < scores.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  /** The place of the largest; the first of equals; -1 in an empty array. */
  static int argmax(double[] values) {
    int best = -1;
    for (int i = 0; i < values.length; i++) {
      if (best < 0 || values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  /** The places of the {@code k} largest, best first; the first of equals wins. */
  static int[] top(double[] values, int k) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(values[b], values[a]));
    return Arrays.stream(order).limit(k).mapToInt(Integer::intValue).toArray();
  }
}
