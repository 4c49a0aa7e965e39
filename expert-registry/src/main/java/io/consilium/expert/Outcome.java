package io.consilium.expert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How right one expert was on one item or decision; what routers are fitted from.
 *
 * @param expert {@code id@version}
 * @param item the benchmark item or decision id
 * @param correct 0 to 1
 * @param weight how much it counts, 0 to 1
 * @param usd what the call cost; NaN when unknown
 * @param millis it took; 0 when unknown
 * @param tokens of the answer; NaN when unknown
 * @param category of the item, or empty
 * @param tenant whose it is
 * @param at when it was observed
 * @param propensity of the plan that asked the expert; 1 for benchmarks
 * @param source who judged
 * @param note for people, or null
 * @param answer what the expert answered, short and as compared by votes; null when not kept
 */
public record Outcome(
    String expert,
    String item,
    double correct,
    double weight,
    double usd,
    double millis,
    double tokens,
    String category,
    String tenant,
    Instant at,
    double propensity,
    Source source,
    @Nullable String note,
    @Nullable String answer) {
  /** Who judged. */
  public enum Source {
    BENCHMARK,
    HUMAN,
    JUDGE,
    CHECK,
    /** Whether the answer had the form asked for, whatever it says. */
    FORM
  }

  public Outcome {
    if (!(correct >= 0 && correct <= 1)) {
      throw ExpertException.invalid("score", "a score lies between 0 and 1");
    }
    if (!(weight >= 0 && weight <= 1)) {
      throw ExpertException.invalid("weight", "a weight lies between 0 and 1");
    }
    if (usd < 0 || tokens < 0) {
      throw ExpertException.invalid("cost", "a price and a number of tokens are 0 or more");
    }
  }

  /** An outcome of which the answer was not kept. */
  public Outcome(
      String expert,
      String item,
      double correct,
      double weight,
      double usd,
      double millis,
      double tokens,
      String category,
      String tenant,
      Instant at,
      double propensity,
      Source source,
      @Nullable String note) {
    this(
        expert,
        item,
        correct,
        weight,
        usd,
        millis,
        tokens,
        category,
        tenant,
        at,
        propensity,
        source,
        note,
        null);
  }

  /** The same outcome with what was answered. */
  public Outcome withAnswer(@Nullable String said) {
    return new Outcome(
        expert,
        item,
        correct,
        weight,
        usd,
        millis,
        tokens,
        category,
        tenant,
        at,
        propensity,
        source,
        note,
        said);
  }
}
