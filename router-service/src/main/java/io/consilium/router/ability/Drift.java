package io.consilium.router.ability;

/**
 * Notices that an expert no longer does as forecast: two cumulative sums of standardised forecast
 * residuals (CUSUM: Page, "Continuous Inspection Schemes", 1954), one for worse and one for better.
 * One per expert version. Immutable.
 *
 * @param worse what has piled up on the side of doing worse than forecast
 * @param better the same for doing better
 */
public record Drift(double worse, double better) {
  /** Nothing has piled up. */
  public static final Drift NONE = new Drift(0, 0);

  /** Residuals smaller than this, in standard deviations, never pile up. */
  static final double SLACK = 0.2;

  /** What must pile up; false alarms are then thousands of outcomes apart. */
  public static final double ALARM = 15;

  private static final double EXTREME = 0.02;

  /**
   * After an outcome.
   *
   * @param p P(correct) as forecast before it
   * @param correct 0 to 1
   */
  public Drift after(double p, double correct) {
    double bounded = Math.clamp(p, EXTREME, 1 - EXTREME); // one surprise must not be an alarm
    double residual = (correct - bounded) / Math.sqrt(bounded * (1 - bounded));
    return new Drift(Math.max(0, worse - residual - SLACK), Math.max(0, better + residual - SLACK));
  }

  /** Whether the expert has changed, as far as can be told. */
  public boolean fired() {
    return worse > ALARM || better > ALARM;
  }
}
