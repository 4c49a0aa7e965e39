package io.consilium.router.estimator;

import io.consilium.expert.index.DotProduct;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.ArrayList;
import java.util.List;

/**
 * Likeness of the question to pilots: centroids of the questions each expert won, that is, answered
 * better than the pool did (RouterRetriever, Lee et al. 2024, arXiv 2409.02685, where the expert
 * with the highest mean similarity to its pilots serves). What an expert lost gives pilots as well,
 * and counts against it; one slope for all experts turns the difference into a chance.
 *
 * <p>Not where experts differ in strength rather than in subject: they then win the same questions.
 */
public final class PilotEstimator implements Method {
  private static final int PILOTS = 8;
  private static final DotProduct DOT = DotProduct.best();

  /**
   * What was learnt.
   *
   * @param toward per expert, the mean of its winning pilots less that of its losing ones, one row
   *     after the other; the dot product with it is the difference of mean similarities
   * @param centre per expert, the mean of that product over training questions
   * @param slope log-odds per unit of it
   */
  record State(
      List<String> experts,
      float[] toward,
      double[] centre,
      double slope,
      double[] mean,
      double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double[] p = new double[mean.length];
      double[] leaning = new double[mean.length];
      for (int e = 0; e < p.length; e++) {
        leaning[e] = DOT.of(vector, toward, e * vector.length) - centre[e];
        p[e] = Rates.chance(Shares.sigmoid(Shares.logit(mean[e]) + slope * leaning[e]));
      }
      return Estimates.of(
          p, weights.clone(), e -> "%+.3f towards what it wins".formatted(leaning[e]));
    }
  }

  @Override
  public String name() {
    return "pilot";
  }

  @Override
  public String input() {
    return "outcomes better or worse than the pool, question vectors";
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  static State state(Training training) {
    var residuals = Residuals.of(training.records());
    int experts = residuals.experts();
    int width = training.space().dimension();
    float[] toward = new float[experts * width];
    for (int e = 0; e < experts; e++) {
      add(toward, e, 1, pilots(training, residuals, e, 1));
      add(toward, e, -1, pilots(training, residuals, e, -1));
    }
    double[] centre = new double[experts];
    int n = training.vectors().size();
    double[][] leaning = new double[n][experts];
    for (int e = 0; e < experts; e++) {
      for (int i = 0; i < n; i++) {
        leaning[i][e] = DOT.of(training.vectors().get(i), toward, e * width);
        centre[e] += leaning[i][e] / n;
      }
    }
    for (double[] row : leaning) {
      for (int e = 0; e < experts; e++) {
        row[e] -= centre[e];
      }
    }
    return new State(
        List.copyOf(training.records().experts()),
        toward,
        centre,
        Slope.fit(training.records(), residuals.rates().mean(), leaning),
        residuals.rates().mean(),
        residuals.rates().weights());
  }

  /**
   * The questions where an expert did better (sign 1) or worse (-1) than the pool, as centroids.
   */
  private static Regions pilots(Training training, Residuals residuals, int expert, int sign) {
    List<float[]> chosen = new ArrayList<>();
    for (int i = 0; i < residuals.items(); i++) {
      if (sign * residuals.contrast()[i][expert] > 0.25) {
        chosen.add(training.vectors().get(i));
      }
    }
    return Regions.fit(chosen, training.space().likeness(), PILOTS, training.seed());
  }

  private static void add(float[] toward, int expert, int sign, Regions pilots) {
    int width = pilots.count() == 0 ? 0 : pilots.centroids().length / pilots.count();
    for (int r = 0; r < pilots.count(); r++) {
      for (int d = 0; d < width; d++) {
        toward[expert * width + d] +=
            (float) sign * pilots.centroids()[r * width + d] / pilots.count();
      }
    }
  }
}
