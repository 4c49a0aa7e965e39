package io.consilium.bench.routing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The report: what was asked how, every row's training input, tables, charts, published figures.
 */
final class RoutingReport implements QualityBench.Report {
  private static final String CHARTS = "routing/";

  private final RoutingOptions options;
  private final LocalDate date;
  private final Supplier<String> spent;
  private final Map<Split, StringBuilder> sections = new LinkedHashMap<>();
  private final Map<String, String> charts = new LinkedHashMap<>(); // by file
  private final StringBuilder criterion = new StringBuilder();
  private final List<Figure> figures = new ArrayList<>();
  private int measured;

  RoutingReport(RoutingOptions options, LocalDate date, Supplier<String> spent) {
    this.options = options;
    this.date = date;
    this.spent = spent;
  }

  @Override
  public void add(Split split, PoolRun run, Map<String, List<Tape>> tapes, List<Figure> measured) {
    // written at once, for tapes are large
    var pool = new PoolReport(run, tapes, measured);
    sections.computeIfAbsent(split, s -> new StringBuilder()).append(pool.markdown(prefix(split)));
    pool.charts().forEach((name, chart) -> charts.put(prefix(split) + name, chart));
    criterion.append(pool.criterion(split.name(), options.seed()));
    figures.addAll(measured);
    this.measured++;
  }

  /** Writes {@code routing.md} and its charts into a folder. */
  @Override
  public Path write(Path folder) throws IOException {
    Files.createDirectories(folder.resolve(CHARTS));
    var file = folder.resolve("routing.md");
    Files.writeString(file, markdown());
    for (var chart : charts.entrySet()) {
      Files.writeString(folder.resolve(chart.getKey()), chart.getValue());
    }
    return file;
  }

  private static String prefix(Split split) {
    return CHARTS + (split.folds() > 1 ? "folds-" : "split-");
  }

  private String markdown() {
    var text = new StringBuilder();
    text.append(
        """
        # Routing on recorded outcomes

        Made on %s by `./consilium bench routing --data DIR%s`, seed %d, %d fits per random row, in %s.
        The data folder is not part of this repository; see [how to measure routing](../../docs/how-to/measure-routing.md)
        for its layout, every metric and the formats that can be read instead.

        Every row is fitted on the training part only, and asked the test questions one at a time through the same
        call as the service. Rows see question and options; only names that end in `+label`, and `task_table`, are
        told the category. Cells are the value and half the width of its 95 %% interval (paired bootstrap over
        questions, 1,000 draws); differences have their interval in brackets and are bold where it excludes 0 on the
        better side. `accuracy` is at λ = 0; `calls` and `cost` are its means per question.

        """
            .formatted(date, options.command(), options.seed(), options.seeds(), spent.get()));
    int asked = options.pools().size() * options.protocols();
    if (measured < asked) {
      text.append(
          "The run was ended early: %d of %d pools and ways of parting them are measured.\n\n"
              .formatted(measured, asked));
    }
    text.append(noise());
    if (!criterion.isEmpty()) {
      text.append(PoolReport.CRITERION).append(criterion).append('\n');
    }
    text.append("## What each row learns from\n\n| row | training input |\n|---|---|\n");
    for (var row : Rows.all()) {
      if (options.wants(row)) {
        text.append("| ").append(row.name()).append(" | ").append(row.input()).append(" |\n");
      }
    }
    sections.forEach((split, pools) -> {
      text.append("\n## ").append(capital(split.words())).append("\n\n");
      text.append(pools);
    });
    text.append(Published.MARKDOWN);
    return text.toString();
  }

  /** How much of a difference is chance. */
  private String noise() {
    var text = new StringBuilder("## Noise floor\n\n");
    text.append(
        "Half the width of the 95 % interval, in points of accuracy: of one row, and of a paired"
            + " difference to best single (median over rows). A smaller difference is not counted.\n\n"
            + "| pool | n | one row | paired difference |\n|---|---:|---:|---:|\n");
    figures.stream()
        .filter(figure -> figure.metric() == Metric.ACCURACY && figure.row().equals(Scorer.SINGLE))
        .forEach(single -> {
          double[] widths =
              figures.stream()
                  .filter(figure -> figure.metric() == Metric.ACCURACY)
                  .filter(figure -> figure.pool().equals(single.pool()))
                  .filter(figure -> figure.n() == single.n())
                  .filter(figure -> figure.single().hi() > figure.single().lo())
                  .mapToDouble(figure -> (figure.single().hi() - figure.single().lo()) / 2)
                  .sorted()
                  .toArray();
          text.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %,d | %.1f | %.1f |%n",
                  single.pool(),
                  single.n(),
                  (single.hi() - single.lo()) * 50,
                  widths.length == 0 ? 0 : widths[widths.length / 2] * 100));
        });
    return text.append('\n').toString();
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
