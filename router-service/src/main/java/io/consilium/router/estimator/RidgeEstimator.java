package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.List;

/**
 * A straight line from the question's vector to each expert's success: the plainest router that
 * reads the text, and hard to beat (Hoerl and Kennard, "Ridge Regression", 1970; as a router in
 * RouteLLM's and CARROT's comparisons). Level and contrast have penalties of their own, chosen on
 * held-out folds: who is better than the others can be learnt far less surely than what is hard.
 *
 * <p>Not for records of fewer than a few hundred questions: the line then hardly leaves the mean.
 */
public final class RidgeEstimator implements Method {
  private static final double[] LEVEL = {3, 10, 25};
  private static final double[] CONTRAST = {75, 250};

  /**
   * What was learnt.
   *
   * @param means of each expert
   * @param weights of the evidence about each
   */
  record State(
      List<String> experts, double[] means, double[] weights, Linear level, Linear contrast)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double ease = level.of(vector)[0];
      double[] better = contrast.of(vector);
      double[] p = new double[means.length];
      for (int e = 0; e < p.length; e++) {
        p[e] = Rates.chance(means[e] + ease + better[e]);
      }
      return Estimates.of(p, weights, e -> "ease %+.2f, contrast %+.3f".formatted(ease, better[e]));
    }
  }

  @Override
  public String name() {
    return "ridge";
  }

  @Override
  public String input() {
    return "outcomes split into level and contrast, question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    var records = training.records();
    var residuals = Residuals.of(records);
    double[][] level = new double[residuals.items()][1];
    for (int i = 0; i < level.length; i++) {
      level[i][0] = residuals.level()[i];
    }
    var state =
        new State(
            List.copyOf(records.experts()),
            residuals.rates().mean(),
            residuals.rates().weights(),
            line(training, level, LEVEL, 1),
            line(training, residuals.contrast(), CONTRAST, residuals.experts()));
    return new FittedEstimator(name(), training.space(), state);
  }

  private static Linear line(
      Training training, double[][] targets, double[] penalties, int functions) {
    return targets.length == 0
        ? Linear.constant(new double[functions], training.space().dimension())
        : Ridge.fit(training, targets, penalties).linear();
  }
}
