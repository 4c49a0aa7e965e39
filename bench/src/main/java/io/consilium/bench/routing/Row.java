package io.consilium.bench.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of the report: a way to serve questions, fitted on the training part of a pool. An
 * estimator is a row through {@link EstimatorRow}; a planner, a cascade or a baseline has a class
 * of its own. All are listed in {@link Rows}.
 */
public interface Row {
  /** Its name; ends in {@code +label} when it is given the category of a question. */
  String name();

  /** What it is fitted from, in words, so that no two rows are one model under two names. */
  String input();

  /** Whether fits with other seeds differ; the mean of several is reported then. */
  boolean random();

  /**
   * Fits on the training questions of a part and nothing else.
   *
   * @throws IllegalArgumentException when the row makes no sense there; the message says why, and
   *     the row is left out of that pool
   */
  Fitted fit(Part part, long seed);

  /** A fitted row. */
  interface Fitted {
    /** Its turn at the test question of that row, seen for the first time. */
    Turn turn(int question);
  }

  /** What a row would do with one question. */
  interface Turn {
    /** P(correct) of every expert of the pool, or a score to rank by; null when it has neither. */
    double @Nullable [] scores();

    /** Serves the question when a right answer is worth 1 and a unit of price {@code lambda}. */
    Served serve(double lambda);

    /** Further numbers of this question, by the metric that is their mean. */
    default Map<Metric, Double> notes() {
      return Map.of();
    }
  }

  /** Whether it may serve otherwise when a price counts more; else it is asked at λ = 0 only. */
  default boolean sweeps() {
    return true;
  }

  /** Whether {@link Turn#scores} are probabilities, to be scored as forecasts. */
  default boolean forecasts() {
    return false;
  }

  /**
   * What came of serving one question.
   *
   * @param correct how right the answer was, 0 to 1
   * @param cost of all calls made, in the unit of the records; NaN when unknown
   * @param calls how many were made
   * @param promised P(correct) of the answer as it was forecast; NaN when it was not
   */
  record Served(double correct, double cost, double calls, double promised) {}
}
