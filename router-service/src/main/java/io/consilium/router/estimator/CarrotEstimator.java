package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.List;

/**
 * Plug-in estimates of both correctness and cost for every expert (CARROT, Somerstep et al. 2025,
 * arXiv 2502.03261): one multi-output regression on the question for each, used as if they were
 * true. Costs are regressed in logarithms, with half the residual variance added back for the mean.
 * The paper fine-tunes an encoder or takes neighbours; here linear heads sit on the frozen vectors.
 *
 * <p>Not where experts are many and records few: correctness is fitted for each expert by itself.
 */
public final class CarrotEstimator implements Method {
  /**
   * What was learnt.
   *
   * @param correct P(correct) of each expert
   * @param price the logarithm of the mean cost of each expert
   * @param priced whether any price of the expert is on record
   */
  record State(
      List<String> experts, Linear correct, Linear price, boolean[] priced, double[] weights)
      implements FittedState, PriceForecast {
    @Override
    public Estimates at(float[] vector) {
      double[] p = correct.of(vector);
      for (int e = 0; e < p.length; e++) {
        p[e] = Rates.chance(p[e]);
      }
      return Estimates.of(p, weights.clone(), e -> "");
    }

    @Override
    public double[] usd(float[] vector) {
      double[] usd = price.of(vector);
      for (int e = 0; e < usd.length; e++) {
        usd[e] = priced[e] ? Math.exp(usd[e]) : Double.NaN;
      }
      return usd;
    }
  }

  /** Below this a price counts as this: logarithms of nothing do not exist. */
  private static final double LEAST = 1e-9;

  @Override
  public String name() {
    return "carrot";
  }

  @Override
  public String input() {
    return "outcomes and prices expert by expert, question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  static State state(Training training) {
    var records = training.records();
    int experts = records.experts().size();
    int items = records.items().size();
    double[][] correct = new double[items][experts];
    double[][] price = new double[items][experts];
    boolean[] priced = new boolean[experts];
    boolean any = false;
    for (int i = 0; i < items; i++) {
      for (int e = 0; e < experts; e++) {
        correct[i][e] = records.correct(i, e);
        double usd = records.usd(i, e);
        price[i][e] = Double.isNaN(usd) ? Double.NaN : Math.log(Math.max(usd, LEAST));
        priced[e] |= !Double.isNaN(usd);
        any |= priced[e];
      }
    }
    var right = Ridge.fit(training, correct, Ridge.PENALTIES);
    int width = training.space().dimension();
    var cost =
        any
            ? inMean(Ridge.fit(training, price, Ridge.PENALTIES), price)
            : Linear.constant(new double[experts], width);
    return new State(
        List.copyOf(records.experts()),
        items == 0 ? Linear.constant(Rates.of(records).mean(), width) : right.linear(),
        cost,
        priced,
        Rates.of(records).weights());
  }

  /** The mean of a log-normal lies half a variance above its middle. */
  private static Linear inMean(Ridge ridge, double[][] price) {
    double[] bias = ridge.linear().bias().clone();
    for (int e = 0; e < bias.length; e++) {
      double squares = 0;
      int n = 0;
      for (int i = 0; i < price.length; i++) {
        double residual = price[i][e] - ridge.heldOut()[i][e];
        if (!Double.isNaN(residual)) {
          squares += residual * residual;
          n++;
        }
      }
      bias[e] += n == 0 ? 0 : squares / n / 2;
    }
    return new Linear(ridge.linear().weights(), bias);
  }
}
