package io.consilium.orchestrator;

import io.consilium.expert.Policy;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.router.QuestionProfile;
import io.consilium.router.Router;

/** Which router decides which question. Fast, for many threads. */
public interface Routers {
  /** The one that decides this question, by the id of its decision: the same on every replica. */
  Router of(String decision);

  /** Hears what was decided, so that a version on trial may be compared. Never blocks or throws. */
  void decided(String decision, QuestionProfile profile, Roster roster, Policy policy, Route route);

  /** One router for all. */
  static Routers only(Router router) {
    return new Routers() {
      @Override
      public Router of(String decision) {
        return router;
      }

      @Override
      public void decided(
          String decision, QuestionProfile profile, Roster roster, Policy policy, Route route) {}
    };
  }
}
