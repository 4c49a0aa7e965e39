package io.consilium.router.estimator;

import io.consilium.router.records.Records;
import java.util.Arrays;

/**
 * One slope that turns scores into log-odds, shared by all experts, each keeping its own rate:
 * logistic regression by Newton's method, a little shrunk, never negative.
 */
final class Slope {
  private static final int ROUNDS = 20;
  private static final double SHRINK = 1e-3;

  private Slope() {}

  /**
   * Fits on top of each expert's rate.
   *
   * @param scores per item and expert, 0 where nothing is said
   */
  static double fit(Records records, double[] mean, double[][] scores) {
    double[][] base = new double[scores.length][];
    Arrays.fill(base, mean);
    return fit(records, base, scores);
  }

  /**
   * Fits on top of chances already known.
   *
   * @param base per item and expert, the chance without the score
   * @param scores per item and expert, 0 where nothing is said
   */
  static double fit(Records records, double[][] base, double[][] scores) {
    double slope = 0;
    double squares = 0;
    int n = 0;
    for (double[] row : scores) {
      for (double score : row) {
        squares += score * score;
        n++;
      }
    }
    double shrink = SHRINK * squares + 1e-9 * (n + 1);
    for (int round = 0; round < ROUNDS; round++) {
      double first = -shrink * slope;
      double second = shrink;
      for (int i = 0; i < scores.length; i++) {
        for (int e = 0; e < base[i].length; e++) {
          if (records.known(i, e)) {
            double x = scores[i][e];
            double p = Shares.sigmoid(Shares.logit(base[i][e]) + slope * x);
            first += (records.correct(i, e) - p) * x;
            second += p * (1 - p) * x * x;
          }
        }
      }
      double step = first / second;
      slope += step;
      if (Math.abs(step) < 1e-6 * (1 + Math.abs(slope))) {
        break;
      }
    }
    return Double.isFinite(slope) ? Math.max(0, slope) : 0;
  }
}
