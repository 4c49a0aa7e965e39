package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Foresight;
import io.consilium.bench.routing.Metric;
import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Row;
import io.consilium.router.fit.Method;
import io.consilium.router.planner.CoFailure;
import java.util.List;
import java.util.Map;

/**
 * How often all experts of a pool, or most of them, are wrong together: as forecast before anybody
 * was asked, and as observed.
 *
 * @param independent whether experts are taken to fail independently, for comparison
 */
record JointRow(String name, Method method, boolean independent) implements Row {
  @Override
  public String input() {
    return independent
        ? "forecasts, as if experts failed independently"
        : "forecasts out of fold; how often experts failed together";
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
    var foresight = Foresight.of(part, seed, method);
    var joint =
        independent
            ? new CoFailure(Map.of("", new CoFailure.Kind(0, 0.5)), List.of(), new double[0][0])
            : foresight.coFailure();
    return question -> {
      int right = 0;
      for (int e = 0; e < part.experts(); e++) {
        right += part.test().correct(question, e) > 0.5 ? 1 : 0;
      }
      var kind = foresight.kinds().get(question);
      double[] p = foresight.forecasts()[question];
      boolean none = right == 0;
      boolean few = right <= (part.experts() - 1) / 2;
      return new Once(
          new Served(none ? 0 : 1, 0, part.experts(), Double.NaN),
          Map.of(
              Metric.ALL_WRONG,
              none ? 1.0 : 0.0,
              Metric.ALL_WRONG_FORECAST,
              joint.allWrong(kind, p),
              Metric.MAJORITY_WRONG,
              few ? 1.0 : 0.0,
              Metric.MAJORITY_WRONG_FORECAST,
              joint.majorityWrong(kind, p)));
    };
  }
}
