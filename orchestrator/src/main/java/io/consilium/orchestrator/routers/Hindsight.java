package io.consilium.orchestrator.routers;

import io.consilium.expert.Decision;
import io.consilium.expert.Embedder;
import io.consilium.expert.Forecast;
import io.consilium.expert.Json;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.jdbc.JdbcFeedback;
import io.consilium.orchestrator.jobs.Progress;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;
import io.consilium.router.SkillTags;
import io.consilium.router.replay.OffPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * Scores a version of the router on traffic that another one served: what it would have chosen,
 * and, by the propensities on record and what people said of the answers, what that would have come
 * to ({@link OffPolicy}).
 */
public final class Hindsight {
  /** The newest judged decisions are looked at, so many at most. */
  private static final int MOST = 20_000;

  private final RouterVersions versions;
  private final JdbcFeedback feedback;
  private final Predicate<Decision> teaches;
  private final Function<String, Optional<Policy>> policies;
  private final Embedder embedder;
  private final Anchoring anchoring;
  private final Clock clock;

  /**
   * @param teaches which decisions may be looked at
   * @param policies finds a policy by its name
   * @param anchoring says how far feedback is to be trusted
   */
  public Hindsight(
      RouterVersions versions,
      JdbcFeedback feedback,
      Predicate<Decision> teaches,
      Function<String, Optional<Policy>> policies,
      Embedder embedder,
      Anchoring anchoring,
      Clock clock) {
    this.versions = versions;
    this.feedback = feedback;
    this.teaches = teaches;
    this.policies = policies;
    this.embedder = embedder;
    this.anchoring = anchoring;
    this.clock = clock;
  }

  /** Makes sure that the version can be asked; throws as {@link RouterVersions#router}. */
  public void check(String id) {
    versions.router(id);
  }

  /**
   * Scores a version. Seconds for thousands of decisions.
   *
   * @param days how far back
   */
  public ObjectNode score(String id, int days, Roster roster, Progress progress) {
    var router = versions.router(id);
    var judged = feedback.judged(clock.instant().minus(Duration.ofDays(days)), MOST);
    List<OffPolicy.Logged> traffic = new ArrayList<>();
    int passed = 0;
    for (var each : judged) {
      logged(each, router, roster).ifPresent(traffic::add);
      if (++passed % 100 == 0) {
        progress.at(
            (double) passed / judged.size(),
            "looking back at %,d decisions".formatted(judged.size()));
      }
    }
    var node = shown(id, days, judged.size() - traffic.size(), OffPolicy.of(traffic));
    node.set("accuracy", anchoring.over(days));
    return node;
  }

  private Optional<OffPolicy.Logged> logged(
      JdbcFeedback.Judged judged, Router router, Roster roster) {
    var decision = judged.decision();
    var policy = policies.apply(decision.policy());
    var question = decision.question();
    if (!teaches.test(decision) || policy.isEmpty() || question == null || !routed(decision)) {
      return Optional.empty();
    }
    var profile =
        QuestionProfiler.recorded(
            question,
            SkillTags.shipped(),
            text -> Optional.of(embedder.embed(List.of(text)).getFirst()));
    var route = router.route(profile, roster, policy.get(), router.seed(decision.id()));
    var served = Trial.key(decision.route().plan());
    double wanted = 0;
    double expected = 0;
    double covered = 0;
    for (var choice : choices(route)) {
      var key = Trial.key(choice.plan());
      wanted += key.equals(served) ? choice.propensity() : 0;
      expected += choice.propensity() * foretold(choice.plan(), route);
      covered += possible(decision.route(), key) ? choice.propensity() : 0;
    }
    return Optional.of(
        new OffPolicy.Logged(
            decision.route().propensity(),
            wanted,
            judged.score(),
            foretold(decision.route().plan(), route),
            expected,
            covered));
  }

  /** Whether the router chose, and not the caller. */
  private static boolean routed(Decision decision) {
    return decision.model().startsWith("consilium/")
        && decision.route().forecasts().stream()
            .flatMap(forecast -> forecast.why().stream())
            .noneMatch(why -> why.estimator().equals("pin"));
  }

  private static List<Route.Choice> choices(Route route) {
    return route.choices().isEmpty() ? List.of(new Route.Choice(route.plan(), 1)) : route.choices();
  }

  private static boolean possible(Route logged, String key) {
    return choices(logged).stream().anyMatch(choice -> Trial.key(choice.plan()).equals(key));
  }

  /** What the version says of a plan: the forecast of the best of those it asks first. */
  private static double foretold(Plan plan, Route route) {
    var members =
        switch (plan) {
          case Plan.One one -> List.of(one.expert());
          case Plan.Cascade cascade -> cascade.members();
          case Plan.Panel panel -> panel.members();
          case Plan.Chain chain -> chain.members();
          case Plan.Abstain abstain -> List.<String>of();
        };
    return route.forecasts().stream()
        .filter(each -> members.contains(each.expert()))
        .mapToDouble(Forecast::p)
        .max()
        .orElse(0);
  }

  private static ObjectNode shown(String id, int days, int passedOver, OffPolicy found) {
    var node =
        Json.object()
            .put("router", id)
            .put("days", days)
            .put("judged", found.judged())
            .put("passed_over", passedOver)
            .put("effective", found.effective())
            .put("covered", found.covered())
            .put("verdict", found.verdict())
            .put("refusal", found.refusal());
    if (found.judged() > 1) {
      put(node, "served", found.served());
      put(node, "inverse_propensity", found.inverse());
      put(node, "self_normalised", found.normalised());
      put(node, "doubly_robust", found.robust());
      put(node, "gain", found.gain());
    }
    return node;
  }

  private static void put(ObjectNode node, String name, OffPolicy.Estimate estimate) {
    node.putObject(name)
        .put("value", estimate.value())
        .put("low", estimate.low())
        .put("high", estimate.high());
  }
}
