package io.consilium.router.estimator;

import io.consilium.router.fit.Gram;
import io.consilium.router.fit.Training;
import java.util.Arrays;
import java.util.List;

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

  static final int FOLDS = Gram.FOLDS;

  /** Fewer items than this are not worth a fold. */
  private static final int FEW = 30;

  private static final int FILLS = 8;

  /**
   * Fits on the vectors of a training.
   *
   * @param targets per item; NaN where unknown
   */
  static Ridge fit(Training training, double[][] targets, double[] penalties) {
    return fit(training.vectors(), targets, training.folds(), training.gram(), penalties);
  }

  /**
   * Fits.
   *
   * @param targets per item; NaN where unknown
   * @param fold of each item, below {@link #FOLDS}
   */
  static Ridge fit(List<float[]> vectors, double[][] targets, int[] fold, double[] penalties) {
    return fit(vectors, targets, fold, new Gram(vectors, fold), penalties);
  }

  private static Ridge few(List<float[]> vectors, double[][] targets) {
    int n = vectors.size();
    double[] mean = means(targets, n == 0 ? 0 : targets[0].length);
    double[][] heldOut = new double[n][];
    Arrays.fill(heldOut, mean);
    int width = n == 0 ? 0 : vectors.getFirst().length;
    return new Ridge(Linear.constant(mean, width), heldOut, Double.POSITIVE_INFINITY);
  }

  /**
   * Fits where the sums of the vectors are known.
   *
   * @param gram of the vectors in these folds
   */
  static Ridge fit(
      List<float[]> vectors, double[][] targets, int[] fold, Gram gram, double[] penalties) {
    int n = vectors.size();
    if (n < FEW) {
      return few(vectors, targets);
    }
    int functions = targets[0].length;
    double[][] filled = filled(targets, means(targets, functions));
    boolean missing =
        Arrays.stream(targets).flatMapToDouble(Arrays::stream).anyMatch(Double::isNaN);
    var products = gram.products(filled);
    for (int round = 0; missing && round < FILLS; round++) {
      refill(filled, targets, vectors, linear(gram, products, Gram.ALL, 30));
      products = gram.products(filled);
    }
    double best = Double.POSITIVE_INFINITY;
    double chosen = penalties[0];
    double[][] heldOut = new double[n][];
    for (double penalty : penalties) {
      double[][] forecast = new double[n][];
      for (int f = 0; f < FOLDS; f++) {
        Cancellation.check();
        var part = linear(gram, products, f, penalty);
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
      } else {
        break; // they rise, and so does the error beyond the best
      }
    }
    for (int round = 0; missing && round < FILLS; round++) {
      refill(filled, targets, vectors, linear(gram, products, Gram.ALL, chosen));
      products = gram.products(filled);
    }
    return new Ridge(linear(gram, products, Gram.ALL, chosen), heldOut, chosen);
  }

  private static Linear linear(Gram gram, double[][] products, int without, double penalty) {
    double[] solution = gram.solve(products, without, penalty);
    int width = gram.width();
    float[] weights = new float[solution.length / (width + 1) * width];
    double[] bias = new double[solution.length / (width + 1)];
    for (int t = 0; t < bias.length; t++) {
      for (int d = 0; d < width; d++) {
        weights[t * width + d] = (float) solution[t * (width + 1) + d];
      }
      bias[t] = solution[t * (width + 1) + width];
    }
    return new Linear(weights, bias);
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
}
