package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Field;
import io.consilium.bench.routing.Tape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Expected price of a right answer by category and plan (Erol et al., "Cost-of-Pass", 2025), and
 * which plans lie on the frontier: no other of the table is right as often at no more price. Where
 * prices are not on record the price is a call.
 */
final class CostOfPass {
  /** One expert, then plans of several; those a pool does not have are left out. */
  private static final List<String> PLANS =
      List.of(
          "best_single",
          "vote5",
          "agreement_cascade",
          "unanimity",
          "panel_k5",
          "cascade_b1",
          "cascade_b2");

  private static final int FEWEST = 20;

  private CostOfPass() {}

  /** How right and how dear a plan was in a category. */
  private record Cell(double right, double cost) {
    boolean beats(Cell other) {
      return right >= other.right
          && cost <= other.cost
          && (right > other.right || cost < other.cost);
    }
  }

  /** The table of a pool, in Markdown; empty when it holds no plan of several. */
  static String table(Field field, Map<String, List<Tape>> tapes) {
    var plans = PLANS.stream().filter(tapes::containsKey).toList();
    if (plans.size() < 2 || !plans.contains("panel_k5") || !tapes.containsKey("best_single")) {
      return "";
    }
    Map<String, List<Integer>> questions = new TreeMap<>();
    for (int question = 0; question < field.size(); question++) {
      questions
          .computeIfAbsent(field.categoryName(question), name -> new ArrayList<>())
          .add(question);
    }
    var text = new StringBuilder();
    text.append(
        "Accuracy and cost of pass (%s per right answer) by category; bold on the frontier."
            .formatted(field.priced() ? "price" : "calls"));
    text.append(" The last column is what `panel_k5` gains on `best_single` there, bold where its");
    text.append(" 95 % interval is above 0: elsewhere voting does not pay.\n\n| category | n |");
    plans.forEach(plan -> text.append(' ').append(plan).append(" |"));
    text.append(" gain |\n|---|---:|").append("---|".repeat(plans.size() + 1)).append('\n');
    questions.forEach((category, rows) -> {
      if (rows.size() >= FEWEST) {
        text.append("| %s | %,d |".formatted(category, rows.size()));
        Map<String, Cell> cells = new LinkedHashMap<>();
        plans.forEach(plan ->
            cells.put(plan, cell(Objects.requireNonNull(tapes.get(plan)), rows, field.priced())));
        cells.forEach((plan, cell) -> {
          boolean frontier = cells.values().stream().noneMatch(other -> other.beats(cell));
          var shown =
              String.format(
                  Locale.ROOT,
                  field.priced() && cell.cost < 1 ? "%.3f at %.6f" : "%.3f at %,.2f",
                  cell.right,
                  cell.cost / cell.right);
          text.append(frontier ? " **" + shown + "** |" : " " + shown + " |");
        });
        text.append(
                gain(
                    Objects.requireNonNull(tapes.get("panel_k5")),
                    Objects.requireNonNull(tapes.get("best_single")),
                    rows))
            .append('\n');
      }
    });
    return text.append('\n').toString();
  }

  private static Cell cell(List<Tape> fits, List<Integer> rows, boolean priced) {
    double right = 0;
    double cost = 0;
    for (var tape : fits) {
      for (int row : rows) {
        right += tape.correct(0)[row];
        cost += priced ? tape.cost(0)[row] : tape.calls()[row];
      }
    }
    double n = (double) rows.size() * fits.size();
    return new Cell(right / n, cost / n);
  }

  private static String gain(List<Tape> panel, List<Tape> single, List<Integer> rows) {
    double sum = 0;
    double squares = 0;
    for (int row : rows) {
      double gain = 0;
      for (var tape : panel) {
        gain += tape.correct(0)[row] / panel.size();
      }
      gain -= single.getFirst().correct(0)[row];
      sum += gain;
      squares += gain * gain;
    }
    double n = rows.size();
    double mean = sum / n;
    double half = 1.96 * Math.sqrt(Math.max(0, squares / n - mean * mean) / n);
    return String.format(
        Locale.ROOT, mean - half > 0 ? " **%+.3f** ±%.3f |" : " %+.3f ±%.3f |", mean, half);
  }
}
