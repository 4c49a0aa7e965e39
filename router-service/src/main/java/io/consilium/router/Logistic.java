package io.consilium.router;

/** The logistic function and its inverse. */
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
}
