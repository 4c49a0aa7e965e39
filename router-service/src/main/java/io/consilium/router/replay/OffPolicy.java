package io.consilium.router.replay;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a policy would have come to on traffic that another one served, worked out from the
 * probabilities with which that one had chosen its plans. Three estimates of the mean reward, each
 * with its 95 % interval: inverse propensity (Horvitz and Thompson, 1952), self-normalised
 * (Swaminathan and Joachims, "The Self-Normalized Estimator for Counterfactual Learning", 2015) and
 * doubly robust (Dudík, Langford and Li, "Doubly Robust Policy Evaluation and Learning", 2011).
 *
 * <p>Holds where every plan the policy would take had a chance to be taken, and where who is judged
 * does not depend on what came of it. It refuses to conclude where too little says anything.
 *
 * @param judged questions with a reward
 * @param effective how many judged questions of the policy's own would tell as much (Kish, 1965)
 * @param covered the share of the policy's plans that had a chance to be taken, 0 to 1
 * @param served mean reward of what was served
 * @param inverse by inverse propensity; may leave 0 to 1
 * @param normalised the same, divided by the weights
 * @param robust the doubly robust one
 * @param gain the doubly robust one less {@code served}, question by question
 * @param refusal why nothing may be concluded, or null
 */
public record OffPolicy(
    int judged,
    double effective,
    double covered,
    Estimate served,
    Estimate inverse,
    Estimate normalised,
    Estimate robust,
    Estimate gain,
    @Nullable String refusal) {
  /** Fewer effective questions conclude nothing. */
  static final double LEAST = 50;

  /** Nor does a policy of whose plans so few had a chance. */
  static final double COVERED = 0.9;

  private static final double Z95 = 1.96;

  /**
   * A number with its 95 % interval.
   *
   * @param low lower end
   * @param high upper end
   */
  public record Estimate(double value, double low, double high) {
    private static Estimate around(double value, double deviation) {
      return new Estimate(value, value - Z95 * deviation, value + Z95 * deviation);
    }
  }

  /**
   * A judged question.
   *
   * @param logged with which the plan that was run had been chosen, above 0 to 1
   * @param wanted with which the policy would choose that plan
   * @param reward of the plan that was run, 0 to 1
   * @param foretold what a model says the reward of that plan is
   * @param expected what it says of the policy's own choice: the mean over its plans
   * @param covered the chance that the policy chooses a plan that might have been run
   */
  public record Logged(
      double logged,
      double wanted,
      double reward,
      double foretold,
      double expected,
      double covered) {
    public Logged {
      if (!(logged > 0 && logged <= 1) || !(wanted >= 0 && wanted <= 1 + 1e-9)) {
        throw new IllegalArgumentException(
            "a propensity lies above 0, a chance from 0 to 1, not %s and %s"
                .formatted(logged, wanted));
      }
    }

    double weight() {
      return wanted / logged;
    }

    double robust() {
      return expected + weight() * (reward - foretold);
    }
  }

  /** Estimates from judged questions. */
  public static OffPolicy of(List<Logged> traffic) {
    int n = traffic.size();
    double weights = 0;
    double squares = 0;
    double covered = 0;
    boolean explored = false;
    for (var each : traffic) {
      weights += each.weight();
      squares += each.weight() * each.weight();
      covered += each.covered() / n;
      explored |= each.logged() < 1;
    }
    double effective = squares > 0 ? weights * weights / squares : 0;
    double normalised = 0;
    for (var each : traffic) {
      normalised += weights > 0 ? each.weight() * each.reward() / weights : 0;
    }
    double spread = 0;
    for (var each : traffic) {
      double part = weights > 0 ? each.weight() * (each.reward() - normalised) / weights : 0;
      spread += part * part;
    }
    return new OffPolicy(
        n,
        effective,
        covered,
        mean(traffic, Logged::reward),
        mean(traffic, each -> each.weight() * each.reward()),
        Estimate.around(normalised, Math.sqrt(spread)),
        mean(traffic, Logged::robust),
        mean(traffic, each -> each.robust() - each.reward()),
        refusal(n, explored, effective, covered));
  }

  private static @Nullable String refusal(
      int n, boolean explored, double effective, double covered) {
    if (n == 0) {
      return "no answer of these was judged: send feedback";
    }
    if (!explored) {
      return "nothing was tried but what was thought best, so what else would have come of it is unknown:"
          + " set consilium.explore.epsilon, or replay recorded outcomes";
    }
    if (covered < COVERED) {
      return "%.0f %% of what this version would choose had no chance to be chosen: explore more widely"
          .formatted(100 * (1 - covered));
    }
    if (effective < LEAST) {
      return "the %d judged questions tell as much as %.0f of its own would; %.0f are needed"
          .formatted(n, effective, LEAST);
    }
    return null;
  }

  private static Estimate mean(List<Logged> traffic, ToDoubleFunction<Logged> of) {
    int n = traffic.size();
    double mean = 0;
    for (var each : traffic) {
      mean += of.applyAsDouble(each) / n;
    }
    double squares = 0;
    for (var each : traffic) {
      squares += Math.pow(of.applyAsDouble(each) - mean, 2);
    }
    double deviation = n > 1 ? Math.sqrt(squares / (n - 1) / n) : Double.POSITIVE_INFINITY;
    return Estimate.around(mean, deviation);
  }

  /**
   * What may be concluded, in a word: {@code better}, {@code worse}, {@code no different} or {@code
   * unknown}.
   */
  public String verdict() {
    if (refusal != null) {
      return "unknown";
    }
    return gain.low > 0 ? "better" : gain.high < 0 ? "worse" : "no different";
  }
}
