package io.consilium.router;

/** The logistic function, its inverse, and its form for many. */
final class Logistic {
  private Logistic() {}

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Log-odds; {@code p} is kept a millionth away from 0 and 1. */
  static double logit(double p) {
    double q = Math.clamp(p, 1e-6, 1 - 1e-6);
    return Math.log(q / (1 - q));
  }

  /** Shares that sum to 1 and stand to each other as the exponentials of the scores. */
  static double[] softmax(double[] scores) {
    double top = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      top = Math.max(top, score);
    }
    double sum = 0;
    double[] shares = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      shares[i] = Math.exp(scores[i] - top);
      sum += shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }
}
