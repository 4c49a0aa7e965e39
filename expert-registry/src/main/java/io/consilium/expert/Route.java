package io.consilium.expert;

import java.util.List;

/**
 * A decision, before it is carried out; enough to explain it and to make it again.
 *
 * @param plan what will be done
 * @param forecasts of every eligible expert, most useful under the policy first
 * @param excluded who may not answer, and why
 * @param propensity the probability with which this plan was chosen; 1 when nothing was explored
 * @param seed of the randomness used
 * @param routerVersion the router that decided
 * @param snapshot the id of the roster it saw
 * @param why one sentence for a person
 */
public record Route(
    Plan plan,
    List<Forecast> forecasts,
    List<Exclusion> excluded,
    double propensity,
    long seed,
    String routerVersion,
    String snapshot,
    String why) {
  /** An expert that may not answer, and the reason. */
  public record Exclusion(String expert, String reason) {}

  public Route {
    forecasts = List.copyOf(forecasts);
    excluded = List.copyOf(excluded);
    if (!(propensity > 0 && propensity <= 1)) {
      throw new IllegalArgumentException("a propensity lies in (0, 1], not " + propensity);
    }
  }
}
