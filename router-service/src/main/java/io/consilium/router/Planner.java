package io.consilium.router;

import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Forecasts and a policy to a plan: the most useful expert among those likely enough to be right,
 * and whom to ask should it fail. With {@code epsilon} above 0 a share of questions goes to others
 * nearly as useful, so that the router learns of them; every plan's probability is exact.
 */
public final class Planner {
  private static final int FALLBACKS = 4;

  private final double epsilon;
  private final double within;

  /**
   * A planner.
   *
   * @param epsilon share of questions that explore, 0 to 1
   * @param within explore only experts whose utility is at most this much (of the policy's value)
   *     below the best; also the temperature of the choice among them
   */
  public Planner(double epsilon, double within) {
    if (!(epsilon >= 0 && epsilon <= 1) || !(within > 0)) {
      throw new IllegalArgumentException("epsilon lies between 0 and 1, within above 0");
    }
    this.epsilon = epsilon;
    this.within = within;
  }

  /** Never explores. */
  public static Planner greedy() {
    return new Planner(0, 0.05);
  }

  /** A plan and the probability with which it was chosen. */
  public record Planned(Plan plan, double propensity) {}

  /** What an expert is worth under a policy, in US dollars. */
  public static double utility(Forecast forecast, Policy policy) {
    return policy.value() * forecast.p()
        - policy.priceWeight() * forecast.usd()
        - policy.secondUsd() * forecast.millis() / 1_000;
  }

  /** Most useful first; ties by id, so that the order never depends on the roster's. */
  public static Comparator<Forecast> byUtility(Policy policy) {
    return Comparator.comparingDouble((Forecast forecast) -> utility(forecast, policy))
        .reversed()
        .thenComparing(Forecast::expert);
  }

  /**
   * Plans.
   *
   * @param candidates affordable and in time, most useful first
   * @param policy what the caller wants
   * @param seed of the exploration
   * @return empty when no candidate reaches the policy's minimum
   */
  public Optional<Planned> plan(List<Forecast> candidates, Policy policy, long seed) {
    var likely = candidates.stream().filter(forecast -> forecast.p() >= policy.minimum()).toList();
    if (likely.isEmpty()) {
      return Optional.empty();
    }
    double best = utility(likely.getFirst(), policy);
    double span = within * policy.value();
    var shortlist =
        likely.stream().filter(forecast -> utility(forecast, policy) >= best - span).toList();
    double[] chances = chances(shortlist, policy, best, span);
    int chosen = draw(chances, seed);
    var expert = shortlist.get(chosen).expert();
    var fallbacks =
        likely.stream()
            .map(Forecast::expert)
            .filter(id -> !id.equals(expert))
            .limit(FALLBACKS)
            .toList();
    return Optional.of(new Planned(new Plan.One(expert, fallbacks), chances[chosen]));
  }

  private double[] chances(List<Forecast> shortlist, Policy policy, double best, double span) {
    double[] chances = new double[shortlist.size()];
    double total = 0;
    for (int i = 0; i < chances.length; i++) {
      chances[i] = Math.exp((utility(shortlist.get(i), policy) - best) / span);
      total += chances[i];
    }
    for (int i = 0; i < chances.length; i++) {
      chances[i] = epsilon * chances[i] / total + (i == 0 ? 1 - epsilon : 0);
    }
    return chances;
  }

  private static int draw(double[] chances, long seed) {
    double left = new Random(seed).nextDouble();
    for (int i = 0; i < chances.length; i++) {
      left -= chances[i];
      if (left < 0) {
        return i;
      }
    }
    return 0;
  }
}
