package io.consilium.tools;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether a tool is worth offering to an expert: P(correct) with it against P(correct) without,
 * from what came of such questions before (after Qian et al., "SMART: Self-Aware Agent for Tool
 * Overuse Mitigation", 2025, where the model itself is trained to know; here the record decides).
 *
 * <p>Questions are told apart by the tool that fits them best. Conservative: a tool is offered only
 * where the gain, less one standard deviation of what is known of it, is worth more than it costs;
 * so never before both ways are on record. Thread-safe.
 */
public final class ToolNeed {
  /** Right and wrong answers believed in before any were seen. */
  private static final double PRIOR = 2;

  private final Map<Case, Tally> records = new ConcurrentHashMap<>();

  private final Set<String> known = ConcurrentHashMap.newKeySet();

  private record Case(String expert, String tool) {}

  /** Right and wrong answers, with the tool and without. */
  private record Tally(double right, double wrong, double rightAlone, double wrongAlone) {
    private static final Tally NONE = new Tally(PRIOR, PRIOR, PRIOR, PRIOR);

    Tally and(boolean with, double correct) {
      return with
          ? new Tally(right + correct, wrong + 1 - correct, rightAlone, wrongAlone)
          : new Tally(right, wrong, rightAlone + correct, wrongAlone + 1 - correct);
    }
  }

  /**
   * What is expected of a tool.
   *
   * @param with P(correct) with it
   * @param without P(correct) without
   * @param deviation one standard deviation of their difference
   */
  public record Gain(double with, double without, double deviation) {
    /**
     * Whether it pays.
     *
     * @param value what a right answer is worth, in US dollars
     * @param usd what offering the tool costs more than not, in US dollars
     */
    public boolean pays(double value, double usd) {
      return (with - without - deviation) * value > usd;
    }

    /** In a few words. */
    public String words() {
      return "%.2f right with it, %.2f without".formatted(with, without);
    }
  }

  /**
   * Hears what came of a question.
   *
   * @param expert who answered
   * @param tool that fits the question best
   * @param with whether tools were called
   * @param correct how right the answer was, 0 to 1
   */
  public void learn(String expert, String tool, boolean with, double correct) {
    if (with) {
      known.add(expert);
    }
    records.merge(
        new Case(expert, tool),
        Tally.NONE.and(with, correct),
        (before, first) -> before.and(with, correct));
  }

  /** Whether anything is on record of an expert with tools. */
  public boolean knows(String expert) {
    return known.contains(expert);
  }

  /** What is expected of a tool for an expert: posterior means under Beta priors. */
  public Gain gain(String expert, String tool) {
    var known = records.getOrDefault(new Case(expert, tool), Tally.NONE);
    return new Gain(
        mean(known.right, known.wrong),
        mean(known.rightAlone, known.wrongAlone),
        Math.sqrt(
            variance(known.right, known.wrong) + variance(known.rightAlone, known.wrongAlone)));
  }

  private static double mean(double right, double wrong) {
    return right / (right + wrong);
  }

  private static double variance(double right, double wrong) {
    double n = right + wrong;
    return right * wrong / (n * n * (n + 1));
  }
}
