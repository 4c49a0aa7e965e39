package io.consilium.router.planner;

/**
 * How hard a question turns out for all experts alike: ε ~ N(0, s²), added to each expert's
 * log-odds and integrated by 15-point Gauss–Hermite quadrature. An expert's own forecast is kept:
 * its log-odds are shifted so that the mean over ε is the forecast again.
 */
final class SharedEffect {
  /** Points of the quadrature. */
  static final int POINTS = 15;

  private static final double[] HALF = {
    0.0,
    0.799129068324548,
    1.6067100690287297,
    2.432436827009758,
    3.2890824243987664,
    4.1962077112690155,
    5.190093591304781,
    6.363947888829839
  };

  private static final double[] HALF_WEIGHTS = {
    0.31825951825951815,
    0.23246229360973225,
    0.08941779539984437,
    0.017365774492137616,
    0.001567357503549956,
    5.642146405189029e-05,
    5.975419597920599e-07,
    8.589649899633252e-10
  };

  private static final double[] NODES = new double[POINTS];
  private static final double[] WEIGHTS = new double[POINTS];

  static {
    for (int i = 0; i < POINTS; i++) {
      int from = Math.abs(i - POINTS / 2);
      NODES[i] = i < POINTS / 2 ? -HALF[from] : HALF[from];
      WEIGHTS[i] = HALF_WEIGHTS[from];
    }
  }

  /** A forecast nearer to 0 or 1 than this is taken as this: nothing is that sure. */
  private static final double EDGE = 0.005;

  private static final int STEPS = 4;

  private SharedEffect() {}

  /** The weight of a point; they sum to 1. */
  static double weight(int point) {
    return WEIGHTS[point];
  }

  /**
   * P(correct) at each point of an expert whose forecast is {@code p}; their weighted mean is
   * {@code p}, kept {@value #EDGE} away from 0 and 1.
   *
   * @param spread s, 0 or more
   */
  static double[] curve(double p, double spread) {
    double kept = Math.clamp(p, EDGE, 1 - EDGE);
    double logit = Math.log(kept / (1 - kept));
    double mean = logit * Math.sqrt(1 + Math.PI * spread * spread / 8);
    double[] curve = new double[POINTS];
    for (int step = 0; step <= STEPS; step++) {
      double value = 0;
      double slope = 0;
      for (int i = 0; i < POINTS; i++) {
        double q = 1 / (1 + Math.exp(-(mean + spread * NODES[i])));
        curve[i] = q;
        value += WEIGHTS[i] * q;
        slope += WEIGHTS[i] * q * (1 - q);
      }
      double off = value - kept;
      if (Math.abs(off) < 1e-7) {
        break;
      }
      mean -= off / slope;
    }
    return curve;
  }
}
