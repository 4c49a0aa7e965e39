package io.consilium.bench.routing;

import io.consilium.expert.Forecast;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.router.Planner;
import io.consilium.router.fit.Method;
import io.consilium.router.planner.AfterReplies;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The planner over the forecasts of a method: the most useful of all experts alone and of the best
 * cascade, played on recorded answers. How experts fail together, what each costs on a kind of
 * question, and P(correct) after replies are learnt on the training part, from forecasts made out
 * of fold.
 *
 * @param method whose forecasts it plans with
 * @param heldOut whose out-of-fold forecasts it learns from: the same, or one much like it that is
 *     quicker to fit
 */
record PlannerRow(String name, Method method, Method heldOut) implements Row {
  /** Prices, in units of the dearest expert, at which training cascades are played. */
  private static final double[] TRAINING_PRICES = {0.02, 0.1, 0.3};

  @Override
  public String input() {
    return method.input() + ", answers of others";
  }

  @Override
  public boolean random() {
    return method.random();
  }

  @Override
  public boolean forecasts() {
    return true;
  }

  @Override
  public Fitted fit(Part part, long seed) {
    var foresight = Foresight.of(part, seed, method, heldOut);
    var afterReplies = afterReplies(part, foresight);
    var planner = new Planner(0, 0.05, foresight.coFailure(), afterReplies);
    var questions = part.questions().get();
    var replay = new PlanReplay(part.test(), part.answers(), part.roster());
    var nextStep = planner.nextStep();
    return question -> {
      var asked = questions.get(question).question();
      double[] p = foresight.forecasts()[question];
      var ahead = foresight.ahead(part, question);
      var kind = foresight.kinds().get(question);
      return new Turn() {
        @Override
        public double[] scores() {
          return p;
        }

        @Override
        public Served serve(double lambda) {
          var promise = route(ahead, kind, lambda, planner);
          var played = replay.play(question, promise.route(), asked(asked, lambda), nextStep);
          var served = played.served();
          // a cascade promises once it has heard the replies, anything else before
          double promised = Double.isNaN(played.p()) ? promise.p() : played.p();
          return new Served(served.correct(), served.cost(), served.calls(), promised);
        }
      };
    };
  }

  /** A route and P(correct) of its plan before anybody was asked. */
  private record Promise(Route route, double p) {}

  private Promise route(List<Forecast> forecasts, String kind, double lambda, Planner planner) {
    var planned =
        planner
            .plan(
                new Planner.Case(forecasts, forecasts, kind, Double.POSITIVE_INFINITY),
                policy(lambda),
                0)
            .orElseThrow(); // at minimum 0 and without a limit there is always a plan
    return new Promise(
        new Route(planned.plan(), forecasts, List.of(), 1, 0, name, "bench", ""),
        planned.offer().p());
  }

  private static Question asked(Question question, double lambda) {
    var plain = Terms.within(Duration.ofDays(1), Instant.EPOCH);
    return question.under(
        new Terms(
            policy(lambda),
            plain.deadline(),
            plain.budgetUsd(),
            plain.tenant(),
            null,
            null,
            "dec_bench",
            0,
            null,
            false));
  }

  private static Policy policy(double lambda) {
    return new Policy("bench", 1, lambda, 0, 0, List.of(), Set.of());
  }

  private AfterReplies afterReplies(Part part, Foresight foresight) {
    var replay = new PlanReplay(part.train(), part.answers(), part.roster());
    var planner = new Planner(0, 0.05, foresight.coFailure(), AfterReplies.assumed());
    double dearest = Arrays.stream(part.trainPrices()).filter(usd -> usd > 0).max().orElse(0);
    List<AfterReplies.Case> cases = new ArrayList<>();
    for (int row = 0; row < foresight.trained().length; row++) {
      var ahead = foresight.aheadOfTraining(part, row);
      var kind = foresight.trainedKinds().get(row);
      for (double share : TRAINING_PRICES) {
        double lambda = dearest == 0 ? 0 : share / dearest;
        var route = route(ahead, kind, lambda, planner);
        if (route.route().plan() instanceof Plan.Cascade) {
          var question =
              asked(Question.of("?", Terms.within(Duration.ZERO, Instant.EPOCH)), lambda);
          var played = replay.play(row, route.route(), question, planner.nextStep());
          if (!Double.isNaN(played.p()) && played.said().stream().anyMatch(s -> s.answer() >= 0)) {
            cases.add(new AfterReplies.Case(seen(played, kind), played.served().correct() > 0.5));
          }
        }
      }
    }
    return cases.size() < 50 ? AfterReplies.assumed() : AfterReplies.fit(cases);
  }

  private static AfterReplies.Seen seen(PlanReplay.Played played, String kind) {
    Map<Integer, Integer> votes = new HashMap<>();
    int silent = 0;
    int length = 0;
    for (NextStep.Said said : played.said()) {
      if (said.answer() < 0) {
        silent++;
      } else {
        votes.merge(said.answer(), 1, Integer::sum);
        length = said.length();
      }
    }
    int answered = played.said().size() - silent;
    int most = votes.values().stream().mapToInt(v -> v).max().orElse(0);
    return new AfterReplies.Seen(
        played.p(),
        (double) most / Math.max(1, answered),
        played.said().size(),
        silent,
        length,
        kind);
  }
}
