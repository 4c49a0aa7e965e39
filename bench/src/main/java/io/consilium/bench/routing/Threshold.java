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
    double[] gain = new double[field.size()];
    for (int question = 0; question < gain.length; question++) {
      gain[question] = tape.gain(question);
    }
    double n = gain.length;
    double weak = 0;
    double strong = 0;
    for (int question = 0; question < gain.length; question++) {
      weak += draw.times(question) * field.correct(question, 0) / n;
      strong += draw.times(question) * field.correct(question, 1) / n;
    }
    double area = 0;
    double lastShare = 0;
    double lastAccuracy = 0;
    for (int step = STEPS; step >= 0; step--) { // from no strong call to all
      double threshold = quantile(gain, order, draw, (double) step / STEPS);
      double share = 0;
      double accuracy = 0;
      for (int question = 0; question < gain.length; question++) {
        int times = draw.times(question);
        boolean dear = step == STEPS ? gain[question] > threshold : gain[question] >= threshold;
        share += dear ? times / n : 0;
        accuracy += times * field.correct(question, dear ? 1 : 0) / n;
      }
      area += step == STEPS ? 0 : (share - lastShare) * (accuracy + lastAccuracy) / 2;
      lastShare = share;
      lastAccuracy = accuracy;
    }
    return (area - weak) / (strong - weak);
  }

  /** The quantile of the drawn values, linear between neighbours. */
  private static double quantile(double[] values, int[] order, Draw draw, double share) {
    double position = share * (values.length - 1);
    long below = (long) Math.floor(position);
    double lower = Double.NaN;
    long passed = 0;
    for (int question : order) {
      int times = draw.times(question);
      if (times == 0) {
        continue;
      }
      passed += times;
      if (Double.isNaN(lower) && passed > below) {
        lower = values[question];
      }
      if (passed > below + 1) {
        return lower + (position - below) * (values[question] - lower);
      }
    }
    return lower;
  }
}
