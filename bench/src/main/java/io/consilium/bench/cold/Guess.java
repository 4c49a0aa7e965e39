package io.consilium.bench.cold;

/**
 * What a method would do with a question.
 *
 * @param expert its first choice
 * @param score how sure it is, in its own unit
 * @param abstains whether it would rather not ask anybody
 */
record Guess(String expert, double score, boolean abstains) {
  /** The same choice, abstaining below a threshold. */
  Guess above(double threshold) {
    return new Guess(expert, score, score < threshold);
  }
}
