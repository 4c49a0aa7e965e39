package io.consilium.router;

import java.util.List;

/**
 * How often the cold router is wrong where it is sure: cards leave things out, and no likeness of
 * words shows that. A chance above ½ is drawn towards it, the more the surer it is, and none
 * exceeds {@code 1 − share}; the order of chances stays, and so does which of them reach ½ (the
 * lapse rate of Wichmann and Hill, "The psychometric function: I", 2001, with its guess at ½). Not
 * for chances that were learnt from outcomes: those are calibrated by themselves.
 *
 * @param share of certain forecasts that are wrong, 0 to ½
 * @param low lower end of its 80 % interval
 * @param high upper end
 */
public record Lapse(double share, double low, double high) {
  /** Chances as they are. */
  public static final Lapse NONE = new Lapse(0, 0, 0);

  private static final int STEPS = 2_000;
  private static final double MOST = 0.5;

  /** A chance that was stated, and what came of it. */
  public record Seen(double p, boolean right) {}

  public Lapse {
    if (!(0 <= low && low <= share && share <= high && high < MOST)) {
      throw new IllegalArgumentException(
          "0 ≤ low ≤ share ≤ high < ½ does not hold: %s, %s, %s".formatted(low, share, high));
    }
  }

  /** The chance that is left of {@code p}. */
  double of(double p) {
    return left(p, share);
  }

  /** The same were it as unlikely as the interval allows. */
  double least(double p) {
    return left(p, high);
  }

  /** The same were it as likely as the interval allows. */
  double most(double p) {
    return left(p, low);
  }

  private static double left(double p, double share) {
    return p <= MOST ? p : p - share * (2 * p - 1);
  }

  /**
   * The posterior mean and 80 % interval of the share, from an even prior, on a grid. How careful
   * somebody's cards are is not known beforehand, so a new roster is as likely to be like one group
   * as like another: the posterior is the mean of the groups'.
   *
   * @param groups held-out forecasts of each sort of roster; those of ½ and less tell nothing
   */
  public static Lapse fit(List<List<Seen>> groups) {
    double[] weights = new double[STEPS];
    for (var group : groups) {
      double[] posterior = posterior(group);
      for (int i = 0; i < STEPS; i++) {
        weights[i] += posterior[i] / groups.size();
      }
    }
    double mean = 0;
    for (int i = 0; i < STEPS; i++) {
      mean += weights[i] * at(i);
    }
    return new Lapse(
        mean, Math.min(mean, quantile(weights, 0.1)), Math.max(mean, quantile(weights, 0.9)));
  }

  private static double[] posterior(List<Seen> seen) {
    double[] logs = new double[STEPS];
    for (int i = 0; i < STEPS; i++) {
      double share = at(i);
      for (var each : seen) {
        if (each.p > MOST) {
          double chance = left(each.p, share);
          logs[i] += Math.log(each.right ? chance : 1 - chance);
        }
      }
    }
    return Logistic.softmax(logs);
  }

  private static double at(int step) {
    return MOST * (step + 0.5) / STEPS;
  }

  private static double quantile(double[] weights, double below) {
    double sum = 0;
    int i = 0;
    while (i < weights.length - 1 && sum + weights[i] < below) {
      sum += weights[i++];
    }
    return at(i);
  }
}
