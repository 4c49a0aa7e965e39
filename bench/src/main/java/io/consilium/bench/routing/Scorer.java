package io.consilium.bench.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Figures of rows with intervals: a paired bootstrap over questions, the same draws for every row
 * of a pool, so that differences are of the same questions.
 */
public final class Scorer {
  /** The row that {@code diff} is against. */
  public static final String SINGLE = "best_single";

  /** The row that {@code diff_table} is against. */
  public static final String TABLE = "task_table";

  private static final int DRAWS = 1_000;

  private final Field field;
  private final String pool;
  private final String unit;
  private final Set<Metric> metrics;
  private final List<Draw> draws; // the first is the measurement itself

  Scorer(Field field, String pool, String unit, long seed, Set<Metric> metrics) {
    this.metrics = metrics;
    this.field = field;
    this.pool = pool;
    this.unit = unit;
    var random = new Random(seed);
    List<Draw> all = new ArrayList<>();
    all.add(Draw.once(field.size()));
    for (int i = 0; i < DRAWS; i++) {
      all.add(Draw.of(field.size(), random));
    }
    draws = List.copyOf(all);
  }

  /**
   * The figures of all rows, in order; those a row does not have are left out.
   *
   * @param tapes by row, one per seed; must hold {@code best_single} and {@code task_table}
   */
  List<Figure> figures(Map<String, List<Tape>> tapes) {
    var single = tapes.getOrDefault(SINGLE, List.of()).getFirst();
    var singles = values(single, List.of(single));
    var tables = values(single, tapes.getOrDefault(TABLE, List.of(single)));
    List<Figure> figures = new ArrayList<>();
    tapes.forEach((row, fits) -> {
      var mine =
          switch (row) {
            case SINGLE -> singles;
            case TABLE -> tables;
            default -> values(single, fits);
          };
      var once = draws.getFirst();
      double calls = fits.stream().mapToDouble(tape -> once.mean(tape.calls())).average().orElse(0);
      double cost = fits.stream().mapToDouble(tape -> once.mean(tape.cost(0))).average().orElse(0);
      mine.forEach((metric, value) ->
          figures.add(
              figure(
                  row,
                  metric,
                  value,
                  singles.getOrDefault(metric, new double[0]),
                  tables.getOrDefault(metric, new double[0]),
                  calls,
                  cost)));
    });
    return figures;
  }

  /** How much more one row has of a figure than another on the same questions. */
  Figure.Gap gap(Metric metric, Map<String, List<Tape>> tapes, String row, String other) {
    var single = tapes.getOrDefault(SINGLE, List.of()).getFirst();
    double[][] values =
        Stream.of(row, other)
            .map(name -> tapes.getOrDefault(name, List.of()))
            .map(fits ->
                draws.stream()
                    .parallel()
                    .mapToDouble(draw -> mean(metric, looks(single, fits, draw)))
                    .toArray())
            .toArray(double[][]::new);
    return gap(values[0], values[1]);
  }

  private Figure figure(
      String row,
      Metric metric,
      double[] value,
      double[] single,
      double[] table,
      double calls,
      double cost) {
    double[] interval = interval(value);
    return new Figure(
        pool,
        row,
        metric,
        value[0],
        interval[0],
        interval[1],
        gap(value, single),
        gap(value, table),
        field.size(),
        calls,
        cost,
        field.priced() ? unit : "");
  }

  private static Figure.Gap gap(double[] value, double[] other) {
    if (other.length == 0) {
      return new Figure.Gap(Double.NaN, Double.NaN, Double.NaN);
    }
    double[] gap = new double[value.length];
    Arrays.setAll(gap, i -> value[i] - other[i]);
    double[] interval = interval(gap);
    return new Figure.Gap(gap[0], interval[0], interval[1]);
  }

  /** The middle 95 % of the draws; an end among draws without a figure is NaN. */
  private static double[] interval(double[] values) {
    double[] sorted = Arrays.copyOfRange(values, 1, values.length);
    // no figure is worse than any: it belongs to the lower end
    Arrays.setAll(sorted, i -> Double.isNaN(sorted[i]) ? Double.NEGATIVE_INFINITY : sorted[i]);
    Arrays.sort(sorted);
    DoubleUnaryOperator at = share -> sorted[(int) Math.round(share * (sorted.length - 1))];
    double low = at.applyAsDouble(0.025);
    double high = at.applyAsDouble(0.975);
    return new double[] {
      Double.isInfinite(low) ? Double.NaN : low, Double.isInfinite(high) ? Double.NaN : high
    };
  }

  /** Every figure the fits have, in every draw; the mean over fits. */
  private Map<Metric, double[]> values(Tape single, List<Tape> fits) {
    Map<Metric, double[]> all = new EnumMap<>(Metric.class);
    var once = looks(single, fits, draws.getFirst());
    for (var metric : metrics) {
      boolean there =
          metric == Metric.COST_SAVE ? field.priced() : !Double.isNaN(mean(metric, once));
      if (there) {
        all.put(metric, new double[draws.size()]);
      }
    }
    IntStream.range(0, draws.size())
        .parallel()
        .forEach(draw -> {
          var looks = looks(single, fits, draws.get(draw));
          all.forEach((metric, values) -> values[draw] = mean(metric, looks));
        });
    return all;
  }

  private List<Look> looks(Tape single, List<Tape> fits, Draw draw) {
    return fits.stream().map(tape -> new Look(field, tape, single, draw)).toList();
  }

  private static double mean(Metric metric, List<Look> looks) {
    double sum = 0;
    for (var look : looks) {
      sum += metric.of(look);
    }
    return sum / looks.size();
  }
}
