package io.consilium.router.blend;

/**
 * Least squares with weights that are not negative, so that no part of a blend is ever believed the
 * other way round (stacked regressions: Breiman 1996).
 */
final class NonNegative {
  private static final int SWEEPS = 500;
  private static final double SETTLED = 1e-7;

  private final double[][] products;
  private final double[] targets;

  /**
   * Sums for so many weights.
   *
   * @param width how many
   */
  NonNegative(int width) {
    products = new double[width][width];
    targets = new double[width];
  }

  /** One observation: features, what they should sum to, and how much it counts. */
  void add(double[] features, double target, double weight) {
    for (int a = 0; a < features.length; a++) {
      double value = weight * features[a];
      targets[a] += value * target;
      for (int b = 0; b <= a; b++) {
        products[a][b] += value * features[b];
      }
    }
  }

  /** The weights, by coordinate descent; features that are always 0 get none. */
  double[] solve() {
    int width = targets.length;
    double[] weights = new double[width];
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      double moved = 0;
      for (int a = 0; a < width; a++) {
        double own = products[a][a];
        if (own <= 1e-12) {
          continue;
        }
        double rest = targets[a];
        for (int b = 0; b < width; b++) {
          if (b != a) {
            rest -= weights[b] * (b < a ? products[a][b] : products[b][a]);
          }
        }
        double next = Math.max(0, rest / own);
        moved = Math.max(moved, Math.abs(next - weights[a]));
        weights[a] = next;
      }
      if (moved < SETTLED) {
        break;
      }
    }
    return weights;
  }
}
