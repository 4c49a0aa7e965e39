package io.consilium.expert;

import java.util.List;

/**
 * A decision, before it is carried out; enough to explain it and to make it again.
 *
 * @param plan what will be done
 * @param forecasts of the eligible experts, most useful under the policy first: all of a few, of
 *     many the most useful and whoever the plan may ask
 * @param excluded who may not answer, and why
 * @param propensity the probability with which this plan was chosen; 1 when nothing was explored
 * @param seed of the randomness used
 * @param routerVersion the router that decided
 * @param snapshot the id of the roster it saw
 * @param why one sentence for a person
 * @param choices every plan that might have been chosen, with its probability, most useful first;
 *     they sum to 1; empty when nothing was explored
 */
public record Route(
    Plan plan,
    List<Forecast> forecasts,
    List<Exclusion> excluded,
    double propensity,
    long seed,
    String routerVersion,
    String snapshot,
    String why,
    List<Choice> choices) {
  /** An expert that may not answer, and the reason. */
  public record Exclusion(String expert, String reason) {}

  /** A plan that might have been chosen, and the probability with which it would have been. */
  public record Choice(Plan plan, double propensity) {
    public Choice {
      require(propensity);
    }
  }

  /** A route of which nothing was explored. */
  public Route(
      Plan plan,
      List<Forecast> forecasts,
      List<Exclusion> excluded,
      double propensity,
      long seed,
      String routerVersion,
      String snapshot,
      String why) {
    this(plan, forecasts, excluded, propensity, seed, routerVersion, snapshot, why, List.of());
  }

  public Route {
    forecasts = List.copyOf(forecasts);
    excluded = List.copyOf(excluded);
    choices = choices == null ? List.of() : List.copyOf(choices); // older records have none
    require(propensity);
  }

  private static void require(double propensity) {
    if (!(propensity > 0 && propensity <= 1)) {
      throw new IllegalArgumentException("a propensity lies in (0, 1], not " + propensity);
    }
  }
}
