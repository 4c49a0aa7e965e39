package io.consilium.orchestrator;

import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;
import java.util.function.Supplier;

/** Decides by profiling the question and asking the router. */
public final class RoutedDecider implements Decider {
  private final QuestionProfiler profiler;
  private final Supplier<Router> routers;
  private final Telemetry telemetry;

  /** Decides with whichever router serves when a question comes. */
  public RoutedDecider(QuestionProfiler profiler, Supplier<Router> routers, Telemetry telemetry) {
    this.profiler = profiler;
    this.routers = routers;
    this.telemetry = telemetry;
  }

  @Override
  public Decided decide(Question question, Roster roster) {
    return telemetry.routing(() -> routed(question, roster));
  }

  private Decided routed(Question question, Roster roster) {
    var router = routers.get();
    var profile = profiler.profile(question);
    var terms = question.terms();
    var route = router.route(profile, roster, terms.policy(), router.seed(terms.decision()));
    return new Decided(profile.summary(), route, router.kind(profile));
  }
}
