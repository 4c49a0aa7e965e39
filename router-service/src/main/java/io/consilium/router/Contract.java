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
 * the least forecast that keeps it comes from held-out questions; without one there is nothing to
 * hold it to, and the forecast itself must be 1 − ε.
 *
 * @param risk ε; 1 when the policy has no contract
 * @param measured whether held-out questions tell
 * @param least the least forecast to answer with; empty when none is sure enough
 */
public record Contract(double risk, boolean measured, OptionalDouble least) {
  /** No promise is made. */
  public static final Contract NONE = new Contract(1, false, OptionalDouble.of(0));

  /**
   * The contract of a policy.
   *
   * @param held the least forecast that keeps a risk, as held-out questions tell; null when nothing
   *     was fitted
   */
  public static Contract of(Policy policy, @Nullable DoubleFunction<OptionalDouble> held) {
    if (!policy.contract()) {
      return NONE;
    }
    return held == null
        ? new Contract(policy.risk(), false, OptionalDouble.of(1 - policy.risk()))
        : new Contract(policy.risk(), true, held.apply(policy.risk()));
  }

  /**
   * Whether an expert can be held to it.
   *
   * @param weight of the evidence of what was fitted
   */
  public boolean binds(double weight) {
    return risk >= 1 || !measured || 2 * weight >= 1;
  }

  /**
   * Plans so that it is kept: with experts alone, for it is measured on those, and from the least
   * forecast on. Empty when nobody keeps it, or nobody is worth asking.
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
    return planner.plan(
        new Planner.Case(
            candidates.candidates(), List.of(), candidates.kind(), candidates.budget()),
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
                ? "; at most %s of such answers are wrong, 90 %% sure on held-out questions (from %.2f on)"
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
