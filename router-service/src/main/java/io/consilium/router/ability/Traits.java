package io.consilium.router.ability;

/**
 * What a question asks of an expert: its log-odds of being right are {@code demand · ability −
 * difficulty}.
 *
 * @param demand a₀(x), a(x) and 1, in the order of an ability's (g, θ, c); do not change it
 * @param difficulty b(x), or the better known difficulty of a question that others have answered
 * @param variance how uncertain that difficulty is: σ_b² for a new question
 */
public record Traits(double[] demand, double difficulty, double variance) {
  public Traits {
    if (!(variance >= 0) || !Double.isFinite(difficulty)) {
      throw new IllegalArgumentException(
          "a difficulty is a number and its variance 0 or more, not %s and %s"
              .formatted(difficulty, variance));
    }
  }
}
