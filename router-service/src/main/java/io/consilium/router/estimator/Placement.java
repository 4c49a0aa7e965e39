package io.consilium.router.estimator;

import java.util.Arrays;

/**
 * Which experts to hold in a bounded memory so that the best held one of every category loses
 * least: facility location, solved by adding the expert with the largest gain per memory, then
 * exchanging while that helps. Without a bound everyone is held.
 */
final class Placement {
  private Placement() {}

  /**
   * Solves it.
   *
   * @param loss per category and expert
   * @param memory of each expert
   * @return who is held
   */
  static boolean[] solve(double[][] loss, double[] memory, double bound) {
    int experts = memory.length;
    boolean[] in = new boolean[experts];
    if (Arrays.stream(memory).sum() <= bound) {
      Arrays.fill(in, true);
      return in;
    }
    double free = bound;
    while (true) {
      int best = -1;
      double most = 0;
      for (int e = 0; e < experts; e++) {
        if (!in[e] && memory[e] <= free) {
          double gain = gain(loss, in, e) / Math.max(memory[e], 1e-9);
          if (gain > most) {
            most = gain;
            best = e;
          }
        }
      }
      if (best < 0) {
        break;
      }
      in[best] = true;
      free -= memory[best];
    }
    while (exchange(loss, memory, bound, in)) {
      // each exchange lowers the total, so it ends
    }
    return in;
  }

  private static double gain(double[][] loss, boolean[] in, int expert) {
    double before = total(loss, in);
    in[expert] = true;
    double after = total(loss, in);
    in[expert] = false;
    return before - after;
  }

  private static boolean exchange(double[][] loss, double[] memory, double bound, boolean[] in) {
    double used = 0;
    for (int e = 0; e < in.length; e++) {
      used += in[e] ? memory[e] : 0;
    }
    double before = total(loss, in);
    for (int out = 0; out < in.length; out++) {
      for (int next = 0; next < in.length; next++) {
        if (in[out] && !in[next] && used - memory[out] + memory[next] <= bound) {
          in[out] = false;
          in[next] = true;
          if (total(loss, in) < before - 1e-9) {
            return true;
          }
          in[out] = true;
          in[next] = false;
        }
      }
    }
    return false;
  }

  /** The loss when each category takes its best held expert; huge per category while none is. */
  private static double total(double[][] loss, boolean[] in) {
    double total = 0;
    for (double[] row : loss) {
      int best = cheapest(row, in);
      total += best < 0 ? 1e12 : row[best];
    }
    return total;
  }

  /** The held expert that loses least; the first of equals; -1 when none is held. */
  static int cheapest(double[] loss, boolean[] in) {
    int best = -1;
    for (int e = 0; e < in.length; e++) {
      if (in[e] && (best < 0 || loss[e] < loss[best])) {
        best = e;
      }
    }
    return best;
  }
}
