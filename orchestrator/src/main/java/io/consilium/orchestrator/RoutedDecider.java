package io.consilium.orchestrator;

import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.consilium.router.QuestionProfiler;

/** Decides by profiling the question and asking the router. */
public final class RoutedDecider implements Decider {
  private final QuestionProfiler profiler;
  private final Routers routers;
  private final Telemetry telemetry;

  /** Decides with whichever router it is for a question. */
  public RoutedDecider(QuestionProfiler profiler, Routers routers, Telemetry telemetry) {
    this.profiler = profiler;
    this.routers = routers;
    this.telemetry = telemetry;
  }

  @Override
  public Decided decide(Question question, Roster roster) {
    return telemetry.routing(() -> routed(question, roster));
  }

  private Decided routed(Question question, Roster roster) {
    var terms = question.terms();
    var router = routers.of(terms.decision());
    var profile = profiler.profile(question);
    var route = router.route(profile, roster, terms.policy(), router.seed(terms.decision()));
    routers.decided(terms.decision(), profile, roster, terms.policy(), route);
    return new Decided(profile.summary(), route, router.kind(profile));
  }
}
