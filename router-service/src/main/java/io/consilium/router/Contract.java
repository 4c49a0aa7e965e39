package io.consilium.router;

import io.consilium.expert.Forecast;
import io.consilium.expert.Policy;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A policy's "wrong in at most a share ε of what is answered, else abstain". With a fitted router
 * the least P(correct) that keeps it comes from held-out questions; without one there is nothing to
 * hold it to, and the forecast itself must be 1 − ε.
 *
 * @param risk ε; 1 when the policy has no contract
 * @param measured whether held-out questions tell
 * @param least the least P(correct) to answer with; empty when nothing is sure enough
 * @param several whether that holds for cascades and panels as well, or for experts alone only
 */
public record Contract(double risk, boolean measured, OptionalDouble least, boolean several) {
  /** No promise is made. */
  public static final Contract NONE = new Contract(1, false, OptionalDouble.of(0), true);

  /**
   * The contract of a policy that is kept by experts alone.
   *
   * @param held the least forecast that keeps a risk, as held-out questions tell; null when nothing
   *     was fitted
   */
  public static Contract of(Policy policy, @Nullable DoubleFunction<OptionalDouble> held) {
    if (!policy.contract()) {
      return NONE;
    }
    return held == null
        ? new Contract(policy.risk(), false, OptionalDouble.of(1 - policy.risk()), false)
        : new Contract(policy.risk(), true, held.apply(policy.risk()), false);
  }

  /**
   * The contract of a policy by what was learnt: kept by cascades and panels too where their
   * answers can be compared, which was practised for the router's own choice among all experts and
   * the usual vote, and so holds for no others.
   *
   * @param comparable whose answers can be compared
   */
  static Contract of(Policy policy, Learnt learnt, List<Forecast> comparable) {
    boolean practised =
        policy.contract()
            && comparable.size() > 1
            && policy.pin().isEmpty()
            && policy.aggregator().isEmpty();
    var least = practised ? learnt.minimumOfSeveral(policy.risk()) : OptionalDouble.empty();
    return least.isPresent()
        ? new Contract(policy.risk(), true, least, true)
        : of(policy, learnt::minimum);
  }

  /**
   * Whether an expert can be held to a policy's risk.
   *
   * @param weight of the evidence of what was fitted
   */
  public static boolean binds(Policy policy, double weight) {
    return !policy.contract() || 2 * weight >= 1;
  }

  /**
   * Plans so that it is kept: from the least P(correct) on, and with experts alone where it is
   * measured on those. Empty when nobody keeps it, or nobody is worth asking.
   *
   * @param candidates whom it binds
   */
  public Optional<Planner.Planned> plan(
      Planner planner, Planner.Case candidates, Policy policy, long seed) {
    if (risk >= 1) {
      return planner.plan(candidates, policy, seed);
    }
    if (least.isEmpty()) {
      return Optional.empty();
    }
    var among = several ? candidates.comparable() : List.<Forecast>of();
    return planner.plan(
        new Planner.Case(candidates.candidates(), among, candidates.kind(), candidates.budget()),
        policy.withMinimum(Math.max(policy.minimum(), least.getAsDouble())),
        seed);
  }

  /** Whether nobody keeps it. */
  boolean breaks(List<Forecast> candidates) {
    return risk < 1 && (least.isEmpty() || best(candidates) < least.getAsDouble());
  }

  /** Why nobody answers. */
  String broken(List<Forecast> candidates) {
    var promise =
        String.format(
            Locale.ROOT, "abstained because at most %s of answers may be wrong: ", share(risk));
    if (least.isEmpty()) {
      return promise + "on held-out questions no forecast was that sure";
    }
    return promise
        + String.format(
            Locale.ROOT,
            measured
                ? "on held-out questions that takes a forecast of %.2f, and %s"
                : "no router was fitted to hold that to, so a forecast of %.2f is taken for it, and %s",
            least.getAsDouble(),
            candidates.isEmpty()
                ? "nobody may answer"
                : String.format(Locale.ROOT, "the best here is %.2f", best(candidates)));
  }

  /** What is added to the reason of a plan that keeps it. */
  String kept() {
    return risk >= 1
        ? ""
        : String.format(
            Locale.ROOT,
            measured
                ? "; at most %s of such answers are wrong, 90 %% sure on held-out questions (from %.2f on"
                    + (several ? ", of experts alone and together)" : ")")
                : "; at most %s may be wrong, but no router was fitted to hold that to: taken from %.2f on",
            share(risk),
            least.orElse(1));
  }

  private static String share(double risk) {
    return String.format(Locale.ROOT, "%.3g %%", 100 * risk).replaceFirst("\\.?0+ %", " %");
  }

  private static double best(List<Forecast> candidates) {
    return candidates.stream().mapToDouble(Forecast::p).max().orElse(0);
  }
}
