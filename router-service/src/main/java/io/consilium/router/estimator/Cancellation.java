package io.consilium.router.estimator;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;

/** Ends long work early on a thread that was interrupted. */
final class Cancellation {
  private Cancellation() {}

  /**
   * Goes on, or gives up; the thread stays interrupted.
   *
   * @throws ExpertException {@link FailureKind#CANCELLED} when the thread was interrupted
   */
  static void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new ExpertException(
          FailureKind.CANCELLED,
          "the fit was interrupted before it was done",
          new InterruptedException());
    }
  }
}
