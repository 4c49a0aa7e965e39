package io.consilium.router.ability;

/**
 * An ability that follows its expert: each outcome moves it, and only after its drift detector
 * fires does it forget, for a while. A constant decay would forget of every expert what is still
 * true of most. Immutable.
 *
 * @param ability as known by now
 * @param drift of this expert version
 * @param restless outcomes for which it goes on forgetting
 */
public record Followed(Ability ability, Drift drift, int restless) {
  /** What an alarm makes uncertain at once, as a share of the prior. */
  static final double JUMP = 0.25;

  /** What every outcome after it adds. */
  static final double NOISE = 0.005;

  /** How many do. */
  static final int WHILE = 100;

  /** An ability nothing has happened to. */
  public static Followed of(Ability ability) {
    return new Followed(ability, Drift.NONE, 0);
  }

  /**
   * After an outcome.
   *
   * @param kappa how much it counts, 0 to 1
   * @param prior what to believe of an expert that has changed; bounds what is forgotten
   */
  public Followed after(Traits question, double correct, double kappa, Ability prior) {
    var next = drift.after(ability.p(question), correct);
    if (next.fired()) {
      return new Followed(
          ability.loosened(JUMP, prior).after(question, correct, kappa), Drift.NONE, WHILE);
    }
    var known = restless > 0 ? ability.loosened(NOISE, prior) : ability;
    return new Followed(known.after(question, correct, kappa), next, Math.max(0, restless - 1));
  }
}
