package io.consilium.router.estimator;

import java.util.Arrays;

/**
 * Where to cut a set of questions in two so that experts' success on each side is told best. A cut
 * is found on two folds and kept only if it helps on the third.
 */
final class Splits {
  /** Fewer questions than this on a side tell nothing. */
  private static final int LEAST = 40;

  private static final int CUTS = 8;

  /** Noise that a side's sums must exceed, as pseudo-counts. */
  private static final double PSEUDO = 40;

  /**
   * A cut.
   *
   * @param feature -1 for none
   */
  record Split(int feature, double threshold) {}

  static final Split NONE = new Split(-1, 0);

  /** What a set of questions adds up to. */
  record Sums(double items, double level, double[] contrast, double[] count) {
    private static Sums none(int experts) {
      return new Sums(0, 0, new double[experts], new double[experts]);
    }

    private Sums plus(Sums other) {
      double[] contrasts = contrast.clone();
      double[] counts = count.clone();
      for (int e = 0; e < counts.length; e++) {
        contrasts[e] += other.contrast[e];
        counts[e] += other.count[e];
      }
      return new Sums(items + other.items, level + other.level, contrasts, counts);
    }

    private Sums minus(Sums other) {
      double[] contrasts = contrast.clone();
      double[] counts = count.clone();
      for (int e = 0; e < counts.length; e++) {
        contrasts[e] -= other.contrast[e];
        counts[e] -= other.count[e];
      }
      return new Sums(items - other.items, level - other.level, contrasts, counts);
    }

    /** Squared error saved by forecasting these outcomes by their own shrunk means. */
    private double saved() {
      double saved = level * level / (items + PSEUDO) * contrast.length;
      for (int e = 0; e < contrast.length; e++) {
        saved += contrast[e] * contrast[e] / (count[e] + PSEUDO);
      }
      return saved;
    }

    /** Squared error saved on {@code other} outcomes by these shrunk means. */
    private double saves(Sums other) {
      double own = level / (items + PSEUDO);
      double saved = (2 * own * other.level - own * own * other.items) * contrast.length;
      for (int e = 0; e < contrast.length; e++) {
        double mean = contrast[e] / (count[e] + PSEUDO);
        saved += 2 * mean * other.contrast[e] - mean * mean * other.count[e];
      }
      return saved;
    }
  }

  private Splits() {}

  static Sums sums(Residuals residuals, int[] rows) {
    double level = 0;
    double[] contrast = new double[residuals.experts()];
    double[] count = new double[residuals.experts()];
    for (int i : rows) {
      level += residuals.level()[i];
      for (int e = 0; e < count.length; e++) {
        if (!Double.isNaN(residuals.contrast()[i][e])) {
          contrast[e] += residuals.contrast()[i][e];
          count[e]++;
        }
      }
    }
    return new Sums(rows.length, level, contrast, count);
  }

  /** The best cut; {@link #NONE} when none helps on the held-out fold. */
  static Split best(Residuals residuals, double[][] features, int[] folds, int[] rows) {
    int[] seen = Arrays.stream(rows).filter(i -> folds[i] != 0).toArray();
    int[] unseen = Arrays.stream(rows).filter(i -> folds[i] == 0).toArray();
    if (seen.length < 2 * LEAST) {
      return NONE;
    }
    var all = sums(residuals, seen);
    double most = all.saved();
    var best = NONE;
    for (int f = 0; f < features[rows[0]].length; f++) {
      double[] cuts = cuts(features, seen, f);
      int feature = f;
      var low = Sums.none(residuals.experts());
      double from = Double.NEGATIVE_INFINITY;
      for (double cut : cuts) {
        double start = from;
        low =
            low.plus(
                sums(
                    residuals,
                    Arrays.stream(seen)
                        .filter(i -> features[i][feature] > start && features[i][feature] <= cut)
                        .toArray()));
        from = cut;
        var high = all.minus(low);
        double saved = low.saved() + high.saved();
        if (low.items() >= LEAST && high.items() >= LEAST && saved > most) {
          most = saved;
          best = new Split(f, cut);
        }
      }
    }
    return best.feature() >= 0 && helps(residuals, features, seen, unseen, best) ? best : NONE;
  }

  private static boolean helps(
      Residuals residuals, double[][] features, int[] seen, int[] unseen, Split split) {
    double cut = 0;
    for (boolean low : new boolean[] {true, false}) {
      var learnt = sums(residuals, side(features, seen, split, low));
      cut += learnt.saves(sums(residuals, side(features, unseen, split, low)));
    }
    return cut > sums(residuals, seen).saves(sums(residuals, unseen));
  }

  private static int[] side(double[][] features, int[] rows, Split split, boolean low) {
    return Arrays.stream(rows)
        .filter(i -> (features[i][split.feature()] <= split.threshold()) == low)
        .toArray();
  }

  /** Distinct cuts that leave about as many questions between any two. */
  private static double[] cuts(double[][] features, int[] rows, int feature) {
    double[] values = Arrays.stream(rows).mapToDouble(i -> features[i][feature]).sorted().toArray();
    double[] cuts = new double[CUTS];
    for (int c = 0; c < CUTS; c++) {
      cuts[c] = values[(c + 1) * (values.length - 1) / (CUTS + 1)];
    }
    return Arrays.stream(cuts).distinct().toArray();
  }
}
