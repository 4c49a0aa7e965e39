package io.consilium.bench.routing;

/** One threshold between a weak and a strong expert (Ong et al., "RouteLLM", 2024). */
final class Threshold {
  private static final int STEPS = 10;

  private Threshold() {}

  /**
   * Average performance gap recovered: thresholds are the quantiles 0, 0.1 … 1 of the forecast
   * gain; the strong expert (second of the pool) serves what reaches the threshold, at the last one
   * what exceeds it; the area under accuracy over the share of strong calls, 0 at the weak expert's
   * accuracy and 1 at the strong one's.
   */
  static double apgr(Field field, Tape tape, Draw draw) {
    if (field.experts() != 2 || !tape.scored()) {
      return Double.NaN;
    }
    int[] order = tape.byGain();
    int n = order.length;
    double[] gain = new double[n]; // in rising order, as all of these
    double[] times = new double[n + 1]; // of the questions before
    double[] weak = new double[n + 1];
    double[] strong = new double[n + 1];
    for (int i = 0; i < n; i++) {
      int question = order[i];
      double drawn = draw.times(question);
      gain[i] = tape.gain(question);
      times[i + 1] = times[i] + drawn;
      weak[i + 1] = weak[i] + drawn * field.correct(question, 0);
      strong[i + 1] = strong[i] + drawn * field.correct(question, 1);
    }
    double area = 0;
    double lastShare = 0;
    double lastAccuracy = 0;
    for (int step = STEPS; step >= 0; step--) { // from no strong call to all
      double threshold = quantile(gain, times, (double) step / STEPS);
      int from = first(gain, threshold, step < STEPS);
      double share = (n - times[from]) / n;
      double accuracy = (weak[from] + strong[n] - strong[from]) / n;
      area += step == STEPS ? 0 : (share - lastShare) * (accuracy + lastAccuracy) / 2;
      lastShare = share;
      lastAccuracy = accuracy;
    }
    return (area - weak[n] / n) / ((strong[n] - weak[n]) / n);
  }

  /** The first place where a value reaches the threshold, or exceeds it. */
  private static int first(double[] rising, double threshold, boolean reaches) {
    int low = 0;
    int high = rising.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (reaches ? rising[middle] >= threshold : rising[middle] > threshold) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The quantile of the drawn values, linear between neighbours. */
  private static double quantile(double[] rising, double[] times, double share) {
    double position = share * (rising.length - 1);
    double below = Math.floor(position);
    double lower = rising[first(times, below, false) - 1];
    int next = first(times, below + 1, false);
    double upper = next > rising.length ? lower : rising[next - 1];
    return lower + (position - below) * (upper - lower);
  }
}
