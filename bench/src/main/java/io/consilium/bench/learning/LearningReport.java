package io.consilium.bench.learning;

import io.consilium.bench.learning.LearningBench.Figure;
import io.consilium.expert.Json;
import io.consilium.router.records.HashRange;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/** Says what a run of the bench came to. */
final class LearningReport {
  private final List<Figure> figures;
  private final int seeds;
  private final HashRange train;

  LearningReport(List<Figure> figures, int seeds, HashRange train) {
    this.figures = List.copyOf(figures);
    this.seeds = seeds;
    this.train = train;
  }

  String markdown(LocalDate date) {
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
            # Learning: how much better the service gets with use

            Generated on %s by `./consilium bench learning --data DIR`; do not edit.

            Recorded questions (hash %s) are asked one after another in %d seeded orders. The cold router
            knows of every expert only that it exists, and asks one a question. Of a random %.0f %% of the answers that were served,
            and of no others, it hears whether they were right. Means over the seeds, in points, with 95 %%
            intervals by their spread; an answer's own luck is in it.

            """,
            date,
            train,
            seeds,
            100 * Stream.JUDGED));
    for (var learner : Learner.values()) {
      text.append("- `%s`: %s\n".formatted(learner.name().toLowerCase(Locale.ROOT), learner.words));
    }
    for (var pool : figures.stream().map(Figure::pool).distinct().toList()) {
      text.append("\n## ").append(pool).append("\n\n| |");
      var mine = figures.stream().filter(figure -> figure.pool().equals(pool)).toList();
      var learners = mine.stream().map(Figure::learner).distinct().toList();
      learners.forEach(learner -> text.append(" `").append(learner).append("` |"));
      text.append("\n|---|").append("--:|".repeat(learners.size())).append('\n');
      for (var metric : mine.stream().map(Figure::metric).distinct().toList()) {
        text.append("| ").append(metric).append(" |");
        for (var learner : learners) {
          mine.stream()
              .filter(each -> each.learner().equals(learner) && each.metric().equals(metric))
              .findFirst()
              .ifPresent(figure ->
                  text.append(
                      String.format(
                          Locale.ROOT,
                          " %.1f (%.1f to %.1f) |",
                          100 * figure.value(),
                          100 * figure.low(),
                          100 * figure.high())));
        }
        text.append('\n');
      }
    }
    text.append(promises());
    return text.toString();
  }

  private String promises() {
    var text = new StringBuilder("\n## Promises\n\n| | measured | aim | |\n|---|--:|--:|---|\n");
    gain(text, "small-10", "accuracy less random, last 500 of 1,250", 4);
    gain(text, "small-10", "accuracy less random, last 500 of 1,650", 4);
    gain(text, "small-11", "accuracy less random, last 500 of 2,000", 5);
    gain(text, "small-11", "accuracy less random, last 500 of 7,000", 9);
    double soon = value("small-11", "service", "excess regret 0–500 after the fall");
    double later = value("small-11", "service", "excess regret 1,000–1,500 after the fall");
    if (!Double.isNaN(soon)) {
      row(
          text,
          "small-11: excess regret 1,000–1,500 after the fall / in the first 500",
          later / soon,
          "≤",
          0.5);
    }
    double followed = value("small-11", "service", "accuracy of all");
    double steady = value("small-11", "steady", "accuracy of all");
    if (!Double.isNaN(followed)) {
      row(
          text,
          "small-11: points that detectors cost where nothing changes",
          100 * (steady - followed),
          "≤",
          0.5);
    }
    return text.toString();
  }

  private void gain(StringBuilder text, String pool, String metric, double aim) {
    double value = value(pool, "service", metric);
    if (!Double.isNaN(value)) {
      row(text, pool + ": " + metric, 100 * value, "≥", aim);
    }
  }

  private static void row(StringBuilder text, String what, double value, String sign, double aim) {
    boolean held = sign.equals("≥") ? value >= aim : value <= aim;
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %.2f | %s %s | %s |%n",
            what,
            value,
            sign,
            aim,
            held ? "pass" : "**miss**"));
  }

  private double value(String pool, String learner, String metric) {
    return figures.stream()
        .filter(each ->
            each.pool().equals(pool)
                && each.learner().equals(learner)
                && each.metric().equals(metric))
        .mapToDouble(Figure::value)
        .findFirst()
        .orElse(Double.NaN);
  }

  List<String> json() {
    return figures.stream()
        .map(each ->
            Json.object()
                .put("bench", "learning")
                .put("pool", each.pool())
                .put("row", each.learner())
                .put("metric", each.metric())
                .put("value", each.value())
                .put("lo", each.low())
                .put("hi", each.high())
                .put("n", each.n())
                .toString())
        .toList();
  }
}
