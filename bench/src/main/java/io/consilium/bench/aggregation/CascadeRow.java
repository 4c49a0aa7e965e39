package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Pool;
import io.consilium.bench.routing.Practice;
import io.consilium.bench.routing.Row;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.router.fit.Method;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CascadeStep;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cascade to one strong expert that may cost so much on average: cheap ones first, the strong one
 * where what asking it is expected to gain is worth its price. The worth of a right answer is
 * fitted, so that the training questions come to the budget.
 *
 * @param budget mean price of a question, in dollars
 */
record CascadeRow(String name, Method method, String strong, double budget) implements Row {
  /** Cheap is what costs at most this share of the strong one's price. */
  private static final double CHEAP = 0.15;

  private static final int CHEAP_ONES = 4;
  private static final int STEPS = 12;
  private static final double DEAREST = 4_000;

  @Override
  public String input() {
    return "forecasts out of fold; how experts failed together; a price that keeps a budget";
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
    var members = members(part, strong);
    var practice = Practice.of(part, seed, method);
    Practice.Planning planning =
        (forecasts, kind) -> new Practice.Made(new Plan.Cascade(members, 0, kind, List.of()), 0);
    var step = new CascadeStep(practice.foresight().coFailure(), AfterReplies.assumed());
    double low = 0;
    double high = DEAREST;
    for (int i = 0; i < STEPS; i++) {
      double middle = Math.sqrt((low + 1) * (high + 1)) - 1;
      if (cost(practice, planning, step, middle) > budget) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double lambda = high;
    var practised =
        new CascadeStep(
            practice.foresight().coFailure(), practice.rehearse(planning, step, lambda).after());
    return question -> {
      var played = practice.test(question, planning, practised, lambda);
      var served = played.played().served();
      return Once.of(new Served(served.correct(), served.cost(), served.calls(), played.p()));
    };
  }

  private static double cost(
      Practice practice, Practice.Planning planning, NextStep step, double lambda) {
    double sum = 0;
    for (int row = 0; row < practice.trained(); row++) {
      sum += practice.train(row, planning, step, lambda).played().served().cost();
    }
    return sum / practice.trained();
  }

  /** The cheap ones most often right on the training questions, and the strong one. */
  static List<String> members(Part part, String strong) {
    int last = part.train().experts().indexOf(strong);
    if (part.pool() != Pool.NO_O1_28 || last < 0) {
      throw new IllegalArgumentException("it is measured in no-o1-28 only, whose prices are known");
    }
    double[] means = part.trainMeans();
    double[] prices = part.trainPrices();
    var cheap =
        IntStream.range(0, means.length)
            .filter(e -> e != last && prices[e] <= CHEAP * prices[last])
            .boxed()
            .sorted(Comparator.comparingDouble((Integer e) -> -means[e]))
            .limit(CHEAP_ONES)
            .map(part.train().experts()::get);
    return Stream.concat(cheap, Stream.of(strong)).toList();
  }
}
