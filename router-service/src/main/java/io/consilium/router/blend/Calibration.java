package io.consilium.router.blend;

import io.consilium.router.records.Records;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;

/**
 * Makes chances of stacked scores that were not seen by the stack: a logistic curve (Platt, 1999)
 * over the level and the contrast, with an offset per expert. All are drawn to what changes
 * nothing, so that a few outcomes without a single mistake do not make a certainty.
 *
 * @param slopes of the score itself (1 where nothing was fitted, else 0), its level, its contrast
 * @param bias for all
 * @param offsets per expert
 */
record Calibration(double[] slopes, double bias, double[] offsets) {
  private static final int STEPS = 30;

  /** As many certain outcomes pull every offset to 0. */
  private static final double PULL = 4;

  private static final double SLIGHT = 1;

  /** Where slopes start and are drawn to: near level ½ a point of contrast is 4 of log-odds. */
  private static final double[] NEUTRAL = {0, 1, 4, 0};

  /** More contrast never means less chance. */
  private static final double LEAST_SLOPE = 0.5;

  private static final int HALVINGS = 12;
  private static final double SETTLED = 1e-6;

  private static final double LEAST = 0.01;

  static Calibration fit(Records records, double[] level, double[][] contrast) {
    int experts = records.experts().size();
    int width = 4 + experts;
    double[] beta = new double[width];
    System.arraycopy(NEUTRAL, 0, beta, 0, 4);
    for (int step = 0; step < STEPS; step++) {
      var hessian = new DMatrixRMaj(width, width);
      var gradient = new DMatrixRMaj(width, 1);
      for (int i = 0; i < level.length; i++) {
        for (int e = 0; e < experts; e++) {
          if (records.known(i, e)) {
            double[] x = fitted(level[i], contrast[i][e]);
            double p = sigmoid(dot(x, beta) + beta[4 + e]);
            double error = records.correct(i, e) - p;
            double curve = Math.max(1e-6, p * (1 - p));
            for (int a = 0; a < 4; a++) {
              gradient.data[a] += error * x[a];
              for (int b = 0; b < 4; b++) {
                hessian.data[a * width + b] += curve * x[a] * x[b];
              }
              hessian.data[a * width + 4 + e] += curve * x[a];
              hessian.data[(4 + e) * width + a] += curve * x[a];
            }
            gradient.data[4 + e] += error;
            hessian.data[(4 + e) * width + 4 + e] += curve;
          }
        }
      }
      for (int a = 0; a < width; a++) {
        double pull = a < 4 ? SLIGHT : PULL;
        gradient.data[a] -= pull * (beta[a] - neutral(a));
        hessian.data[a * width + a] += pull;
      }
      var solver = LinearSolverFactory_DDRM.symmPosDef(width);
      var move = new DMatrixRMaj(width, 1);
      if (!solver.setA(hessian)) {
        break;
      }
      solver.solve(gradient, move);
      // a step that overshoots is halved, for far from the optimum the curve lies
      double[] before = beta.clone();
      double length = 1;
      double loss = loss(records, level, contrast, before);
      boolean better = false;
      for (int half = 0; half < HALVINGS && !better; half++) {
        for (int a = 0; a < width; a++) {
          beta[a] = before[a] + length * move.data[a];
        }
        better = loss(records, level, contrast, beta) < loss - SETTLED;
        length /= 2;
      }
      if (!better) {
        beta = before;
        break;
      }
    }
    beta[2] = Math.max(beta[2], LEAST_SLOPE);
    return new Calibration(Arrays.copyOf(beta, 3), beta[3], Arrays.copyOfRange(beta, 4, width));
  }

  /** P(correct) of one expert. */
  double p(int expert, double level, double contrast) {
    double[] x = features(level, contrast);
    return sigmoid(slopes[0] * x[0] + slopes[1] * x[1] + slopes[2] * x[2] + bias + offsets[expert]);
  }

  /** The negative log-likelihood with the pulls. */
  private static double loss(Records records, double[] level, double[][] contrast, double[] beta) {
    double loss = 0;
    for (int i = 0; i < level.length; i++) {
      for (int e = 0; e < contrast[i].length; e++) {
        if (records.known(i, e)) {
          double z = dot(fitted(level[i], contrast[i][e]), beta) + beta[4 + e];
          loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - records.correct(i, e) * z;
        }
      }
    }
    for (int a = 0; a < beta.length; a++) {
      double away = beta[a] - neutral(a);
      loss += (a < 4 ? SLIGHT : PULL) * away * away / 2;
    }
    return loss;
  }

  private static double[] features(double level, double contrast) {
    return new double[] {logit(level + contrast), logit(level), contrast, 1};
  }

  private static double neutral(int a) {
    return a < 4 ? NEUTRAL[a] : 0;
  }

  /** What is fitted: the score itself would say the same twice. */
  private static double[] fitted(double level, double contrast) {
    return new double[] {0, logit(level), contrast, 1};
  }

  private static double dot(double[] x, double[] beta) {
    return x[0] * beta[0] + x[1] * beta[1] + x[2] * beta[2] + x[3] * beta[3];
  }

  static double logit(double p) {
    double q = Math.clamp(p, LEAST, 1 - LEAST);
    return Math.log(q / (1 - q));
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
