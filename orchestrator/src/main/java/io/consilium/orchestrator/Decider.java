package io.consilium.orchestrator;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;

/** Decides who answers a question. Thread-safe; blocks for as long as looking at it takes. */
@FunctionalInterface
public interface Decider {
  /**
   * A decision and what was known of the question when it was made.
   *
   * @param profile what was known
   * @param route what was decided
   * @param kind the kind of question, as guessed; "" where it is not known
   */
  record Decided(Decision.Profile profile, Route route, String kind) {
    /** Of a question of unknown kind. */
    public Decided(Decision.Profile profile, Route route) {
      this(profile, route, route.plan().kind());
    }
  }

  /**
   * Decides, given who is there.
   *
   * @throws ExpertException when the question cannot be routed at all, for example {@code
   *     UNKNOWN_MODEL}
   */
  Decided decide(Question question, Roster roster);
}
