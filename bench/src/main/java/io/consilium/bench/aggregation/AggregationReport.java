package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Figure;
import io.consilium.bench.routing.Metric;
import io.consilium.bench.routing.Pool;
import io.consilium.bench.routing.PoolRun;
import io.consilium.bench.routing.QualityBench;
import io.consilium.bench.routing.RoutingOptions;
import io.consilium.bench.routing.Row;
import io.consilium.bench.routing.Split;
import io.consilium.bench.routing.Tape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The report: tables of every pool, joint failure, the risk contract, and what was not measured.
 */
final class AggregationReport implements QualityBench.Report {
  private final RoutingOptions options;
  private final LocalDate date;
  private final List<Row> rows;
  private final Supplier<String> spent;
  private final Set<Pool> pools = EnumSet.noneOf(Pool.class);
  private final Map<Split, StringBuilder> sections = new LinkedHashMap<>();

  AggregationReport(
      RoutingOptions options, LocalDate date, List<Row> rows, Supplier<String> spent) {
    this.options = options;
    this.date = date;
    this.rows = rows;
    this.spent = spent;
  }

  @Override
  public void add(Split split, PoolRun run, Map<String, List<Tape>> tapes, List<Figure> figures) {
    var text = sections.computeIfAbsent(split, s -> new StringBuilder());
    pools.add(run.pool());
    text.append(
        String.format(
            Locale.ROOT,
            "### %s%n%n%,d complete questions asked, %,d learnt from by each fit, %d experts.%s%n%n",
            run.pool().word(),
            run.field().size(),
            run.trained(),
            run.field().experts(),
            run.field().priced()
                ? " Costs in "
                    + run.imported().unit()
                    + ", a proxy: "
                    + run.imported().proxy()
                    + "."
                : " No costs, or not of every expert, are on record."));
    text.append(
        "| row | accuracy | macro | vs best_single | vs task_table | calls | cost | gap |\n");
    text.append("|---|---|---|---|---|---:|---:|---:|\n");
    for (var row : tapes.keySet()) {
      if (figure(figures, row, Metric.ALL_WRONG).isEmpty()) {
        figure(figures, row, Metric.ACCURACY)
            .ifPresent(accuracy -> text.append(line(accuracy, figures, run.field().priced())));
      }
    }
    text.append('\n');
    text.append(CostOfPass.table(run.field(), tapes));
    text.append(joint(tapes, figures));
    text.append(risk(tapes, figures));
  }

  private static Optional<Figure> figure(List<Figure> figures, String row, Metric metric) {
    return figures.stream()
        .filter(figure -> figure.row().equals(row) && figure.metric() == metric)
        .findAny();
  }

  private static String line(Figure accuracy, List<Figure> figures, boolean priced) {
    var row = accuracy.row();
    return "| %s | %s | %s | %s | %s | %s | %s | %s |%n"
        .formatted(
            row,
            value(accuracy),
            figure(figures, row, Metric.MACRO_ACCURACY).map(f -> number(f.value())).orElse("–"),
            gap(accuracy.single()),
            gap(accuracy.table()),
            String.format(Locale.ROOT, "%.2f", accuracy.calls()),
            priced
                ? String.format(
                    Locale.ROOT, accuracy.cost() >= 1 ? "%,.0f" : "%.6f", accuracy.cost())
                : "–",
            figure(figures, row, Metric.ROUTED_GAP).map(f -> number(f.value())).orElse("–"));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static String value(Figure figure) {
    return String.format(
        Locale.ROOT, "%.4f ±%.4f", figure.value(), (figure.hi() - figure.lo()) / 2);
  }

  private static String gap(Figure.Gap gap) {
    if (gap.lo() == 0 && gap.hi() == 0) {
      return "0";
    }
    return String.format(
        Locale.ROOT,
        gap.lo() > 0 ? "**%+.4f** [%+.4f, %+.4f]" : "%+.4f [%+.4f, %+.4f]",
        gap.value(),
        gap.lo(),
        gap.hi());
  }

  /** Forecast and observed rates of failing together. */
  private static String joint(Map<String, List<Tape>> tapes, List<Figure> figures) {
    var text = new StringBuilder();
    for (var row : tapes.keySet()) {
      var all = figure(figures, row, Metric.ALL_WRONG);
      var allForecast = figure(figures, row, Metric.ALL_WRONG_FORECAST);
      var most = figure(figures, row, Metric.MAJORITY_WRONG);
      var mostForecast = figure(figures, row, Metric.MAJORITY_WRONG_FORECAST);
      if (all.isPresent()
          && allForecast.isPresent()
          && most.isPresent()
          && mostForecast.isPresent()) {
        if (text.isEmpty()) {
          text.append(
              "| failing together | all wrong: forecast | observed | most wrong: forecast |"
                  + " observed |\n|---|---|---|---|---|\n");
        }
        text.append(
            "| %s | %s (%s) | %s | %s (%s) | %s |%n"
                .formatted(
                    row,
                    number(allForecast.get().value()),
                    relative(allForecast.get(), all.get()),
                    value(all.get()),
                    number(mostForecast.get().value()),
                    relative(mostForecast.get(), most.get()),
                    value(most.get())));
      }
    }
    return text.isEmpty() ? "" : text.append('\n').toString();
  }

  private static String relative(Figure forecast, Figure observed) {
    return observed.value() == 0
        ? "–"
        : String.format(Locale.ROOT, "%+.0f %%", 100 * (forecast.value() / observed.value() - 1));
  }

  /** What a risk contract answered, and its risk–coverage curve at ten shares. */
  private static String risk(Map<String, List<Tape>> tapes, List<Figure> figures) {
    var text = new StringBuilder();
    tapes.forEach((row, fits) -> {
      var coverage = figure(figures, row, Metric.COVERAGE);
      var error = figure(figures, row, Metric.ERROR);
      var aurc = figure(figures, row, Metric.AURC);
      if (coverage.isEmpty() || error.isEmpty() || aurc.isEmpty()) {
        return;
      }
      text.append(
          String.format(
              Locale.ROOT,
              "`%s`: answers %.1f %% of the questions; %.2f %% of those answers are wrong (95 %%"
                  + " interval %.2f to %.2f); `aurc` %.4f. Error when the surest share is"
                  + " answered:%n%n| share |",
              row,
              100 * coverage.get().value(),
              100 * error.get().value(),
              100 * error.get().lo(),
              100 * error.get().hi(),
              aurc.get().value()));
      var errors = new StringBuilder("| error |");
      var tape = fits.getFirst();
      int[] surest = tape.byPromise();
      for (int tenth = 1; tenth <= 10; tenth++) {
        int many = surest.length * tenth / 10;
        double wrong = 0;
        for (int i = 0; i < many; i++) {
          wrong += 1 - tape.correct(0)[surest[i]];
        }
        text.append(String.format(Locale.ROOT, " %d %% |", 10 * tenth));
        errors.append(String.format(Locale.ROOT, " %.3f |", wrong / Math.max(1, many)));
      }
      text.append("\n|---|").append("---:|".repeat(10)).append('\n');
      text.append(errors).append("\n\n");
    });
    return text.toString();
  }

  @Override
  public Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    var text = new StringBuilder();
    text.append(
        """
        # Aggregation on recorded answers

        Made on %s by `./consilium bench aggregation --data DIR%s`, seed %d, %d fits per random row, in %s.
        The data folder is not part of this repository; see [how to measure routing](../../docs/how-to/measure-routing.md).

        Every row learns from the training part only and is asked the test questions one at a time. Rows see question
        and options; `task_table` and names that end in `+label` are told the category as well. All calls are counted
        in `calls` and `cost`. The answer of a vote is right if an expert that was asked and gave it is marked right.
        Cells of accuracy are the value and half the width of its 95 %% interval (paired bootstrap over questions);
        differences have their interval in brackets and are bold where it is above 0. `gap` is how far the mean
        promise of the answers is from their accuracy. Answers are compared as their source compares them. `panel_k5`, `cascade_*` and `risk_5` run the planner's plans by
        the code that serves them.

        """
            .formatted(date, options.command(pools), options.seed(), options.seeds(), spent.get()));
    text.append("| row | training input |\n|---|---|\n");
    for (var row : rows) {
      if (options.wants(row)) {
        text.append("| ").append(row.name()).append(" | ").append(row.input()).append(" |\n");
      }
    }
    sections.forEach((split, section) ->
        text.append("\n## ").append(split.words()).append("\n\n").append(section));
    text.append(
        """
        ## Not measured here

        | aggregator | needs |
        |---|---|
        | `BestOf`, `Synthesis`, `NotesToPrimary`, `KnowledgeCards`, `ClaimCheck`, a chain of edits | an LLM that generates |
        | `ProbabilityFusion`, `TwinContrast`, `AdapterMix`, token-level fusion | a worker that gives probabilities or mixes adapters |
        | `DetectorGrounding` | classifier experts beside the answers |

        ## What was tried

        Written by hand, not by this run: it holds what was compared before it. Points of `panel_k5` against the
        blend with kernels and agreement weighed by likelihood, with half the width of a 95 % interval. Only
        questions with h < 0.6 were used: five folds of them for no-o1-28 and small-10; for mid-10 and small-11
        learnt from h < 0.45 and asked 0.45 to 0.6.

        | what | no-o1-28 | small-10 | mid-10 | small-11 | served |
        |---|---|---|---|---|---|
        | agreement weighed as would have got most practised panels right | +0.36 ±0.60 | +0.42 ±0.46 | +0.84 ±0.80 | +1.51 ±1.35 | yes |
        | agreement weighed at the rates that were measured | +0.18 ±0.66 | +0.06 ±0.59 | – | – | no |
        | answers compared whatever their letter case and quotes | +0.48 ±0.53 | +0.18 ±0.57 | – | – | no |
        | a blend without kernels | +0.36 ±0.33 | +0.24 ±0.47 | – | – | no |

        The source of the answers tells letter cases apart, so a vote that does not is counted right with answers that
        are marked wrong. Kernels forecast single experts better; `vote5` gains 0.06 by them in both pools.
        """);
    var file = folder.resolve("aggregation.md");
    Files.writeString(file, text);
    return file;
  }
}
