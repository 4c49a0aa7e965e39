package io.consilium.bench.routing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes about one pool under one split: its table, its charts, and whether the default held. */
final class PoolReport {
  /** What the default estimator must not be below. */
  private static final List<String> PLAIN = List.of(Scorer.SINGLE, "label_table", "knn", "ridge");

  static final String CRITERION =
      """
      ## Whether the default is below a plain row

      Accuracy of `blend` less that of each plain row on the same questions, with its 95 % interval. It fails where an
      interval lies below 0.

      | split | pool | vs best_single | vs label_table | vs knn | vs ridge | the best of them | held |
      |---|---|---|---|---|---|---|---|
      """;

  /** Rows that a picture can hold besides the baselines; the rest is in the table. */
  private static final int SHOWN = 4;

  private final PoolRun run;
  private final Map<String, List<Tape>> tapes;
  private final List<Figure> figures;

  PoolReport(PoolRun run, Map<String, List<Tape>> tapes, List<Figure> figures) {
    this.run = run;
    this.tapes = tapes;
    this.figures = figures;
  }

  /** A line of the table of {@link #CRITERION}; empty when a row was not asked for. */
  String criterion(String split, long seed) {
    if (!tapes.containsKey("blend") || !tapes.keySet().containsAll(PLAIN)) {
      return "";
    }
    var scorer = new Scorer(run.field(), run.pool().word(), "", seed, EnumSet.of(Metric.ACCURACY));
    var line = new StringBuilder("| %s | %s |".formatted(split, run.pool().word()));
    boolean held = true;
    for (var row : PLAIN) {
      var gap = scorer.gap(Metric.ACCURACY, tapes, "blend", row);
      held &= !(gap.hi() < 0);
      line.append(' ').append(gap(gap, Metric.ACCURACY)).append(" |");
    }
    var best =
        PLAIN.stream()
            .max(
                Comparator.comparingDouble(
                    row -> figure(row, Metric.ACCURACY).orElseThrow().value()))
            .orElseThrow();
    return line.append(" %s | %s |\n".formatted(best, held ? "yes" : "no")).toString();
  }

  private Optional<Figure> figure(String row, Metric metric) {
    return figures.stream()
        .filter(figure -> figure.row().equals(row) && figure.metric() == metric)
        .findAny();
  }

  /** Its section. */
  String markdown(String chartPrefix) {
    var text = new StringBuilder();
    var pool = run.pool().word();
    text.append("### ").append(pool).append("\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "%,d complete questions asked, %,d learnt from by each fit; %,d questions on record left"
                + " out because an expert was not observed on them. %d experts.",
            run.field().size(),
            run.trained(),
            run.incomplete(),
            run.field().experts()));
    if (!run.field().priced()) {
      text.append(
          run.imported().unit().isEmpty()
              ? " No costs are on record."
              : " The cost of some expert is unknown, so there are no figures of cost.");
    } else {
      text.append(
          " Costs in " + run.imported().unit() + ", a proxy: " + run.imported().proxy() + ".");
    }
    run.imported().notes().forEach(note -> text.append(" Left out: ").append(note).append('.'));
    List<Metric> columns = new ArrayList<>();
    for (var metric : Metric.values()) {
      if (!metric.ofLength() && figures.stream().anyMatch(figure -> figure.metric() == metric)) {
        columns.add(metric);
      }
    }
    text.append("\n\n| row |");
    columns.forEach(metric -> text.append(' ').append(metric.word()).append(" |"));
    text.append(" vs best_single | vs task_table | calls | cost |\n|---|");
    text.append("---|".repeat(columns.size() + 4)).append('\n');
    for (var row : rows().keySet()) {
      text.append("| ").append(row).append(" |");
      for (var metric : columns) {
        text.append(' ')
            .append(figure(row, metric).map(PoolReport::value).orElse("–"))
            .append(" |");
      }
      var accuracy = figure(row, Metric.ACCURACY).orElseThrow();
      text.append(' ').append(gap(accuracy.single(), Metric.ACCURACY));
      text.append(" | ").append(gap(accuracy.table(), Metric.ACCURACY));
      text.append(String.format(Locale.ROOT, " | %.2f | ", accuracy.calls()));
      text.append(run.field().priced() ? cost(accuracy.cost()) : "–").append(" |\n");
    }
    text.append('\n');
    figures.stream()
        .filter(figure -> figure.metric() == Metric.LENGTH_R2)
        .findFirst()
        .ifPresent(figure ->
            text.append(
                "Prices are forecast by expected output length: R² of its logarithm within experts %s.\n\n"
                    .formatted(value(figure))));
    if (run.field().priced()) {
      text.append(
          "![%1$s: quality against cost](%2$s%1$s-cost.svg)\n\n".formatted(pool, chartPrefix));
    }
    return text.append(
            "![%1$s: reliability](%2$s%1$s-reliability.svg)\n\n".formatted(pool, chartPrefix))
        .toString();
  }

  /** A row of the same figures under another name is shown once. */
  private Map<String, List<Tape>> rows() {
    Map<String, List<Tape>> rows = new LinkedHashMap<>(tapes);
    if (rows.containsKey("task_table+label")) {
      rows.remove(Scorer.TABLE);
    }
    return rows;
  }

  private static String cost(double cost) {
    return String.format(Locale.ROOT, cost >= 1 ? "%,.0f" : "%.6f", cost);
  }

  private static String value(Figure figure) {
    if (Double.isNaN(figure.value())) {
      return "none";
    }
    double half = (figure.hi() - figure.lo()) / 2;
    return Double.isNaN(half)
        ? String.format(Locale.ROOT, "%.3f", figure.value())
        : String.format(Locale.ROOT, "%.3f ±%.3f", figure.value(), half);
  }

  private static String gap(Figure.Gap gap, Metric metric) {
    if (gap.lo() == 0 && gap.hi() == 0) {
      return "0";
    }
    return String.format(
        Locale.ROOT,
        gap.better(metric) ? "**%+.3f** [%+.3f, %+.3f]" : "%+.3f [%+.3f, %+.3f]",
        gap.value(),
        gap.lo(),
        gap.hi());
  }

  /** Its charts, by the end of their file names. */
  Map<String, String> charts() {
    Map<String, String> charts = new LinkedHashMap<>();
    if (run.field().priced()) {
      charts.put(run.pool().word() + "-cost.svg", cost());
    }
    charts.put(run.pool().word() + "-reliability.svg", reliability());
    return charts;
  }

  private String cost() {
    Map<String, List<double[]>> curves = new LinkedHashMap<>();
    var once = Draw.once(run.field().size());
    for (var row : shown(true)) {
      var tape = tapes.getOrDefault(row, List.of()).getFirst();
      curves.put(row, Curve.of(new Look(run.field(), tape, tape, once).points()).corners());
    }
    var all = curves.values().stream().flatMap(List::stream).toList();
    double low = all.stream().mapToDouble(point -> point[0]).min().orElse(1);
    double high = all.stream().mapToDouble(point -> point[0]).max().orElse(1);
    var chart =
        new Chart(
            run.pool().word() + ": quality against cost (envelope over λ)",
            "mean cost per question, " + run.imported().unit() + ", logarithmic",
            "accuracy",
            low,
            Math.max(high, low * 1.01),
            all.stream().mapToDouble(point -> point[1]).min().orElse(0),
            all.stream().mapToDouble(point -> point[1]).max().orElse(1) + 1e-6,
            true);
    curves.forEach(chart::series);
    return chart.svg();
  }

  private String reliability() {
    var chart =
        new Chart(
            run.pool().word() + ": forecast against outcome, all cells",
            "mean forecast in ten bins",
            "share right",
            0,
            1,
            0,
            1,
            false);
    chart.diagonal();
    for (var row : shown(false)) {
      var tape = tapes.getOrDefault(row, List.of()).getFirst();
      if (tape.forecasts()) {
        chart.series(row, bins(tape));
      }
    }
    return chart.svg();
  }

  private List<double[]> bins(Tape tape) {
    double[] forecast = new double[Metric.BINS];
    double[] right = new double[Metric.BINS];
    int[] count = new int[Metric.BINS];
    for (int question = 0; question < run.field().size(); question++) {
      float[] p = tape.scores(question);
      for (int expert = 0; expert < p.length; expert++) {
        int bin = Metric.bin(p[expert]);
        forecast[bin] += p[expert];
        right[bin] += run.field().correct(question, expert);
        count[bin]++;
      }
    }
    List<double[]> points = new ArrayList<>();
    for (int bin = 0; bin < count.length; bin++) {
      if (count[bin] > 0) {
        points.add(new double[] {forecast[bin] / count[bin], right[bin] / count[bin]});
      }
    }
    return points;
  }

  /** Baselines, the defaults, and the best of the rest by accuracy. */
  private List<String> shown(boolean baselines) {
    var always =
        baselines
            ? Set.of("random", Scorer.SINGLE, "task_table+label", "oracle", "blend", "planner")
            : Set.of(Scorer.SINGLE, "task_table+label", "blend");
    List<String> rest =
        rows().keySet().stream()
            .filter(row -> !always.contains(row) && !row.equals("random") && !row.equals("oracle"))
            .sorted((a, b) ->
                Double.compare(
                    figure(b, Metric.ACCURACY).orElseThrow().value(),
                    figure(a, Metric.ACCURACY).orElseThrow().value()))
            .limit(SHOWN)
            .toList();
    return rows().keySet().stream()
        .filter(row -> always.contains(row) || rest.contains(row))
        .toList();
  }
}
