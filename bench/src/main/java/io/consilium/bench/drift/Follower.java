package io.consilium.bench.drift;

import io.consilium.router.ability.Ability;
import io.consilium.router.ability.Followed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One way to keep abilities current while serving. */
enum Follower {
  /** Knows every true ability at any time; nobody could do better from the text of questions. */
  ORACLE("knows every true ability"),
  /** The service's way: every outcome counts, and a detector per expert makes it forget. */
  FOLLOWED("every outcome moves the ability; after an alarm it forgets"),
  /** Every outcome counts and nothing is ever forgotten. */
  STEADY("every outcome moves the ability; nothing is forgotten"),
  /** A constant decay, which design forbids, to show what it costs. */
  DECAYING("forgets 0.2 % of the prior with every outcome"),
  /** Abilities as they were fitted before the run. */
  FROZEN("abilities as fitted before the run; a new expert has the population's");

  /** The chance that a question goes to an expert drawn at random, so that all stay known. */
  static final double EXPLORE = 0.05;

  private static final double DECAY = 0.002;

  final String words;

  Follower(String words) {
    this.words = words;
  }

  /**
   * What happened in one run.
   *
   * @param regret per question: the oracle's P(correct) less that of the expert asked
   * @param alarms per expert, when its detector fired
   */
  record Run(double[] regret, List<List<Integer>> alarms) {}

  /** Plays a run from abilities that were learnt before it. */
  Run play(long seed) {
    var world = new World(seed);
    var explore = new Random(seed + 1_000_003);
    List<Followed> known = new ArrayList<>();
    List<List<Integer>> alarms = new ArrayList<>();
    for (int e = 0; e < World.EXPERTS; e++) {
      known.add(Followed.of(World.founders().contains(e) ? fitted(e, seed) : World.prior()));
      alarms.add(new ArrayList<>());
    }
    double[] regret = new double[World.QUESTIONS];
    for (int time = 0; time < World.QUESTIONS; time++) {
      var event = world.next(time);
      int chosen = choose(known, time, event);
      double drawn = explore.nextDouble();
      int at = explore.nextInt(World.EXPERTS);
      if (this != ORACLE && drawn < EXPLORE && World.present(at, time)) {
        chosen = at;
      }
      regret[time] =
          World.chance(best(time, event), time, event) - World.chance(chosen, time, event);
      var before = known.get(chosen);
      var after = learn(before, event, World.outcome(chosen, time, event));
      if (after.restless() > before.restless()) {
        alarms.get(chosen).add(time);
      }
      known.set(chosen, after);
    }
    return new Run(regret, alarms);
  }

  private static int best(int time, World.Event event) {
    int best = 0;
    for (int e = 1; e < World.EXPERTS; e++) {
      if (World.present(e, time)
          && World.chance(e, time, event) > World.chance(best, time, event)) {
        best = e;
      }
    }
    return best;
  }

  private int choose(List<Followed> known, int time, World.Event event) {
    if (this == ORACLE) {
      return best(time, event);
    }
    int best = 0;
    for (int e = 1; e < World.EXPERTS; e++) {
      if (World.present(e, time)
          && known.get(e).ability().p(event.asks()) > known.get(best).ability().p(event.asks())) {
        best = e;
      }
    }
    return best;
  }

  private Followed learn(Followed known, World.Event event, double correct) {
    return switch (this) {
      case ORACLE, FROZEN -> known;
      case FOLLOWED -> known.after(event.asks(), correct, 1, World.prior());
      case STEADY -> Followed.of(known.ability().after(event.asks(), correct, 1));
      case DECAYING ->
          Followed.of(
              known.ability().loosened(DECAY, World.prior()).after(event.asks(), correct, 1));
    };
  }

  /** The ability after two thousand outcomes, as from a fit on records. */
  private static Ability fitted(int expert, long seed) {
    var world = new World(seed * 31 + 7);
    List<Ability.Seen> seen = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      var event = world.next(i % World.WORSE);
      seen.add(new Ability.Seen(event.asks(), World.outcome(expert, 0, event), 1));
    }
    return World.prior().given(seen);
  }
}
