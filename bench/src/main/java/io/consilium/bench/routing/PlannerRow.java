package io.consilium.bench.routing;

import io.consilium.router.Planner;
import io.consilium.router.fit.Method;
import io.consilium.router.planner.AfterReplies;
import java.util.Arrays;

/**
 * The planner over the forecasts of a method: the most useful of all experts alone and of the best
 * cascade, played on recorded answers. How experts fail together, what each costs on a kind of
 * question, and P(correct) after replies are learnt on the training part, from forecasts made out
 * of fold.
 *
 * @param method whose forecasts it plans with
 * @param heldOut whose out-of-fold forecasts it learns from: the same, or one much like it that is
 *     quicker to fit
 */
record PlannerRow(String name, Method method, Method heldOut) implements Row {
  /** Prices, in units of the dearest expert, at which training cascades are played. */
  private static final double[] TRAINING_PRICES = {0.02, 0.1, 0.3};

  @Override
  public String input() {
    return method.input() + ", answers of others";
  }

  @Override
  public boolean random() {
    return method.random();
  }

  @Override
  public boolean forecasts() {
    return true;
  }

  @Override
  public Fitted fit(Part part, long seed) {
    var practice = Practice.of(part, seed, method, heldOut);
    var foresight = practice.foresight();
    double dearest = Arrays.stream(part.trainPrices()).filter(usd -> usd > 0).max().orElse(0);
    double[] lambdas =
        Arrays.stream(TRAINING_PRICES).map(share -> dearest == 0 ? 0 : share / dearest).toArray();
    var novice = new Planner(0, 0.05, foresight.coFailure(), AfterReplies.assumed());
    var planner = new Planner(0, 0.05, foresight.coFailure(), practice.after(novice, lambdas));
    var nextStep = planner.nextStep();
    return question ->
        new Turn() {
          @Override
          public double[] scores() {
            return foresight.forecasts()[question];
          }

          @Override
          public Served serve(double lambda) {
            var played = practice.test(question, practice.best(planner, lambda), nextStep, lambda);
            var served = played.played().served();
            return new Served(served.correct(), served.cost(), served.calls(), played.p());
          }
        };
  }
}
