package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Foresight;
import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.PlanReplay;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Plans of a planner played on recorded answers, on training questions to learn and on test
 * questions to measure.
 */
final class Practice {
  private final Part part;
  private final Foresight foresight;
  private final PlanReplay train;
  private final PlanReplay test;

  private Practice(Part part, Foresight foresight) {
    this.part = part;
    this.foresight = foresight;
    this.train = new PlanReplay(part.train(), part.answers(), part.roster());
    this.test = new PlanReplay(part.test(), part.answers(), part.roster());
  }

  static Practice of(Part part, long seed, Method method) {
    return new Practice(part, Foresight.of(part, seed, method));
  }

  /** Makes a plan of the forecasts of a question and its kind. */
  interface Planning {
    Made of(List<Forecast> forecasts, String kind);
  }

  /**
   * A plan.
   *
   * @param p P(its answer is right) before anybody was asked
   */
  record Made(Plan plan, double p) {}

  /**
   * What came of a plan.
   *
   * @param p P(the answer is right) as known in the end
   */
  record Played(PlanReplay.Played played, double p) {}

  Foresight foresight() {
    return foresight;
  }

  int trained() {
    return part.train().items().size();
  }

  /** The planner's best programme where price does not count, at most five calls. */
  Planning best(Planner planner) {
    return (forecasts, kind) -> {
      var asked = new Planner.Case(forecasts, forecasts, kind, Double.POSITIVE_INFINITY);
      var planned = planner.plan(asked, policy(0), 0).orElseThrow();
      return new Made(planned.plan(), planned.offer().p());
    };
  }

  Played train(int row, Planning planning, NextStep step, double lambda) {
    var ahead = foresight.aheadOfTraining(part, row);
    var made = planning.of(ahead, foresight.trainedKinds().get(row));
    return played(train, row, ahead, made, step, lambda);
  }

  Played test(int question, Planning planning, NextStep step, double lambda) {
    var ahead = foresight.ahead(part, question);
    var made = planning.of(ahead, foresight.kinds().get(question));
    return played(test, question, ahead, made, step, lambda);
  }

  private static Played played(
      PlanReplay replay, int row, List<Forecast> ahead, Made made, NextStep step, double lambda) {
    var route = new Route(made.plan(), ahead, List.of(), 1, 0, "bench", "bench", "");
    var played = replay.play(row, route, asked(lambda), step);
    return new Played(played, Double.isNaN(played.p()) ? made.p() : played.p());
  }

  /**
   * What plans came to on the training questions.
   *
   * @param after P(right) after replies, learnt from them
   * @param p P(right) of each answer by that, or as it was before where nobody was heard
   * @param right whether it was
   */
  record Rehearsed(AfterReplies after, double[] p, boolean[] right) {}

  /** Plays these plans on the training questions; where price does not count at λ = 0. */
  Rehearsed rehearse(Planning planning, NextStep step, double lambda) {
    double[] p = new double[trained()];
    boolean[] right = new boolean[p.length];
    List<AfterReplies.Case> cases = new ArrayList<>();
    int[] rows = new int[p.length];
    for (int row = 0; row < p.length; row++) {
      var all = train(row, planning, step, lambda);
      var played = all.played();
      p[row] = all.p();
      right[row] = played.served().correct() > 0.5;
      if (!Double.isNaN(played.p()) && played.said().stream().anyMatch(s -> s.answer() >= 0)) {
        rows[cases.size()] = row;
        cases.add(
            new AfterReplies.Case(seen(played, foresight.trainedKinds().get(row)), right[row]));
      }
    }
    var after = cases.size() < 50 ? AfterReplies.assumed() : AfterReplies.fit(cases);
    for (int i = 0; i < cases.size(); i++) {
      p[rows[i]] = after.p(cases.get(i).seen());
    }
    return new Rehearsed(after, p, right);
  }

  private static AfterReplies.Seen seen(PlanReplay.Played played, String kind) {
    Map<Integer, Integer> votes = new HashMap<>();
    int silent = 0;
    int length = 0;
    for (var said : played.said()) {
      if (said.answer() < 0) {
        silent++;
      } else {
        votes.merge(said.answer(), 1, Integer::sum);
        length = said.answer() == played.answer() ? said.length() : length;
      }
    }
    int answered = played.said().size() - silent;
    return new AfterReplies.Seen(
        played.p(),
        (double) votes.getOrDefault(played.answer(), 0) / Math.max(1, answered),
        played.said().size(),
        silent,
        length,
        kind);
  }

  private static Question asked(double lambda) {
    return Question.of("?", Terms.within(Duration.ZERO, Instant.EPOCH))
        .under(
            new Terms(
                policy(lambda),
                Instant.EPOCH.plus(Duration.ofDays(1)),
                Double.POSITIVE_INFINITY,
                Terms.within(Duration.ZERO, Instant.EPOCH).tenant(),
                null,
                null,
                "dec_bench",
                0,
                null,
                false));
  }

  static Policy policy(double lambda) {
    return new Policy("bench", 1, lambda, 0, 0, List.of(), Set.of());
  }
}
