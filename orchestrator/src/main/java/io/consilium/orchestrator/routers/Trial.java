package io.consilium.orchestrator.routers;

import io.consilium.expert.Json;
import io.consilium.expert.Plan;
import io.consilium.expert.Route;
import io.consilium.expert.jdbc.StoredRouter;
import io.consilium.router.Router;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import tools.jackson.databind.node.ObjectNode;

/**
 * A version on trial: as a shadow it decides beside the one that serves and nobody notices; as a
 * canary it decides for a share of the questions.
 */
final class Trial {
  private final StoredRouter version;
  private final Router router;
  private final AtomicLong compared = new AtomicLong();
  private final AtomicLong same = new AtomicLong();
  private final DoubleAdder surer = new DoubleAdder();

  Trial(StoredRouter version, Router router) {
    this.version = version;
    this.router = router;
  }

  StoredRouter version() {
    return version;
  }

  Router router() {
    return router;
  }

  boolean canary() {
    return version.state() == StoredRouter.State.CANARY;
  }

  /** Whether this decision is the canary's; a hash, so that replicas agree. */
  boolean decides(String decision) {
    return canary()
        && (Router.seed(decision, "canary " + version.id()) >>> 11) * 0x1p-53 < version.share();
  }

  /** Compares its route with the one that was served. */
  void compare(Route served, Route own) {
    compared.incrementAndGet();
    if (key(served.plan()).equals(key(own.plan()))) {
      same.incrementAndGet();
    }
    surer.add(best(own) - best(served));
  }

  private static double best(Route route) {
    return route.forecasts().stream()
        .filter(each -> route.plan().experts().contains(each.expert()))
        .mapToDouble(each -> each.p())
        .max()
        .orElse(0);
  }

  /** What a plan does if nobody fails: its type and members. */
  static String key(Plan plan) {
    return switch (plan) {
      case Plan.One one -> "one " + one.expert();
      case Plan.Cascade cascade -> "cascade " + cascade.members();
      case Plan.Panel panel -> "panel " + panel.members() + " " + panel.aggregator();
      case Plan.Chain chain -> "chain " + chain.members();
      case Plan.Abstain abstain -> "abstain";
    };
  }

  /** What was seen since this process took it up; for people. */
  ObjectNode shown() {
    long n = compared.get();
    return Json.object()
        .put("questions", n)
        .put("same_plan", n == 0 ? 0 : (double) same.get() / n)
        .put("surer", n == 0 ? 0 : surer.sum() / n);
  }
}
