package io.consilium.router.estimator;

import io.consilium.router.records.Records;

/**
 * How often each expert is right over all of its records, drawn towards the pool where they are
 * few.
 *
 * @param mean per expert
 * @param count outcomes behind it
 */
record Rates(double[] mean, int[] count) {
  /** As many outcomes of an average expert are added to each expert's own. */
  private static final double PSEUDO = 5;

  /** The number of outcomes at which evidence counts half. */
  private static final double HALF = 20;

  static Rates of(Records records) {
    Cancellation.check();
    int experts = records.experts().size();
    double[] sum = new double[experts];
    int[] count = new int[experts];
    double all = 1;
    double cells = 2;
    for (int i = 0; i < records.items().size(); i++) {
      for (int e = 0; e < experts; e++) {
        if (records.known(i, e)) {
          sum[e] += records.correct(i, e);
          count[e]++;
          all += records.correct(i, e);
          cells++;
        }
      }
    }
    for (int e = 0; e < experts; e++) {
      sum[e] = (sum[e] + PSEUDO * all / cells) / (count[e] + PSEUDO);
    }
    return new Rates(sum, count);
  }

  /** How much the evidence about each expert counts, 0 to 1. */
  double[] weights() {
    double[] weights = new double[count.length];
    for (int e = 0; e < weights.length; e++) {
      weights[e] = evidence(count[e]);
    }
    return weights;
  }

  /** How much {@code n} outcomes count, 0 to 1. */
  static double evidence(double n) {
    return n / (n + HALF);
  }

  /** A chance that is never certain. */
  static double chance(double p) {
    return Math.clamp(p, 0.005, 0.995);
  }
}
