package io.consilium.router.estimator;

import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;

/**
 * Ridge regression of several targets on question vectors (Hoerl and Kennard 1970), its penalty
 * chosen on held-out folds. Missing targets are filled with their own forecast until it settles,
 * which is the fit to the observed ones.
 *
 * @param linear fitted on everything
 * @param heldOut per item and target: the forecast of a fit that did not see the item's fold
 * @param penalty the one chosen
 */
record Ridge(Linear linear, double[][] heldOut, double penalty) {
  /** From nearly free to nearly constant, for vectors of two unit parts. */
  static final double[] PENALTIES = {5, 20, 60, 200, 800};

  static final int FOLDS = 3;

  /** Fewer items than this are not worth a fold. */
  private static final int FEW = 30;

  private static final int FILLS = 8;

  /**
   * Fits.
   *
   * @param targets per item; NaN where unknown
   * @param fold of each item, below {@link #FOLDS}
   */
  static Ridge fit(List<float[]> vectors, double[][] targets, int[] fold, double[] penalties) {
    int n = vectors.size();
    int functions = n == 0 ? 0 : targets[0].length;
    int width = n == 0 ? 0 : vectors.getFirst().length;
    double[] mean = means(targets, functions);
    if (n < FEW) {
      double[][] heldOut = new double[n][];
      Arrays.fill(heldOut, mean);
      return new Ridge(Linear.constant(mean, width), heldOut, Double.POSITIVE_INFINITY);
    }
    double[][] filled = filled(targets, mean);
    boolean missing =
        Arrays.stream(targets).flatMapToDouble(Arrays::stream).anyMatch(Double::isNaN);
    var gram = new Gram(vectors, fold);
    if (missing) {
      for (int round = 0; round < FILLS; round++) {
        refill(filled, targets, vectors, gram.solve(filled, -1, 30));
      }
    }
    double best = Double.POSITIVE_INFINITY;
    double chosen = penalties[0];
    double[][] heldOut = new double[n][];
    for (double penalty : penalties) {
      double[][] forecast = new double[n][];
      for (int f = 0; f < FOLDS; f++) {
        Cancellation.check();
        var part = gram.solve(filled, f, penalty);
        for (int i = 0; i < n; i++) {
          if (fold[i] == f) {
            forecast[i] = part.of(vectors.get(i));
          }
        }
      }
      double error = 0;
      for (int i = 0; i < n; i++) {
        for (int t = 0; t < functions; t++) {
          double residual = targets[i][t] - forecast[i][t];
          error += Double.isNaN(residual) ? 0 : residual * residual;
        }
      }
      if (error < best) {
        best = error;
        chosen = penalty;
        heldOut = forecast;
      }
    }
    for (int round = 0; missing && round < FILLS; round++) {
      refill(filled, targets, vectors, gram.solve(filled, -1, chosen));
    }
    return new Ridge(gram.solve(filled, -1, chosen), heldOut, chosen);
  }

  private static double[] means(double[][] targets, int functions) {
    double[] mean = new double[functions];
    for (int t = 0; t < functions; t++) {
      int target = t;
      mean[t] =
          Arrays.stream(targets)
              .mapToDouble(row -> row[target])
              .filter(value -> !Double.isNaN(value))
              .average()
              .orElse(0);
    }
    return mean;
  }

  private static double[][] filled(double[][] targets, double[] mean) {
    double[][] filled = new double[targets.length][];
    for (int i = 0; i < filled.length; i++) {
      filled[i] = targets[i].clone();
      for (int t = 0; t < mean.length; t++) {
        filled[i][t] = Double.isNaN(filled[i][t]) ? mean[t] : filled[i][t];
      }
    }
    return filled;
  }

  private static void refill(
      double[][] filled, double[][] targets, List<float[]> vectors, Linear linear) {
    for (int i = 0; i < filled.length; i++) {
      double[] forecast = null;
      for (int t = 0; t < filled[i].length; t++) {
        if (Double.isNaN(targets[i][t])) {
          forecast = forecast == null ? linear.of(vectors.get(i)) : forecast;
          filled[i][t] = forecast[t];
        }
      }
    }
  }

  /**
   * Sums of products of the vectors, fold by fold; the last number of each vector is a constant.
   */
  private static final class Gram {
    private final List<float[]> vectors;
    private final int[] fold;
    private final int width;
    private final double[][] sums = new double[FOLDS][];

    private Gram(List<float[]> vectors, int[] fold) {
      this.vectors = vectors;
      this.fold = fold;
      this.width = vectors.getFirst().length + 1;
      for (int f = 0; f < FOLDS; f++) {
        sums[f] = new double[width * width];
        double[][] block = new double[4][];
        int filled = 0;
        for (int i = 0; i < vectors.size(); i++) {
          if (fold[i] == f) {
            block[filled++] = extended(vectors.get(i));
            if (filled == 4) {
              add(sums[f], block);
              filled = 0;
            }
          }
        }
        while (filled > 0 && filled < 4) {
          block[filled++] = new double[width];
        }
        if (filled == 4) {
          add(sums[f], block);
        }
      }
    }

    private double[] extended(float[] vector) {
      double[] row = new double[width];
      for (int d = 0; d < vector.length; d++) {
        row[d] = vector[d];
      }
      row[width - 1] = 1;
      return row;
    }

    /** Adds the lower triangle of four outer products at once, for memory is slower than sums. */
    private void add(double[] sum, double[][] rows) {
      double[] r0 = rows[0];
      double[] r1 = rows[1];
      double[] r2 = rows[2];
      double[] r3 = rows[3];
      for (int a = 0; a < width; a++) {
        double a0 = r0[a];
        double a1 = r1[a];
        double a2 = r2[a];
        double a3 = r3[a];
        int at = a * width;
        for (int b = 0; b <= a; b++) {
          sum[at + b] += a0 * r0[b] + a1 * r1[b] + a2 * r2[b] + a3 * r3[b];
        }
      }
    }

    /** The fit without one fold; with all of them when {@code without} is -1. */
    private Linear solve(double[][] targets, int without, double penalty) {
      var left = new DMatrixRMaj(width, width);
      for (int f = 0; f < FOLDS; f++) {
        if (f != without) {
          for (int k = 0; k < left.data.length; k++) {
            left.data[k] += sums[f][k];
          }
        }
      }
      for (int a = 0; a < width; a++) {
        for (int b = 0; b < a; b++) {
          left.data[b * width + a] = left.data[a * width + b];
        }
        left.data[a * width + a] += a == width - 1 ? 1e-6 : penalty;
      }
      int functions = targets[0].length;
      var right = new DMatrixRMaj(width, functions);
      for (int i = 0; i < fold.length; i++) {
        if (fold[i] == without) {
          continue;
        }
        float[] vector = vectors.get(i);
        double[] target = targets[i];
        for (int d = 0; d < width; d++) {
          double value = d == width - 1 ? 1 : vector[d];
          if (value != 0) {
            for (int t = 0; t < functions; t++) {
              right.data[d * functions + t] += value * target[t];
            }
          }
        }
      }
      var solver = LinearSolverFactory_DDRM.chol(width);
      var solution = new DMatrixRMaj(width, functions);
      if (!solver.setA(left)) {
        throw new IllegalStateException("a ridge has no solution: its numbers are not finite");
      }
      solver.solve(right, solution);
      var across = CommonOps_DDRM.transpose(solution, null);
      float[] weights = new float[functions * (width - 1)];
      double[] bias = new double[functions];
      for (int t = 0; t < functions; t++) {
        for (int d = 0; d < width - 1; d++) {
          weights[t * (width - 1) + d] = (float) across.get(t, d);
        }
        bias[t] = across.get(t, width - 1);
      }
      return new Linear(weights, bias);
    }
  }
}
