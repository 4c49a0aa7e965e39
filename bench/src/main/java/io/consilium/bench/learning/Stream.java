package io.consilium.bench.learning;

import io.consilium.expert.Forecast;
import io.consilium.expert.Policy;
import io.consilium.expert.Price;
import io.consilium.expert.Roster;
import io.consilium.expert.Skill;
import io.consilium.router.Following;
import io.consilium.router.QuestionProfile;
import io.consilium.router.Router;
import io.consilium.router.ability.OnlineAbilities;
import io.consilium.router.estimator.EpisodeEstimator;
import io.consilium.router.fit.Rosters;
import io.consilium.router.records.Records;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Recorded questions asked one after another, in an order of a seed, one expert each, of whom only
 * that they exist is known. Of a random share of the answers served, and of no others, somebody
 * says whether they were right.
 */
final class Stream {
  /** The share of answers somebody judges. */
  static final double JUDGED = 0.2;

  /** How often an expert that has fallen is still right. */
  static final double FALLEN = 0.05;

  /** What every call costs, in US dollars for a million tokens written. */
  private static final Price PRICE = new Price(0, 0, 10, 0);

  /** So dear that asking several never pays; all experts cost alike. */
  private static final Policy ONE = new Policy("bench", 1, 50, 0, 0, List.of(), Set.of());

  private final Records records;
  private final List<QuestionProfile> profiles;
  private final Roster roster;
  private final Router cold;

  /**
   * @param records complete
   * @param profiles of their questions
   * @param cold learns of the experts on record what their names tell: nothing
   */
  Stream(Records records, List<QuestionProfile> profiles, Router cold) {
    this.records = records;
    this.profiles = profiles;
    this.roster =
        Roster.of(
            "recorded",
            Rosters.of(records.experts()).cards().stream()
                .map(card -> card.withPrice(PRICE))
                .toList());
    this.cold = cold;
    cold.prepare(roster);
  }

  /**
   * What came of a run, per question.
   *
   * @param right of the expert that was asked
   * @param random mean over all experts
   * @param best of the expert that is best in this phase, over all questions
   */
  record Run(double[] right, double[] random, double[] best) {
    /** The mean of {@code values} over questions from..to. */
    static double mean(double[] values, int from, int to) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += values[i];
      }
      return sum / (to - from);
    }

    /** Right answers lost to the best expert of the phase, per question. */
    double regret(int from, int to) {
      return mean(best, from, to) - mean(right, from, to);
    }
  }

  /**
   * Plays.
   *
   * @param questions how many
   * @param fallsAt when the best expert falls; not before the end when it never does
   */
  Run play(Learner learner, long seed, int questions, int fallsAt) {
    int experts = records.experts().size();
    int[] order = order(seed);
    var luck = new SplittableRandom(seed * 31 + 17);
    var ears = learner.ears();
    var past = new Episodes();
    var planned = cold.with(learner.planner());
    if (learner.remembers()) {
      planned = planned.beside(List.of(new EpisodeEstimator(past::like)));
    }
    var router = ears == null ? planned : planned.with(ears);
    int champion = best(-1);
    int second = best(champion);
    var run = new Run(new double[questions], new double[questions], new double[questions]);
    for (int t = 0; t < questions; t++) {
      int item = order[t];
      boolean judged = luck.nextDouble() < JUDGED;
      double still = luck.nextDouble();
      boolean fallen = t >= fallsAt;
      double[] right = new double[experts];
      for (int e = 0; e < experts; e++) {
        right[e] = fallen && e == champion ? (still < FALLEN ? 1 : 0) : records.correct(item, e);
        run.random[t] += right[e] / experts;
      }
      var profile = profiles.get(item);
      var route = router.route(profile, roster, ONE, luck.nextLong());
      int asked = seat(route.plan().experts().getFirst());
      run.right[t] = right[asked];
      run.best[t] = right[fallen ? second : champion];
      if (judged && learner.remembers()) {
        past.keep(profile, roster.seats().get(asked).card().id(), right[asked]);
      }
      if (judged && ears != null) {
        hear(ears, profile, asked, route.forecasts(), right[asked]);
      }
    }
    return run;
  }

  private void hear(
      OnlineAbilities ears,
      QuestionProfile profile,
      int asked,
      List<Forecast> forecasts,
      double right) {
    var card = roster.seats().get(asked).card();
    var forecast =
        forecasts.stream()
            .filter(each -> each.expert().equals(card.id()))
            .findFirst()
            .orElseThrow();
    ears.hear(
        new OnlineAbilities.Heard(
            card.reference(),
            profile.skills().stream().map(Skill::name).toList(),
            Following.prior(forecast),
            right,
            1));
  }

  private int seat(String id) {
    for (int seat = 0; seat < roster.seats().size(); seat++) {
      if (roster.seats().get(seat).card().id().equals(id)) {
        return seat;
      }
    }
    throw new IllegalStateException("the route names " + id + ", which is not on the roster");
  }

  /** The expert that is right most often, but for one. */
  private int best(int except) {
    int best = -1;
    double most = -1;
    for (int e = 0; e < records.experts().size(); e++) {
      double mean = 0;
      for (int i = 0; i < records.items().size(); i++) {
        mean += records.correct(i, e);
      }
      if (e != except && mean > most) {
        most = mean;
        best = e;
      }
    }
    return best;
  }

  private int[] order(long seed) {
    var random = new SplittableRandom(seed);
    int[] order = new int[records.items().size()];
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
