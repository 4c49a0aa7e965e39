package io.consilium.aggregator.fit;

import java.util.List;

/** Ridge logistic regression by Newton's method; the first column is not shrunk. */
final class Logistic {
  private static final int ROUNDS = 12;

  private Logistic() {}

  static double[] fit(List<double[]> x, List<Boolean> y, double ridge) {
    int d = x.isEmpty() ? 0 : x.getFirst().length;
    var w = new double[d];
    for (int round = 0; round < ROUNDS; round++) {
      var slope = new double[d];
      var curve = new double[d][d];
      for (int i = 0; i < d; i++) {
        slope[i] = i == 0 ? 0 : -ridge * w[i];
        curve[i][i] = i == 0 ? 1e-6 : ridge;
      }
      for (int r = 0; r < x.size(); r++) {
        var row = x.get(r);
        double p = p(w, row);
        double off = (y.get(r) ? 1 : 0) - p;
        double weight = Math.max(p * (1 - p), 1e-6);
        for (int i = 0; i < d; i++) {
          if (row[i] != 0) {
            slope[i] += row[i] * off;
            for (int j = 0; j <= i; j++) {
              curve[i][j] += weight * row[i] * row[j];
            }
          }
        }
      }
      double moved = step(w, slope, curve);
      if (moved < 1e-6) {
        break;
      }
    }
    return w;
  }

  static double p(double[] w, double[] row) {
    double logit = 0;
    for (int i = 0; i < w.length; i++) {
      logit += w[i] * row[i];
    }
    return 1 / (1 + Math.exp(-logit));
  }

  /** Solves curve · step = slope by Cholesky's method and takes the step. */
  private static double step(double[] w, double[] slope, double[][] l) {
    int d = w.length;
    for (int j = 0; j < d; j++) {
      for (int k = 0; k < j; k++) {
        l[j][j] -= l[j][k] * l[j][k];
      }
      l[j][j] = Math.sqrt(Math.max(l[j][j], 1e-9));
      for (int i = j + 1; i < d; i++) {
        for (int k = 0; k < j; k++) {
          l[i][j] -= l[i][k] * l[j][k];
        }
        l[i][j] /= l[j][j];
      }
    }
    for (int i = 0; i < d; i++) {
      for (int k = 0; k < i; k++) {
        slope[i] -= l[i][k] * slope[k];
      }
      slope[i] /= l[i][i];
    }
    double moved = 0;
    for (int i = d - 1; i >= 0; i--) {
      for (int k = i + 1; k < d; k++) {
        slope[i] -= l[k][i] * slope[k];
      }
      slope[i] /= l[i][i];
      double change = Math.clamp(slope[i], -5, 5);
      w[i] += change;
      moved = Math.max(moved, Math.abs(change));
    }
    return moved;
  }
}
