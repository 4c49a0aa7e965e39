package io.consilium.bench.routing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Quality against cost: the upper concave, never falling envelope of a router's points (Hu et al.,
 * "RouterBench", 2024). Between two points lies what a coin between their settings would do.
 */
final class Curve {
  private final List<double[]> hull; // (cost, quality), both rising

  private Curve(List<double[]> hull) {
    this.hull = hull;
  }

  /** The envelope of some points, (cost, quality) each. */
  static Curve of(List<double[]> points) {
    List<double[]> sorted = new ArrayList<>(points);
    sorted.sort(
        Comparator.<double[]>comparingDouble(point -> point[0])
            .thenComparingDouble(point -> -point[1]));
    List<double[]> hull = new ArrayList<>();
    for (var point : sorted) {
      if (!hull.isEmpty() && point[1] <= hull.getLast()[1]) {
        continue; // dearer and not better
      }
      while (hull.size() >= 2 && below(hull.get(hull.size() - 2), hull.getLast(), point)) {
        hull.removeLast();
      }
      if (!hull.isEmpty() && hull.getLast()[0] == point[0]) {
        hull.removeLast();
      }
      hull.add(point);
    }
    return new Curve(hull);
  }

  private static boolean below(double[] a, double[] b, double[] c) {
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0]);
  }

  /** Its corners, (cost, quality), cheapest first. */
  List<double[]> corners() {
    return hull;
  }

  /** Mean quality over costs from {@code low} to {@code high}: 0 left of the first point. */
  double mean(double low, double high) {
    return integral(low, high, (a, b) -> b - a, (a, b) -> (b * b - a * a) / 2) / (high - low);
  }

  /** The same over the logarithm of cost. */
  double logMean(double low, double high) {
    return integral(low, high, (a, b) -> Math.log(b / a), (a, b) -> b - a) / Math.log(high / low);
  }

  /** An integral between two costs. */
  private interface Span {
    double of(double from, double to);
  }

  /**
   * Integrates the piecewise linear envelope.
   *
   * @param ones of 1
   * @param costs of the cost
   */
  private double integral(double low, double high, Span ones, Span costs) {
    double sum = 0;
    for (int i = 0; i < hull.size(); i++) {
      double[] from = hull.get(i);
      double end = i + 1 < hull.size() ? hull.get(i + 1)[0] : Math.max(high, from[0]);
      double slope = i + 1 < hull.size() ? (hull.get(i + 1)[1] - from[1]) / (end - from[0]) : 0;
      double a = Math.max(low, from[0]);
      double b = Math.min(high, end);
      if (a < b) {
        sum += (from[1] - slope * from[0]) * ones.of(a, b) + slope * costs.of(a, b);
      }
    }
    return sum;
  }
}
