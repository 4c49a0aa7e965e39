package io.consilium.router;

/**
 * What one estimator says of one expert.
 *
 * @param p P(correct), 0 to 1
 * @param weight how much evidence stands behind it, 0 (none: ignore {@code p}) to 1
 * @param note what it saw, in a few words; may be empty
 */
public record Estimate(double p, double weight, String note) {
  /** No evidence either way. */
  public static final Estimate NONE = new Estimate(0.5, 0, "");

  public Estimate {
    if (!(p >= 0 && p <= 1) || !(weight >= 0 && weight <= 1)) {
      throw new IllegalArgumentException(
          "p and weight lie between 0 and 1, not %s and %s".formatted(p, weight));
    }
  }
}
