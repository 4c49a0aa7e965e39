package io.consilium.router.ability;

/** How much harder a question is than its text tells: ε ~ N(0, σ_b²), shared by all experts. */
final class ItemResidual {
  private static final int POINTS = 15;
  private static final double[] AT = new double[POINTS];
  private static final double[] MASS = new double[POINTS];

  private ItemResidual() {}

  static {
    double sum = 0;
    for (int i = 0; i < POINTS; i++) {
      AT[i] = (i - POINTS / 2) * 0.5;
      MASS[i] = Math.exp(-AT[i] * AT[i] / 2);
      sum += MASS[i];
    }
    for (int i = 0; i < POINTS; i++) {
      MASS[i] /= sum;
    }
  }

  /**
   * The likeliest σ_b of questions that were not learnt from, in steps of a quarter up to 3.
   *
   * @param logOdds per question and expert: as forecast, residual averaged over
   * @param correct per question and expert; NaN where not observed
   */
  static double deviation(double[][] logOdds, double[][] correct) {
    double best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int quarter = 0; quarter <= 12; quarter++) {
      double deviation = quarter / 4.0;
      double sharpness = Math.sqrt(Probit.stretch(deviation * deviation));
      double total = 0;
      for (int i = 0; i < logOdds.length; i++) {
        total += marginal(logOdds[i], correct[i], deviation, sharpness);
      }
      if (total > most + 1e-9) {
        most = total;
        best = deviation;
      }
    }
    return best;
  }

  private static double marginal(
      double[] logOdds, double[] correct, double deviation, double sharpness) {
    double[] each = new double[POINTS];
    double most = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < POINTS; j++) {
      double sum = Math.log(MASS[j]);
      for (int e = 0; e < logOdds.length; e++) {
        if (!Double.isNaN(correct[e])) {
          double x = sharpness * logOdds[e] - deviation * AT[j];
          sum += correct[e] * x - AbilityNet.softplus(x);
        }
      }
      each[j] = sum;
      most = Math.max(most, sum);
    }
    double sum = 0;
    for (double value : each) {
      sum += Math.exp(value - most);
    }
    return most + Math.log(sum);
  }
}
