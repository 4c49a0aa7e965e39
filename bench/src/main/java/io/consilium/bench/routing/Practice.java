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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Plans of a planner played on recorded answers, on training questions to learn and on test
 * questions to measure.
 */
public final class Practice {
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

  /** Over the questions of a part, by forecasts of a method. */
  public static Practice of(Part part, long seed, Method method) {
    return of(part, seed, method, method);
  }

  /**
   * The same where forecasts of training questions are another method's.
   *
   * @param heldOut makes them: much like the method, and quicker to fit
   */
  static Practice of(Part part, long seed, Method method, Method heldOut) {
    return new Practice(part, Foresight.of(part, seed, method, heldOut));
  }

  /** Makes a plan of the forecasts of a question and its kind. */
  public interface Planning {
    Made of(List<Forecast> forecasts, String kind);
  }

  /**
   * A plan.
   *
   * @param p P(its answer is right) before anybody was asked
   */
  public record Made(Plan plan, double p) {}

  /**
   * What came of a plan.
   *
   * @param p P(the answer is right) as known in the end
   */
  public record Played(PlanReplay.Played played, double p) {}

  /** What is known before anybody answers. */
  public Foresight foresight() {
    return foresight;
  }

  /** How many training questions there are. */
  public int trained() {
    return part.train().items().size();
  }

  /** The planner's best programme where price does not count, at most five calls. */
  public Planning best(Planner planner) {
    return best(planner, 0);
  }

  /** The planner's best programme where price counts so much. */
  Planning best(Planner planner, double lambda) {
    return (forecasts, kind) -> {
      var asked = new Planner.Case(forecasts, forecasts, kind, Double.POSITIVE_INFINITY);
      // at minimum 0 and without a limit there is always a plan
      var planned = planner.plan(asked, policy(lambda), 0).orElseThrow();
      return new Made(planned.plan(), planned.offer().p());
    };
  }

  /** Plays a training question. */
  public Played train(int row, Planning planning, NextStep step, double lambda) {
    var ahead = foresight.aheadOfTraining(part, row);
    var made = planning.of(ahead, foresight.trainedKinds().get(row));
    return played(train, row, ahead, made, step, lambda);
  }

  /** Plays a test question. */
  public Played test(int question, Planning planning, NextStep step, double lambda) {
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
  public record Rehearsed(AfterReplies after, double[] p, boolean[] right) {}

  /** Plays these plans on the training questions; where price does not count at λ = 0. */
  public Rehearsed rehearse(Planning planning, NextStep step, double lambda) {
    double[] p = new double[trained()];
    boolean[] right = new boolean[p.length];
    List<AfterReplies.Case> cases = new ArrayList<>();
    int[] rows = new int[p.length];
    for (int row = 0; row < p.length; row++) {
      var all = train(row, planning, step, lambda);
      p[row] = all.p();
      right[row] = all.played().served().correct() > 0.5;
      var heard = heard(row, all.played());
      if (heard.isPresent()) {
        rows[cases.size()] = row;
        cases.add(heard.get());
      }
    }
    var after = fit(cases);
    for (int i = 0; i < cases.size(); i++) {
      p[rows[i]] = after.p(cases.get(i).seen());
    }
    return new Rehearsed(after, p, right);
  }

  /** P(right) after replies, learnt from what a planner's cascades came to at some prices. */
  AfterReplies after(Planner planner, double... lambdas) {
    List<AfterReplies.Case> cases = new ArrayList<>();
    for (double lambda : lambdas) {
      var planning = best(planner, lambda);
      for (int row = 0; row < trained(); row++) {
        heard(row, train(row, planning, planner.nextStep(), lambda).played()).ifPresent(cases::add);
      }
    }
    return fit(cases);
  }

  private static AfterReplies fit(List<AfterReplies.Case> cases) {
    return cases.size() < 50 ? AfterReplies.assumed() : AfterReplies.fit(cases);
  }

  /** What was seen of a cascade that heard an answer. */
  private Optional<AfterReplies.Case> heard(int row, PlanReplay.Played played) {
    boolean heard =
        !Double.isNaN(played.p()) && played.said().stream().anyMatch(s -> s.answer() >= 0);
    return heard
        ? Optional.of(
            new AfterReplies.Case(
                seen(played, foresight.trainedKinds().get(row)), played.served().correct() > 0.5))
        : Optional.empty();
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

  private static Policy policy(double lambda) {
    return new Policy("bench", 1, lambda, 0, 0, List.of(), Set.of());
  }
}
