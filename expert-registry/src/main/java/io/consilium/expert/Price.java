package io.consilium.expert;

/**
 * What an expert costs, in US dollars.
 *
 * @param input per million tokens read
 * @param cachedInput per million tokens read from the expert's prompt cache
 * @param output per million tokens written
 * @param call per call
 */
public record Price(double input, double cachedInput, double output, double call) {
  /** Costs nothing. */
  public static final Price FREE = new Price(0, 0, 0, 0);

  public Price {
    for (double part : new double[] {input, cachedInput, output, call}) {
      if (!(part >= 0) || Double.isInfinite(part)) {
        throw ExpertException.invalid("price", "prices must be 0 or more US dollars");
      }
    }
  }

  /** The price of one call that used this much. */
  public double of(Usage usage) {
    long fresh = Math.max(0, usage.input() - usage.cachedInput());
    return call
        + (fresh * input + usage.cachedInput() * cachedInput + usage.output() * output) / 1e6;
  }
}
