package io.consilium.router;

import io.consilium.expert.Forecast;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one estimator says of every expert of a roster, in the roster's order. Numbers are kept flat
 * and notes are made only when somebody reads them, so that ten thousand experts cost two arrays.
 */
public final class Estimates {
  private final double[] p;
  private final double[] weight;
  private final IntFunction<String> note;
  private final double @Nullable [] low;
  private final double @Nullable [] high;
  private final @Nullable IntFunction<List<Forecast.Reason>> why;

  private Estimates(
      double[] p,
      double[] weight,
      IntFunction<String> note,
      double @Nullable [] low,
      double @Nullable [] high,
      @Nullable IntFunction<List<Forecast.Reason>> why) {
    this.p = p;
    this.weight = weight;
    this.note = note;
    this.low = low;
    this.high = high;
    this.why = why;
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
    return new Estimates(p, weight, note, null, null, null);
  }

  /** The same for estimates already made one by one. */
  public static Estimates of(List<Estimate> all) {
    return new Estimates(
        all.stream().mapToDouble(Estimate::p).toArray(),
        all.stream().mapToDouble(Estimate::weight).toArray(),
        i -> all.get(i).note(),
        null,
        null,
        null);
  }

  /** No evidence about any of {@code size} experts. */
  public static Estimates none(int size) {
    double[] p = new double[size];
    Arrays.fill(p, Estimate.NONE.p());
    return new Estimates(p, new double[size], i -> "", null, null, null);
  }

  /**
   * The same with 80 % intervals.
   *
   * @param low lower ends, at most {@code p}
   * @param high upper ends, at least {@code p}
   */
  public Estimates between(double[] low, double[] high) {
    return new Estimates(p, weight, note, low, high, why);
  }

  /** The same, explained by the estimators it was made from. */
  public Estimates because(IntFunction<List<Forecast.Reason>> reasons) {
    return new Estimates(p, weight, note, low, high, reasons);
  }

  /** These estimates at other places; a negative place knows nothing. */
  public Estimates at(int[] places) {
    double[] chances = new double[places.length];
    double[] weights = new double[places.length];
    double[] lows = new double[places.length];
    double[] highs = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      int place = places[i];
      chances[i] = place < 0 ? Estimate.NONE.p() : p[place];
      weights[i] = place < 0 ? 0 : weight[place];
      lows[i] = place < 0 ? 0 : low(place);
      highs[i] = place < 0 ? 1 : high(place);
    }
    return new Estimates(
        chances,
        weights,
        i -> places[i] < 0 ? "no records" : note.apply(places[i]),
        lows,
        highs,
        why == null ? null : i -> places[i] < 0 ? List.of() : why.apply(places[i]));
  }

  /** Lower end of the 80 % interval of the expert at a seat; 0 where none was given. */
  public double low(int seat) {
    return low == null ? 0 : low[seat];
  }

  /** Upper end of it; 1 where none was given. */
  public double high(int seat) {
    return high == null ? 1 : high[seat];
  }

  /** What stands behind the estimate at a seat: the say of each part, or its own. */
  public List<Forecast.Reason> why(int seat, String name) {
    return why == null
        ? List.of(new Forecast.Reason(name, p[seat], weight[seat], note.apply(seat)))
        : why.apply(seat);
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
