package io.consilium.router;

import io.consilium.expert.index.DotProduct;
import java.util.Arrays;
import java.util.List;

/** Arithmetic of unit vectors that lie flat, one after the other. */
final class Vectors {
  private Vectors() {}

  /** Brings a vector to length one, in place. */
  static float[] unit(float[] vector) {
    double squares = 0;
    for (float part : vector) {
      squares += part * part;
    }
    float scale = (float) (1 / Math.sqrt(Math.max(squares, 1e-12)));
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= scale;
    }
    return vector;
  }

  /** The rows as one array. */
  static float[] flat(List<float[]> rows) {
    int length = rows.stream().mapToInt(row -> row.length).sum();
    float[] flat = new float[length];
    int at = 0;
    for (var row : rows) {
      System.arraycopy(row, 0, flat, at, row.length);
      at += row.length;
    }
    return flat;
  }

  /** One row of many. */
  static float[] row(float[] rows, int index, int dimension) {
    return Arrays.copyOfRange(rows, index * dimension, (index + 1) * dimension);
  }

  /** The direction of the rows' mean; empty when there is none. */
  static float[] centroid(List<float[]> rows) {
    if (rows.isEmpty()) {
      return new float[0];
    }
    float[] sum = new float[rows.getFirst().length];
    for (var row : rows) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += row[i];
      }
    }
    return unit(sum);
  }

  /** The largest cosine with any row; −1 when there is none. */
  static double nearest(float[] query, float[] rows) {
    double best = -1;
    for (int at = 0; at < rows.length; at += query.length) {
      best = Math.max(best, DotProduct.best().of(query, rows, at));
    }
    return best;
  }

  /** The mean of the largest cosines, of so many at most; −1 when there is no row. */
  static double nearest(float[] query, float[] rows, int most) {
    double[] cosines = new double[rows.length / query.length];
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = DotProduct.best().of(query, rows, i * query.length);
    }
    Arrays.sort(cosines);
    return Arrays.stream(cosines, Math.max(0, cosines.length - most), cosines.length)
        .average()
        .orElse(-1);
  }
}
