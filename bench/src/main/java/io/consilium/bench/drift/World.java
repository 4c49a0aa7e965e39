package io.consilium.bench.drift;

import io.consilium.router.ability.Ability;
import io.consilium.router.ability.Traits;
import java.util.List;
import java.util.Random;

/**
 * A generated world: questions with a demand on each of two skills, experts with a true ability
 * each, and three things that happen. Nothing in it is measured anywhere.
 */
final class World {
  /** Questions in a run. */
  static final int QUESTIONS = 6_000;

  /** When the best expert silently gets worse. */
  static final int WORSE = 2_000;

  /** When a new expert appears, better than all others. */
  static final int NEW = 3_500;

  /** When questions turn from the first skill to the second. */
  static final int MOVED = 5_000;

  /** Standard deviation of what a question's text does not tell of its difficulty. */
  static final double HIDDEN = 1;

  static final int EXPERTS = 5;

  /** General ability, what is special to each skill, and the constant. */
  private static final double[][] TRUTH = {
    {0.9, 0.7, 0}, {0.5, -0.2, 0}, {0.4, -0.9, 0}, {-0.2, 0.1, 0}, {1.5, 0.2, 0}
  };

  private static final double[] FALLEN = {-0.8, 0.7, 0};

  private final Random random;

  World(long seed) {
    this.random = new Random(seed);
  }

  /**
   * A question.
   *
   * @param asks as the router sees it
   * @param hidden how much harder it is than that
   * @param luck of each expert, so that every policy meets the same luck
   */
  record Event(Traits asks, double hidden, double[] luck) {}

  Event next(int time) {
    // the first skill pulls the second coordinate up, the second down
    boolean first = random.nextDouble() < (time < MOVED ? 0.8 : 0.15);
    double[] demand = {
      1 + 0.3 * random.nextDouble(), (first ? 1 : -1) + 0.2 * random.nextGaussian(), 1
    };
    double[] luck = new double[EXPERTS];
    double difficulty = 0.3 * random.nextGaussian();
    double hidden = HIDDEN * random.nextGaussian();
    for (int e = 0; e < EXPERTS; e++) {
      luck[e] = random.nextDouble();
    }
    return new Event(new Traits(demand, difficulty, HIDDEN * HIDDEN), hidden, luck);
  }

  /** Whether an expert is there. */
  static boolean present(int expert, int time) {
    return expert < EXPERTS - 1 || time >= NEW;
  }

  /** The ability an expert truly has. */
  static Ability truth(int expert, int time) {
    double[] mean = expert == 0 && time >= WORSE ? FALLEN : TRUTH[expert];
    return new Ability(mean, new double[mean.length * mean.length]);
  }

  /** P(correct) as one who knows all experts, but of the question only its text, would say. */
  static double chance(int expert, int time, Event event) {
    return truth(expert, time).p(event.asks());
  }

  static double outcome(int expert, int time, Event event) {
    double mu = truth(expert, time).logOdds(event.asks()) - event.hidden();
    return event.luck()[expert] < 1 / (1 + Math.exp(-mu)) ? 1 : 0;
  }

  /** What the router believes of an expert it has never seen. */
  static Ability prior() {
    return new Ability(new double[] {0, 0, 0}, new double[] {1, 0, 0, 0, 0.5, 0, 0, 0, 0.1});
  }

  /** The experts known from the start. */
  static List<Integer> founders() {
    return List.of(0, 1, 2, 3);
  }
}
