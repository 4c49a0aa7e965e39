package io.consilium.orchestrator.jobs;

import io.consilium.expert.ExpertException;

/** Told by long work how far it is. */
@FunctionalInterface
public interface Progress {
  /**
   * Says how far the work is; call it often.
   *
   * @param share done, 0 to 1
   * @param doing what is being done
   * @throws ExpertException {@code CANCELLED} when nobody wants the result any more
   */
  void at(double share, String doing);
}
