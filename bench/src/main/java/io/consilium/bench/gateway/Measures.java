package io.consilium.bench.gateway;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;

/** The numbers of one run, in the order they were taken, each announced as it comes. */
final class Measures {
  private final List<Measure> all = new ArrayList<>();
  private final DoubleSupplier loadAverage;

  Measures(DoubleSupplier loadAverage) {
    this.loadAverage = loadAverage;
  }

  void add(Target target, String scenario, String metric, double value) {
    Measure measure = new Measure(target, scenario, metric, value, loadAverage.getAsDouble());
    all.add(measure);
    System.out.printf(
        "%-8s %-18s %-22s %12s   load %.2f%n",
        target.word(), scenario, metric, number(value), measure.loadAverage());
  }

  void count(Target target, String scenario, String metric, long value) {
    add(target, scenario, metric, (double) value);
  }

  List<Measure> all() {
    return Collections.unmodifiableList(all);
  }

  /** The value of a measure, if it was taken. */
  OptionalDouble find(Target target, String scenario, String metric) {
    return all.stream()
        .filter(m -> m.target() == target)
        .filter(m -> m.scenario().equals(scenario) && m.metric().equals(metric))
        .mapToDouble(Measure::value)
        .findFirst();
  }

  /** The quotient of two measures that may be missing. */
  static OptionalDouble ratio(OptionalDouble above, OptionalDouble below) {
    return above.isPresent() && below.isPresent() && below.getAsDouble() != 0
        ? OptionalDouble.of(above.getAsDouble() / below.getAsDouble())
        : OptionalDouble.empty();
  }

  /** The middle one, or the mean of the middle two. */
  static double median(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("the median of nothing");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static String number(double value) {
    double size = Math.abs(value);
    return String.format(
        java.util.Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.3f", value);
  }
}
