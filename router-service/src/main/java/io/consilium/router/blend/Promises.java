package io.consilium.router.blend;

import io.consilium.expert.Roster;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Rosters;
import io.consilium.router.fit.Training;
import io.consilium.router.planner.RiskContract;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How forecasts of held-out questions kept their word: for some thresholds, the most that the error
 * of all forecasts at or above it may be, with 90 % confidence. Held for the expert forecast best,
 * for who looks best is flattered most, and for any that was observed, for a policy may choose a
 * cheaper one: a threshold must do for both.
 *
 * @param best of the most promising expert of each question
 * @param any of an expert drawn by the question
 */
public record Promises(Bounds best, Bounds any) {
  /** So many thresholds are enough. */
  private static final int MOST = 200;

  private static final double CONFIDENCE = 0.9;

  /**
   * Bounds of the error.
   *
   * @param from thresholds, falling
   * @param error the most that it may be from there on
   */
  public record Bounds(double[] from, double[] error) {
    /** Nothing is known of any. */
    static final Bounds NONE = new Bounds(new double[0], new double[0]);

    /**
     * Of what was practised in some settings: the most that the error may be in any of them. One in
     * which nothing was answered breaks no promise.
     *
     * @param minimums thresholds, falling
     * @param given answers that were given, by threshold and setting
     * @param wrong those of them that were wrong
     */
    static Bounds of(double[] minimums, int[][] given, int[][] wrong) {
      double[] error = new double[minimums.length];
      for (int m = 0; m < error.length; m++) {
        int[] all = given[m];
        int[] amiss = wrong[m];
        error[m] =
            IntStream.range(0, all.length)
                .filter(s -> all[s] > 0)
                .mapToDouble(s -> RiskContract.upperBound(amiss[s], all[s], CONFIDENCE))
                .max()
                .orElse(1);
      }
      return new Bounds(minimums.clone(), error);
    }

    private static Bounds of(List<Promise> promises) {
      var sorted =
          promises.stream().sorted(Comparator.comparingDouble(Promise::p).reversed()).toList();
      int step = Math.max(1, sorted.size() / MOST);
      List<Double> from = new ArrayList<>();
      List<Double> error = new ArrayList<>();
      int wrong = 0;
      for (int n = 1; n <= sorted.size(); n++) {
        wrong += sorted.get(n - 1).kept ? 0 : 1;
        boolean last = n == sorted.size() || sorted.get(n).p < sorted.get(n - 1).p;
        if (last && (n % step == 0 || n == sorted.size())) {
          from.add(sorted.get(n - 1).p);
          error.add(RiskContract.upperBound(wrong, n, CONFIDENCE));
        }
      }
      return new Bounds(
          from.stream().mapToDouble(Double::doubleValue).toArray(),
          error.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The least threshold at which the error stays at most {@code risk}; empty when none does. */
    OptionalDouble least(double risk) {
      for (int i = from.length - 1; i >= 0; i--) {
        if (error[i] <= risk) {
          return OptionalDouble.of(from[i]);
        }
      }
      return OptionalDouble.empty();
    }
  }

  private record Promise(double p, boolean kept) {}

  /**
   * Looks how forecasts were kept.
   *
   * @param estimator had not seen the held-out questions
   * @param held their rows
   */
  public static Promises of(Estimator estimator, Training training, int[] held) {
    var records = training.records();
    Roster roster = Rosters.of(records.experts());
    List<Promise> best = new ArrayList<>();
    List<Promise> any = new ArrayList<>();
    for (int item : held) {
      var said = estimator.estimate(training.profiles().get(item), roster);
      int top = -1;
      int[] observed = new int[said.size()];
      int count = 0;
      for (int e = 0; e < said.size(); e++) {
        if (records.known(item, e)) {
          observed[count++] = e;
          top = top < 0 || said.p(e) > said.p(top) ? e : top;
        }
      }
      if (count > 0) {
        int drawn = observed[Math.floorMod(records.items().get(item).id().hashCode(), count)];
        best.add(new Promise(said.p(top), records.correct(item, top) > 0.5));
        any.add(new Promise(said.p(drawn), records.correct(item, drawn) > 0.5));
      }
    }
    return new Promises(Bounds.of(best), Bounds.of(any));
  }

  /** The least forecast at which the error stays at most {@code risk}; empty when none does. */
  public OptionalDouble minimum(double risk) {
    var ofBest = best.least(risk);
    var ofAny = any.least(risk);
    return ofBest.isEmpty() || ofAny.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(ofBest.getAsDouble(), ofAny.getAsDouble()));
  }
}
