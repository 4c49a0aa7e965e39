package io.consilium.router.planner;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * P(the leading answer is right) once replies are in: a small logistic over what is believed of it,
 * how many agree, how many gave nothing to compare, how long the answer is, and the kind of
 * question. Fitted on replayed training questions; until then the belief itself is the answer.
 *
 * @param weights of the features; see {@link #features}
 * @param offsets of each kind of question, in log-odds
 */
public record AfterReplies(double[] weights, Map<String, Double> offsets) {
  private static final int WIDTH = 6;
  private static final double RIDGE = 1;
  private static final int ROUNDS = 25;

  public AfterReplies {
    if (weights.length != WIDTH) {
      throw new IllegalArgumentException("there are %d weights".formatted(WIDTH));
    }
    offsets = Map.copyOf(offsets);
  }

  /** Before anything was fitted: the belief as it is. */
  public static AfterReplies assumed() {
    return new AfterReplies(new double[] {0, 1, 0, 0, 0, 0}, Map.of());
  }

  /**
   * What is seen of the leading answer.
   *
   * @param belief P(it is right) as believed
   * @param agree the share of answers that agree with it, 0 to 1
   * @param asked how many were asked
   * @param silent how many of them gave nothing to compare
   * @param length of the answer in characters
   * @param kind of the question, as guessed
   */
  public record Seen(double belief, double agree, int asked, int silent, int length, String kind) {}

  /**
   * An answer of a training question.
   *
   * @param seen of it
   * @param right whether it was right
   */
  public record Case(Seen seen, boolean right) {}

  /** P(the answer is right). */
  public double p(Seen seen) {
    double x = offsets.getOrDefault(seen.kind(), 0.0);
    double[] features = features(seen);
    for (int i = 0; i < WIDTH; i++) {
      x += weights[i] * features[i];
    }
    return 1 / (1 + Math.exp(-x));
  }

  private static double[] features(Seen seen) {
    double p = Math.clamp(seen.belief(), 1e-4, 1 - 1e-4);
    return new double[] {
      1,
      Math.log(p / (1 - p)),
      seen.agree() - 1,
      seen.asked() - 1.0,
      seen.silent(),
      Math.log1p(seen.length()) - 3
    };
  }

  /**
   * Fits it: Newton's method on the penalised likelihood, drawn towards {@link #assumed}.
   *
   * @throws IllegalArgumentException when there are fewer than 50 cases
   */
  public static AfterReplies fit(List<Case> cases) {
    if (cases.size() < 50) {
      throw new IllegalArgumentException("50 answers are needed; there are " + cases.size());
    }
    Map<String, Integer> kinds = new TreeMap<>();
    cases.forEach(each -> kinds.putIfAbsent(each.seen().kind(), 0));
    int width = WIDTH;
    for (var entry : kinds.entrySet()) {
      entry.setValue(width++);
    }
    double[] start = new double[width];
    start[1] = 1;
    double[] w = start.clone();
    for (int round = 0; round < ROUNDS; round++) {
      double[][] hessian = new double[width][width];
      double[] gradient = new double[width];
      for (int i = 0; i < width; i++) {
        hessian[i][i] = RIDGE;
        gradient[i] = RIDGE * (start[i] - w[i]);
      }
      for (var each : cases) {
        double[] x = Arrays.copyOf(features(each.seen()), width);
        x[kinds.getOrDefault(each.seen().kind(), 0)] = 1;
        double dot = 0;
        for (int i = 0; i < width; i++) {
          dot += w[i] * x[i];
        }
        double p = 1 / (1 + Math.exp(-dot));
        for (int i = 0; i < width; i++) {
          if (x[i] != 0) {
            gradient[i] += ((each.right() ? 1 : 0) - p) * x[i];
            for (int j = 0; j <= i; j++) {
              hessian[i][j] += p * (1 - p) * x[i] * x[j];
            }
          }
        }
      }
      double moved = solve(hessian, gradient);
      for (int i = 0; i < width; i++) {
        w[i] += gradient[i];
      }
      if (moved < 1e-8) {
        break;
      }
    }
    Map<String, Double> offsets = new TreeMap<>();
    double[] fitted = w;
    kinds.forEach((kind, column) -> offsets.put(kind, fitted[column]));
    return new AfterReplies(Arrays.copyOf(w, WIDTH), offsets);
  }

  /** Solves in place by Cholesky, given the lower triangle; returns the largest entry. */
  private static double solve(double[][] a, double[] b) {
    int n = b.length;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= a[i][k] * a[j][k];
        }
        a[i][j] = i == j ? Math.sqrt(sum) : sum / a[j][j];
      }
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        b[i] -= a[i][k] * b[k];
      }
      b[i] /= a[i][i];
    }
    double largest = 0;
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        b[i] -= a[k][i] * b[k];
      }
      b[i] /= a[i][i];
      largest = Math.max(largest, Math.abs(b[i]));
    }
    return largest;
  }
}
