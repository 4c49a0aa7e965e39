package io.consilium.router.planner;

import io.consilium.expert.Forecast;
import io.consilium.expert.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whom to ask next, if anybody: looks a few replies ahead, over all that may be said, and weighs
 * what better answers are worth against the price of getting them. Routing and cascading are this
 * one rule (Dekoninck et al., "A Unified Approach to Routing and Cascading for LLMs", arXiv
 * 2410.10347): a route is a cascade that stops after the first reply. Unlike a threshold on
 * confidence it asks only while an answer would change, or its certainty would pay.
 *
 * <p>For one thread; keeps its buffers, so that looking allocates nothing.
 */
final class Lookahead {
  /**
   * What a call costs besides price and waiting, in shares of a right answer's value: one that is
   * not expected to set right one answer in 500 is not made.
   */
  static final double CALL = 0.002;

  private final double[][] curves;
  private final double[] costs;
  private final double value;
  private final double minimum;
  private final double[] usd;
  private final double[] millis;
  private final Belief[] levels;
  private final double[][] ways; // [level]: right, usd, millis, asks of the best way from there
  private final double[][] trials;
  private final boolean[] asked;
  private final int[][] better; // of each expert, those as likely right at no more cost
  private int next;

  /**
   * Over some experts.
   *
   * @param forecasts of the experts
   * @param policy what answers are worth and asking costs
   * @param minimum P(correct) below which an answer is worth nothing
   * @param kind how these experts fail together
   * @param sameWrong P(two wrong answers are the same)
   * @param depth how many replies to look ahead; all of them where the order is plain because
   *     nobody is both likelier right and dearer than another
   */
  Lookahead(
      List<Forecast> forecasts,
      Policy policy,
      double minimum,
      CoFailure.Kind kind,
      double sameWrong,
      int depth) {
    int size = forecasts.size();
    curves = new double[size][];
    costs = new double[size];
    usd = new double[size];
    millis = new double[size];
    for (int e = 0; e < size; e++) {
      var forecast = forecasts.get(e);
      curves[e] = SharedEffect.curve(forecast.p(), kind.spread());
      costs[e] = cost(forecast, policy);
      usd[e] = forecast.usd();
      millis[e] = forecast.millis();
    }
    value = policy.value();
    this.minimum = minimum;
    better = better(forecasts);
    int far = plain(better) ? Math.max(depth, Math.min(size, FAR)) : depth;
    levels = new Belief[far + 1];
    ways = new double[far + 1][4];
    trials = new double[far + 1][4];
    for (int i = 0; i <= far; i++) {
      levels[i] = new Belief(sameWrong, size);
    }
    asked = new boolean[size];
  }

  /** Replies looked ahead at most, where the order is plain. */
  private static final int FAR = 5;

  private int[][] better(List<Forecast> forecasts) {
    int[][] better = new int[costs.length][];
    for (int e = 0; e < costs.length; e++) {
      int one = e;
      better[e] =
          IntStream.range(0, costs.length)
              .filter(other -> {
                double more = forecasts.get(other).p() - forecasts.get(one).p();
                double less = costs[one] - costs[other];
                return other != one
                    && more >= 0
                    && less >= 0
                    && (more > 0 || less > 0 || other < one);
              })
              .toArray();
    }
    return better;
  }

  private static boolean plain(int[][] better) {
    return IntStream.of(Arrays.stream(better).mapToInt(each -> each.length).toArray()).sum()
        == better.length * (better.length - 1) / 2;
  }

  /** Whether somebody who was not asked yet is as likely right at no more cost. */
  private boolean surpassed(int expert) {
    for (int other : better[expert]) {
      if (!asked[other]) {
        return true;
      }
    }
    return false;
  }

  /** What asking costs under a policy: price, waiting, and the call itself. */
  static double cost(Forecast forecast, Policy policy) {
    return policy.priceWeight() * forecast.usd()
        + policy.secondUsd() * forecast.millis() / 1_000
        + policy.value() * CALL;
  }

  /** The belief to look ahead from; empty at first. Add replies with {@link #said}. */
  Belief now() {
    return levels[0];
  }

  /** Notes that an expert was asked and failed; that says nothing of the question. */
  void failed(int expert) {
    asked[expert] = true;
  }

  /** Notes what an expert said: the number of its answer, {@code answers()} if new, -1 if none. */
  void said(int expert, int answer) {
    asked[expert] = true;
    if (answer < 0) {
      levels[0].addSilent(curves[expert]);
    } else {
      levels[0].add(curves[expert], answer);
    }
  }

  /**
   * Looks ahead.
   *
   * @return what can be expected to be gained from here on, by the best way to go on
   */
  double look() {
    double total = levels[0].mass();
    return look(0) / total;
  }

  /** The expert to ask next as the last {@link #look} found; -1 to stop. */
  int next() {
    return next;
  }

  private double worth(Belief belief) {
    int leading = belief.leading();
    if (leading < 0) {
      return 0;
    }
    double mass = belief.mass(leading);
    return minimum > 0 && mass < minimum * belief.mass() ? 0 : value * mass;
  }

  /**
   * What the way found by the last {@link #look} is expected to come to.
   *
   * @param p P(an answer is given that is right)
   * @param usd its price
   * @param millis the time it takes
   * @param asks how many experts are asked
   */
  record Expected(double p, double usd, double millis, double asks) {}

  /** What the way found by the last {@link #look} is expected to come to. */
  Expected expected() {
    double mass = levels[0].mass();
    double[] sums = ways[0];
    return new Expected(sums[0] / mass, sums[1] / mass, sums[2] / mass, sums[3] / mass);
  }

  /** P(the leading answer is right) once this expert was asked as well. */
  double with(int expert) {
    var belief = levels[0];
    double sum = 0;
    for (int answer = 0; answer <= belief.answers(); answer++) {
      levels[1].copyThenAdd(belief, curves[expert], answer);
      sum += levels[1].mass(levels[1].leading());
    }
    return sum / belief.mass();
  }

  /** P(the leading answer is right) when all of them are asked, on top of what was said. */
  double everyone() {
    return everyone(0, 0) / levels[0].mass();
  }

  private double everyone(int level, int expert) {
    var belief = levels[level];
    if (expert == curves.length) {
      int leading = belief.leading();
      return leading < 0 ? 0 : belief.mass(leading);
    }
    double sum = 0;
    for (int answer = 0; answer <= belief.answers(); answer++) {
      levels[level + 1].copyThenAdd(belief, curves[expert], answer);
      sum += everyone(level + 1, expert + 1);
    }
    return sum;
  }

  /** The expected gain from this level on, times the probability of being there. */
  private double look(int level) {
    var belief = levels[level];
    double worth = worth(belief);
    // an answer must be given: nobody asked yet is no place to stop
    double best = belief.replies() == 0 ? Double.NEGATIVE_INFINITY : worth;
    double[] way = ways[level];
    set(way, worth / value, 0, 0, 0); // an answer that is refused is not right
    int who = -1;
    if (level < levels.length - 1) {
      double mass = belief.mass();
      for (int e = 0; e < curves.length; e++) {
        if (asked[e] || (value - costs[e]) * mass <= best || surpassed(e)) {
          continue; // even a sure right answer would not pay for it, or another is asked first
        }
        asked[e] = true;
        double gain = -costs[e] * mass;
        double[] sums = trials[level];
        set(sums, 0, usd[e] * mass, millis[e] * mass, mass);
        for (int answer = 0; answer <= belief.answers(); answer++) {
          levels[level + 1].copyThenAdd(belief, curves[e], answer);
          gain += look(level + 1);
          for (int i = 0; i < sums.length; i++) {
            sums[i] += ways[level + 1][i];
          }
        }
        asked[e] = false;
        if (gain > best + 1e-12 * value) {
          best = gain;
          who = e;
          System.arraycopy(sums, 0, way, 0, way.length);
        }
      }
    }
    if (level == 0) {
      next = who;
    }
    return best;
  }

  private static void set(double[] sums, double right, double usd, double millis, double asks) {
    sums[0] = right;
    sums[1] = usd;
    sums[2] = millis;
    sums[3] = asks;
  }
}
