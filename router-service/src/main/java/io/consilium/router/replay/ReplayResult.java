package io.consilium.router.replay;

import java.util.List;

/**
 * What would have happened.
 *
 * @param asked questions replayed
 * @param learnt questions the estimator was fitted on
 * @param notes what was left out, and what to know of the costs
 * @param lines the policy first, then random, best single and oracle
 * @param categories the same for each category, the one most asked first; none where the records
 *     have none
 */
public record ReplayResult(
    int asked, int learnt, List<String> notes, List<Line> lines, List<Category> categories) {
  /**
   * The questions of one category.
   *
   * @param name as the records call it
   * @param asked questions of it that were replayed
   * @param lines as of all; best single is the best of all questions, not of these
   */
  public record Category(String name, int asked, List<Line> lines) {
    public Category {
      lines = List.copyOf(lines);
    }
  }

  /**
   * One way to serve the questions.
   *
   * @param name {@code policy}, {@code random}, {@code best_single} or {@code oracle}
   * @param accuracy mean outcome over all questions; one that was not answered counts as wrong
   * @param usd mean price of all calls per question, in the unit of the records; NaN when unknown
   * @param calls per question
   * @param abstained share of questions not answered
   */
  public record Line(String name, double accuracy, double usd, double calls, double abstained) {}

  public ReplayResult {
    notes = List.copyOf(notes);
    lines = List.copyOf(lines);
    categories = List.copyOf(categories);
  }
}
