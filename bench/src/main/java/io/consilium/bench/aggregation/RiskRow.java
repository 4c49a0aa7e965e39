package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Metric;
import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Practice;
import io.consilium.bench.routing.Row;
import io.consilium.router.fit.Method;
import io.consilium.router.planner.RiskContract;
import java.util.Map;

/**
 * The risk contract: the panel's answer where it is sure enough that at most a share {@code risk}
 * of the answers given is wrong, and none elsewhere.
 */
record RiskRow(String name, Method method, double risk) implements Row {
  @Override
  public String input() {
    return "as panel_k5; the least P(right) that kept the contract on the training questions";
  }

  @Override
  public boolean random() {
    return method.random();
  }

  @Override
  public boolean sweeps() {
    return false;
  }

  @Override
  public Fitted fit(Part part, long seed) {
    var practice = Practice.of(part, seed, method);
    var rehearsed = PanelRow.rehearsed(practice);
    var planner = PanelRow.planner(practice, rehearsed);
    var planning = practice.best(planner);
    double minimum =
        RiskContract.minimum(rehearsed.p(), rehearsed.right(), risk)
            .orElse(Double.POSITIVE_INFINITY);
    return question -> {
      var played = practice.test(question, planning, planner.nextStep(), 0);
      var served = played.played().served();
      return new Once(
          new Served(served.correct(), served.cost(), served.calls(), played.p()),
          Map.of(Metric.COVERAGE, played.p() >= minimum ? 1.0 : 0.0));
    };
  }
}
