package io.consilium.bench.abilities;

import io.consilium.bench.abilities.LeftOut.Result;
import io.consilium.bench.abilities.LeftOut.Scored;
import io.consilium.expert.Json;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** What the bench of abilities found, as a page and as lines. */
final class AbilitiesReport {
  private final List<String> experts;
  private final List<Result> results;
  private final double covered;
  private final int learnt;
  private final int asked;
  private final AbilitiesOptions options;

  AbilitiesReport(
      List<String> experts,
      List<Result> results,
      double covered,
      int learnt,
      int asked,
      AbilitiesOptions options) {
    this.experts = List.copyOf(experts);
    this.results = List.copyOf(results);
    this.covered = covered;
    this.learnt = learnt;
    this.asked = asked;
    this.options = options;
  }

  /**
   * Figures after so many items, in points.
   *
   * @param loss mean loss of forecast accuracy against full data
   * @param worst the largest mean loss of any expert
   * @param error mean error of predicted accuracy
   */
  private record Line(String row, int items, double loss, double worst, double error) {}

  private List<Line> lines(String row, int[] items, Function<Result, Scored[][]> of) {
    List<Line> lines = new ArrayList<>();
    for (int k = 0; k < items.length; k++) {
      int at = k;
      double[] losses =
          results.stream()
              .mapToDouble(r ->
                  Arrays.stream(of.apply(r))
                      .mapToDouble(s -> 100 * (r.full().right() - s[at].right()))
                      .average()
                      .orElse(0))
              .toArray();
      double error =
          results.stream()
              .flatMap(r -> Arrays.stream(of.apply(r)))
              .mapToDouble(s -> 100 * s[at].error())
              .average()
              .orElse(0);
      lines.add(
          new Line(
              row,
              items[k],
              Arrays.stream(losses).average().orElse(0),
              Arrays.stream(losses).max().orElse(0),
              error));
    }
    return lines;
  }

  private List<Line> adaptive() {
    return lines("adaptive", LeftOut.ADAPTIVE, Result::adaptive);
  }

  private List<Line> random() {
    return lines("random", LeftOut.RANDOM, Result::random);
  }

  private double full(Function<Scored, Double> of) {
    return 100 * results.stream().mapToDouble(r -> of.apply(r.full())).average().orElse(0);
  }

  private double stopped() {
    return results.stream().flatMapToInt(r -> Arrays.stream(r.stopped())).average().orElse(0);
  }

  private double interviewed() {
    return results.stream().flatMapToDouble(r -> Arrays.stream(r.covered())).average().orElse(0);
  }

  /** Where random items first do as well, by straight lines between its points. */
  private String needs(double target, Function<Line, Double> of) {
    var random = random();
    for (int k = 1; k < random.size(); k++) {
      double before = of.apply(random.get(k - 1));
      double now = of.apply(random.get(k));
      if (now <= target) {
        double share = before <= target ? 0 : (before - target) / (before - now);
        double items =
            random.get(k - 1).items + share * (random.get(k).items - random.get(k - 1).items);
        return "%.0f".formatted(items);
      }
    }
    return "over " + random.getLast().items;
  }

  /** A table for the terminal and the page. */
  String summary() {
    var text = new StringBuilder();
    text.append(
        "| items | chosen | loss of forecast accuracy | worst expert | error of predicted accuracy"
            + " |\n|--:|---|--:|--:|--:|\n");
    var lines = new ArrayList<>(adaptive());
    lines.addAll(random());
    for (var line : lines) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %d | %s | %.2f | %.2f | %.2f |%n",
              line.items,
              line.row,
              line.loss,
              line.worst,
              line.error));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "| all | – | 0 (%.2f %% right) | 0 | %.2f |%n",
            full(Scored::right),
            full(Scored::error)));
    return text.toString();
  }

  /** The page. */
  String markdown(LocalDate date) {
    var at30 = adaptive().get(3);
    var at60 = adaptive().get(4);
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
            # Abilities: a new expert, measured by few questions

            Generated on %s by `./consilium bench abilities --data DIR`; do not edit.

            Each of %d experts of mmlu-pro-29 is left out in turn. The net and the others' abilities are
            fitted on %,d questions (hash in %s); the expert left out starts from its card (name, family
            and size: never a measured score), answers items drawn from those questions, and is then
            forecast on the questions of %,d that it was asked (hash in %s), which neither net nor
            interview has seen. %d interviews per expert, each with another half of the training questions
            as its bank. Figures are points: percentage points, absolute.

            - *Loss*: forecast accuracy (right side of ½ per cell) with every training outcome of the
              expert, less that after so many items; mean over experts, and the expert with the largest
              mean loss.
            - *Error of predicted accuracy*: |mean forecast − measured accuracy| over the expert's test
              questions. About %.1f points of it are the luck of the test questions.

            """,
            date,
            experts.size(),
            learnt,
            options.train(),
            asked,
            options.test(),
            options.seeds(),
            // mean of |N(0, p(1-p)/n)| at p = 0.4
            100 * Math.sqrt(0.24 / asked) * Math.sqrt(2 / Math.PI)));
    text.append(summary());
    text.append(
        String.format(
            Locale.ROOT,
            """

            | aim | reached |
            |---|---|
            | mean loss ≤ 0.5 after 30 items | %.2f |
            | mean loss ≤ 0.2 after 60 items | %.2f |
            | no expert worse than 2 after 60 | %.2f |
            | error of predicted accuracy ≤ 2 at 60 | %.2f |
            | fewer than half the items that random needs for the loss at 30 | random needs %s |
            | the same for the loss at 60 | random needs %s |
            | the same for the error of predicted accuracy at 60 | random needs %s |
            | 90 %% intervals of accuracy by expert and subject hold 85–95 %% | %.1f %% |
            | the same for the expert left out, after 60 items | %.1f %% |

            The stop rule (a standard deviation of 2 points of predicted accuracy over the bank, or %d items)
            ends an interview after %.1f items on average.

            ## By expert

            | expert | forecast accuracy, full | loss at 30 | loss at 60 | error at 60 |
            |---|--:|--:|--:|--:|
            """,
            at30.loss,
            at60.loss,
            at60.worst,
            at60.error,
            needs(at30.loss, Line::loss),
            needs(at60.loss, Line::loss),
            needs(at60.error, Line::error),
            100 * covered,
            100 * interviewed(),
            io.consilium.router.ability.Interview.MOST,
            stopped()));
    for (int e = 0; e < experts.size(); e++) {
      var result = results.get(e);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %.2f | %.2f | %.2f |%n",
              experts.get(e),
              100 * result.full().right(),
              mean(result, s -> result.full().right() - s[3].right()),
              mean(result, s -> result.full().right() - s[4].right()),
              mean(result, s -> s[4].error())));
    }
    return text.toString();
  }

  private static double mean(Result result, Function<Scored[], Double> of) {
    return 100 * Arrays.stream(result.adaptive()).mapToDouble(s -> of.apply(s)).average().orElse(0);
  }

  /** One line per figure. */
  List<String> json() {
    List<String> json = new ArrayList<>();
    var lines = new ArrayList<>(adaptive());
    lines.addAll(random());
    for (var line : lines) {
      json.add(figure(line.row, "forecast_loss", line.items, line.loss));
      json.add(figure(line.row, "forecast_loss_worst", line.items, line.worst));
      json.add(figure(line.row, "accuracy_error", line.items, line.error));
    }
    json.add(figure("fitted", "subject_coverage", learnt, 100 * covered));
    json.add(figure("adaptive", "subject_coverage", 60, 100 * interviewed()));
    json.add(figure("full", "forecast_accuracy", learnt, full(Scored::right)));
    return json;
  }

  private static String figure(String row, String metric, int items, double value) {
    return Json.object()
        .put("bench", "abilities")
        .put("pool", "mmlu-all-29")
        .put("row", row)
        .put("metric", metric)
        .put("items", items)
        .put("value", Math.round(value * 1e6) / 1e6)
        .toString();
  }
}
