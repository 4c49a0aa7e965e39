package io.consilium.router;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What one estimator says of every expert of a roster, in the roster's order. Numbers are kept flat
 * and notes are made only when somebody reads them, so that ten thousand experts cost two arrays.
 */
public final class Estimates {
  private final double[] p;
  private final double[] weight;
  private final IntFunction<String> note;

  private Estimates(double[] p, double[] weight, IntFunction<String> note) {
    this.p = p;
    this.weight = weight;
    this.note = note;
  }

  /**
   * Estimates from numbers; the arrays are handed over and must not be changed afterwards.
   *
   * @param p P(correct) of every seat, 0 to 1
   * @param weight of the evidence of every seat, 0 (none: its {@code p} is ignored) to 1
   * @param note what was seen at a seat, in a few words; may be empty
   */
  public static Estimates of(double[] p, double[] weight, IntFunction<String> note) {
    if (p.length != weight.length) {
      throw new IllegalArgumentException(
          "%d chances but %d weights".formatted(p.length, weight.length));
    }
    for (int i = 0; i < p.length; i++) {
      if (!(p[i] >= 0 && p[i] <= 1) || !(weight[i] >= 0 && weight[i] <= 1)) {
        throw new IllegalArgumentException(
            "p and weight lie between 0 and 1, not %s and %s".formatted(p[i], weight[i]));
      }
    }
    return new Estimates(p, weight, note);
  }

  /** The same for estimates already made one by one. */
  public static Estimates of(List<Estimate> all) {
    return new Estimates(
        all.stream().mapToDouble(Estimate::p).toArray(),
        all.stream().mapToDouble(Estimate::weight).toArray(),
        i -> all.get(i).note());
  }

  /** No evidence about any of {@code size} experts. */
  public static Estimates none(int size) {
    double[] p = new double[size];
    Arrays.fill(p, Estimate.NONE.p());
    return new Estimates(p, new double[size], i -> "");
  }

  /** How many seats. */
  public int size() {
    return p.length;
  }

  /** P(correct) of the expert at a seat. */
  public double p(int seat) {
    return p[seat];
  }

  /** How much evidence stands behind it, 0 to 1. */
  public double weight(int seat) {
    return weight[seat];
  }

  /** All that is said of the expert at a seat. */
  public Estimate get(int seat) {
    return new Estimate(p[seat], weight[seat], note.apply(seat));
  }
}
