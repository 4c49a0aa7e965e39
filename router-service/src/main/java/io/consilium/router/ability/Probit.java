package io.consilium.router.ability;

/** The logistic function, and its mean under a Gaussian. */
final class Probit {
  private Probit() {}

  /** The logistic function. */
  static double sigma(double x) {
    return 1 / (1 + Math.exp(-Math.clamp(x, -35, 35)));
  }

  /**
   * P(correct) when the log-odds are known up to a Gaussian: σ(μ / √(1 + πv/8)) (MacKay, "The
   * Evidence Framework Applied to Classification Networks", 1992).
   */
  static double mean(double mu, double variance) {
    return sigma(mu / Math.sqrt(stretch(variance)));
  }

  /** 1 + πv/8, by whose root uncertain log-odds shrink. */
  static double stretch(double variance) {
    return 1 + Math.PI * variance / 8;
  }
}
