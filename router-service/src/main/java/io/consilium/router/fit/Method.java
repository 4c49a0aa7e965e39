package io.consilium.router.fit;

import io.consilium.router.Estimator;

/**
 * A published way to learn, from outcomes, who will be right: one class per method, fitted to an
 * {@link Estimator}. The same training and seed give the same estimator.
 */
public interface Method {
  /** Its name in reports and explanations, as {@link Estimator#name}. */
  String name();

  /** What it is fitted from, in words, so that no two rows of a report are one model renamed. */
  default String input() {
    return "outcomes, question vectors";
  }

  /** Whether fits with other seeds differ by more than rounding. */
  default boolean random() {
    return false;
  }

  /**
   * Learns from the training part and nothing else. Long: seconds to minutes; ends early with an
   * {@code InterruptedException} wrapped in an {@code ExpertException} (cancelled) when the thread
   * is interrupted.
   *
   * @throws IllegalArgumentException when the records are too few to learn from; the message says
   *     what is missing
   */
  Estimator fit(Training training);
}
