package io.consilium.router.records;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Records read from files, and what was left out of them.
 *
 * @param records the table
 * @param answers final answers, where kept
 * @param unit of the costs: {@code usd}, another unit, or empty when there are none
 * @param proxy how costs were estimated where they were not recorded; empty when they were
 * @param skipped what was left out and why, with how often
 */
public record Imported(
    Records records, Answers answers, String unit, String proxy, Map<String, Integer> skipped) {
  public Imported {
    skipped = Map.copyOf(skipped);
  }

  /**
   * The same records, made sure that somebody can be chosen and something can be learnt.
   *
   * @throws ExpertException when fewer than two experts, or only right or only wrong outcomes, are
   *     on record
   */
  public Imported forRouting() {
    int experts = records.experts().size();
    if (experts < 2) {
      throw ExpertException.invalid(
          "records",
          "the records hold %s; routing needs outcomes of at least two experts"
              .formatted(
                  experts == 0 ? "no expert" : "one expert, " + records.experts().getFirst()));
    }
    boolean right = false;
    boolean wrong = false;
    for (int item = 0; item < records.items().size() && !(right && wrong); item++) {
      for (int expert = 0; expert < experts; expert++) {
        right |= records.correct(item, expert) > 0.5;
        wrong |= records.correct(item, expert) <= 0.5;
      }
    }
    if (!right || !wrong) {
      throw ExpertException.invalid(
          "records",
          "every outcome on record is %s; nothing can be learnt from one class only"
              .formatted(right ? "right" : wrong ? "wrong" : "missing"));
    }
    return this;
  }

  /**
   * Some experts only, in the order given.
   *
   * @throws ExpertException when one has no outcomes on record
   */
  public Imported among(List<String> experts) {
    List<String> unknown = new ArrayList<>(experts);
    unknown.removeAll(records.experts());
    if (!unknown.isEmpty()) {
      var near = Spelling.nearest(unknown.getFirst(), records.experts(), 3);
      throw ExpertException.invalid(
          "records",
          "no outcomes of %s are on record%s"
              .formatted(
                  String.join(", ", unknown),
                  near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?"));
    }
    return new Imported(records.experts(experts), answers, unit, proxy, skipped);
  }

  /** What was left out, in words; empty when nothing was. */
  public List<String> notes() {
    return skipped.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> "%,d × %s".formatted(entry.getValue(), entry.getKey()))
        .toList();
  }
}
