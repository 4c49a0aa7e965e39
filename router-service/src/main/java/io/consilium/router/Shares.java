package io.consilium.router;

import java.util.Arrays;

/** Shares of all experts with nobody's last, as {@link ConditionalLogit} gives them. */
final class Shares {
  private Shares() {}

  /** Those of the experts. */
  static double[] experts(double[] shares) {
    return Arrays.copyOf(shares, shares.length - 1);
  }

  /** Full weight for every one of {@code size} experts. */
  static double[] ones(int size) {
    double[] ones = new double[size];
    Arrays.fill(ones, 1);
    return ones;
  }
}
