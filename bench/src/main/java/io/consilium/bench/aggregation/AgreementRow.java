package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Practice;
import io.consilium.bench.routing.Row;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.router.fit.Method;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Agreement-based cascading (Kolawole et al., arXiv 2407.02348): the likeliest five are asked one
 * after another until two agree.
 */
record AgreementRow(String name, Method method) implements Row {
  private static final int FIVE = 5;

  @Override
  public String input() {
    return "forecasts";
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
    Practice.Planning planning =
        (forecasts, kind) -> {
          double[] p = forecasts.stream().mapToDouble(each -> each.p()).toArray();
          var members =
              IntStream.of(AggregationRows.likeliest(p, FIVE))
                  .mapToObj(e -> forecasts.get(e).expert())
                  .toList();
          return new Practice.Made(new Plan.Cascade(members, 0, kind, List.of()), Double.NaN);
        };
    return question -> {
      var served = practice.test(question, planning, NextStep.agreement(), 0).played().served();
      return Once.of(new Served(served.correct(), served.cost(), served.calls(), Double.NaN));
    };
  }
}
