package io.consilium.router;

import io.consilium.expert.ExpertCard;
import java.util.Optional;

/**
 * What interviews found of experts, for a router that has too few outcomes of them; fast, safe for
 * many threads.
 */
@FunctionalInterface
public interface Interviews {
  /** Nobody was interviewed. */
  Interviews NONE = (card, kind) -> Optional.empty();

  /**
   * How able an expert was found.
   *
   * @param p share of questions it gets right
   * @param low lower end of the 80 % interval
   * @param high upper end
   * @param note what it was measured on
   */
  record Found(double p, double low, double high, String note) {}

  /**
   * What was found of this version of an expert.
   *
   * @param kind of question, as guessed; "" for all
   */
  Optional<Found> of(ExpertCard card, String kind);
}
