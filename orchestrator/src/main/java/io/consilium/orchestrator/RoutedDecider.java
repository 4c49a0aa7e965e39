package io.consilium.orchestrator;

import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;

/** Decides by profiling the question and asking the router. */
public final class RoutedDecider implements Decider {
  private final QuestionProfiler profiler;
  private final Router router;
  private final Telemetry telemetry;

  public RoutedDecider(QuestionProfiler profiler, Router router, Telemetry telemetry) {
    this.profiler = profiler;
    this.router = router;
    this.telemetry = telemetry;
  }

  @Override
  public Decided decide(Question question, Roster roster) {
    return telemetry.routing(() -> routed(question, roster));
  }

  private Decided routed(Question question, Roster roster) {
    var profile = profiler.profile(question);
    var terms = question.terms();
    var route = router.route(profile, roster, terms.policy(), router.seed(terms.decision()));
    return new Decided(profile.summary(), route);
  }
}
