package io.consilium.router.planner;

import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;

/**
 * Guesses what kind of question it is from its vector: ridge regression on the categories of the
 * training questions, which are its targets and never its input.
 *
 * @param names of the kinds
 * @param weights [kind][dimension]
 * @param mean of the training vectors
 * @param shares of each kind in training
 */
public record KindGuess(List<String> names, float[][] weights, float[] mean, float[] shares) {
  private static final double RIDGE = 3;

  public KindGuess {
    names = List.copyOf(names);
  }

  /** Learns it; categories that are empty are left out. */
  public static KindGuess fit(List<float[]> vectors, List<String> categories) {
    var names = categories.stream().filter(each -> !each.isEmpty()).distinct().sorted().toList();
    int width = vectors.isEmpty() ? 0 : vectors.getFirst().length;
    float[] mean = new float[width];
    for (var vector : vectors) {
      for (int k = 0; k < width; k++) {
        mean[k] += vector[k] / vectors.size();
      }
    }
    float[] shares = new float[names.size()];
    for (var category : categories) {
      if (!category.isEmpty()) {
        shares[names.indexOf(category)] += 1f / categories.size();
      }
    }
    if (names.size() < 2) {
      return new KindGuess(names, new float[names.size()][width], mean, shares);
    }
    var gram = new DMatrixRMaj(width, width);
    var right = new DMatrixRMaj(width, names.size());
    double[] x = new double[width];
    for (int i = 0; i < vectors.size(); i++) {
      int kind = names.indexOf(categories.get(i));
      for (int k = 0; k < width; k++) {
        x[k] = vectors.get(i)[k] - mean[k];
      }
      for (int a = 0; a < width; a++) {
        if (x[a] != 0) {
          for (int b = 0; b < width; b++) {
            gram.data[a * width + b] += x[a] * x[b];
          }
          for (int n = 0; n < names.size(); n++) {
            right.data[a * names.size() + n] += x[a] * ((n == kind ? 1 : 0) - shares[n]);
          }
        }
      }
    }
    for (int k = 0; k < width; k++) {
      gram.add(k, k, RIDGE);
    }
    var solver = LinearSolverFactory_DDRM.chol(width);
    var solved = new DMatrixRMaj(width, names.size());
    if (!solver.setA(gram)) {
      throw new IllegalStateException("a ridge is positive definite");
    }
    solver.solve(right, solved);
    float[][] weights = new float[names.size()][width];
    for (int n = 0; n < names.size(); n++) {
      for (int k = 0; k < width; k++) {
        weights[n][k] = (float) solved.get(k, n);
      }
    }
    return new KindGuess(names, weights, mean, shares);
  }

  /** The likeliest kind; "" when none were learnt. */
  public String of(float[] vector) {
    String best = "";
    double most = Double.NEGATIVE_INFINITY;
    for (int n = 0; n < weights.length; n++) {
      double score = shares[n];
      for (int k = 0; k < vector.length; k++) {
        score += weights[n][k] * (vector[k] - mean[k]);
      }
      if (score > most) {
        most = score;
        best = names.get(n);
      }
    }
    return best;
  }
}
