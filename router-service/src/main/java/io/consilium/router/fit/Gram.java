package io.consilium.router.fit;

import java.util.Arrays;
import java.util.List;

/**
 * Sums of products of question vectors, fold by fold: all that ridge regressions on the same
 * questions need of them, whatever they regress. A constant is the last number of every vector.
 */
public final class Gram {
  /** Into so many folds questions fall; what chooses penalties holds out one at a time. */
  public static final int FOLDS = 3;

  /** Without no fold: what is solved is the fit to everything. */
  public static final int ALL = -1;

  /** Rows added at once, for memory is slower than sums. */
  private static final int BLOCK = 8;

  /** The constant's penalty: none, but for a matrix that can be solved. */
  private static final double FREE = 1e-6;

  private final List<float[]> vectors;
  private final int[] fold;
  private final int width;
  private final double[][] sums = new double[FOLDS][]; // lower triangles

  /**
   * Sums over some questions.
   *
   * @param fold of each, below {@link #FOLDS}
   */
  public Gram(List<float[]> vectors, int[] fold) {
    this.vectors = vectors;
    this.fold = fold;
    this.width = (vectors.isEmpty() ? 0 : vectors.getFirst().length) + 1;
    for (int f = 0; f < FOLDS; f++) {
      double[] sum = new double[width * width];
      each(
          f,
          (items, rows) -> {
            double[] factors = new double[BLOCK];
            for (int a = 0; a < width; a++) {
              for (int k = 0; k < BLOCK; k++) {
                factors[k] = rows[k][a];
              }
              add(sum, a * width, a + 1, factors, rows);
            }
          });
      sums[f] = sum;
    }
  }

  /** What is asked of some questions' vectors, a block at a time. */
  private interface Block {
    /**
     * Reads a block.
     *
     * @param items of the rows; shorter than the block at the end, when the last rows are 0
     */
    void of(int[] items, double[][] rows);
  }

  private void each(int within, Block block) {
    double[][] rows = new double[BLOCK][width];
    int[] items = new int[BLOCK];
    int filled = 0;
    for (int i = 0; i < fold.length; i++) {
      if (fold[i] == within) {
        float[] vector = vectors.get(i);
        for (int d = 0; d < vector.length; d++) {
          rows[filled][d] = vector[d];
        }
        rows[filled][width - 1] = 1;
        items[filled++] = i;
        if (filled == BLOCK) {
          block.of(items, rows);
          filled = 0;
        }
      }
    }
    if (filled > 0) {
      for (int k = filled; k < BLOCK; k++) {
        Arrays.fill(rows[k], 0);
      }
      block.of(Arrays.copyOf(items, filled), rows);
    }
  }

  /** Adds the products of a matrix's columns with each other, both triangles. */
  static void addSquares(double[] to, double[][] rows, int width) {
    double[][] block = new double[BLOCK][];
    double[] factors = new double[BLOCK];
    double[] none = new double[width];
    for (int from = 0; from < rows.length; from += BLOCK) {
      for (int k = 0; k < BLOCK; k++) {
        block[k] = from + k < rows.length ? rows[from + k] : none;
      }
      for (int a = 0; a < width; a++) {
        for (int k = 0; k < BLOCK; k++) {
          factors[k] = block[k][a];
        }
        add(to, a * width, a + 1, factors, block);
      }
    }
    for (int a = 0; a < width; a++) {
      for (int b = 0; b < a; b++) {
        to[b * width + a] = to[a * width + b];
      }
    }
  }

  /** {@code to += Σ factor · row} over any number of rows. */
  static void addAll(double[] to, double[] factors, double[][] rows) {
    double[][] block = new double[BLOCK][];
    double[] some = new double[BLOCK];
    for (int from = 0; from < rows.length; from += BLOCK) {
      for (int k = 0; k < BLOCK; k++) {
        boolean there = from + k < rows.length;
        block[k] = rows[there ? from + k : from];
        some[k] = there ? factors[from + k] : 0;
      }
      add(to, 0, to.length, some, block);
    }
  }

  /** {@code to[at…] += Σ factor · row}: the loop in which all the time is spent. */
  private static void add(double[] to, int at, int length, double[] factors, double[][] rows) {
    double[] r0 = rows[0];
    double[] r1 = rows[1];
    double[] r2 = rows[2];
    double[] r3 = rows[3];
    double[] r4 = rows[4];
    double[] r5 = rows[5];
    double[] r6 = rows[6];
    double[] r7 = rows[7];
    double f0 = factors[0];
    double f1 = factors[1];
    double f2 = factors[2];
    double f3 = factors[3];
    double f4 = factors[4];
    double f5 = factors[5];
    double f6 = factors[6];
    double f7 = factors[7];
    for (int b = 0; b < length; b++) {
      to[at + b] +=
          (f0 * r0[b] + f1 * r1[b] + f2 * r2[b] + f3 * r3[b])
              + (f4 * r4[b] + f5 * r5[b] + f6 * r6[b] + f7 * r7[b]);
    }
  }

  /** Of how many numbers a vector is. */
  public int width() {
    return width - 1;
  }

  /** Sums of the vectors times targets: one row of {@code width + 1} per fold and target. */
  public double[][] products(double[][] targets) {
    int functions = targets.length == 0 ? 0 : targets[0].length;
    double[][] products = new double[FOLDS][functions * width];
    for (int f = 0; f < FOLDS; f++) {
      double[] sum = products[f];
      double[] factors = new double[BLOCK];
      each(
          f,
          (items, rows) -> {
            for (int t = 0; t < functions; t++) {
              Arrays.fill(factors, 0);
              for (int k = 0; k < items.length; k++) {
                factors[k] = targets[items[k]][t];
              }
              add(sum, t * width, width, factors, rows);
            }
          });
    }
    return products;
  }

  /**
   * The ridge regression of every target.
   *
   * @param products of the targets
   * @param without the fold left out, or {@link #ALL}
   * @return one row of {@code width + 1} per target, the constant last
   */
  public double[] solve(double[][] products, int without, double penalty) {
    double[] left = new double[width * width];
    double[] right = new double[products[0].length];
    for (int f = 0; f < FOLDS; f++) {
      if (f != without) {
        for (int k = 0; k < left.length; k++) {
          left[k] += sums[f][k];
        }
        for (int k = 0; k < right.length; k++) {
          right[k] += products[f][k];
        }
      }
    }
    for (int a = 0; a < width; a++) {
      left[a * width + a] += a == width - 1 ? FREE : penalty;
    }
    factorise(left, width);
    for (int at = 0; at < right.length; at += width) {
      substitute(left, width, right, at);
    }
    return right;
  }

  /** Cholesky's factor of the lower triangle, in its place, a block of columns at a time. */
  static void factorise(double[] matrix, int n) {
    double[][] panel = new double[BLOCK][n];
    double[] factors = new double[BLOCK];
    for (int from = 0; from < n; from += BLOCK) {
      int end = Math.min(n, from + BLOCK);
      for (int i = from; i < n; i++) {
        int row = i * n;
        for (int j = from; j < Math.min(end, i + 1); j++) {
          double sum = matrix[row + j];
          for (int k = from; k < j; k++) {
            sum -= matrix[row + k] * matrix[j * n + k];
          }
          if (i == j) {
            if (!(sum > 0)) {
              throw new IllegalStateException(
                  "a ridge has no solution: its numbers are not finite");
            }
            matrix[row + j] = Math.sqrt(sum);
          } else {
            matrix[row + j] = sum / matrix[j * n + j];
          }
        }
      }
      if (end == n) {
        return; // blocks but for the last are full, so panels are too
      }
      for (int i = end; i < n; i++) {
        for (int k = 0; k < BLOCK; k++) {
          panel[k][i - end] = matrix[i * n + from + k];
        }
      }
      for (int i = end; i < n; i++) {
        for (int k = 0; k < BLOCK; k++) {
          factors[k] = -matrix[i * n + from + k];
        }
        add(matrix, i * n + end, i - end + 1, factors, panel);
      }
    }
  }

  /** Solves for one right side in its place. */
  private static void substitute(double[] factor, int n, double[] right, int at) {
    for (int i = 0; i < n; i++) {
      double sum = right[at + i];
      int row = i * n;
      double other = 0;
      int j = 0;
      for (; j + 1 < i; j += 2) {
        sum -= factor[row + j] * right[at + j];
        other += factor[row + j + 1] * right[at + j + 1];
      }
      if (j < i) {
        sum -= factor[row + j] * right[at + j];
      }
      right[at + i] = (sum - other) / factor[row + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      double value = right[at + i] / factor[i * n + i];
      right[at + i] = value;
      for (int j = 0; j < i; j++) { // rows, for columns lie far apart
        right[at + j] -= value * factor[i * n + j];
      }
    }
  }
}
