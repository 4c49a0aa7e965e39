package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Practice;
import io.consilium.bench.routing.Row;
import io.consilium.router.Planner;
import io.consilium.router.fit.Method;
import io.consilium.router.planner.AfterReplies;

/**
 * The planner's best programme of at most five calls where price does not count: experts are asked
 * one after another, until asking the rest is not worth a call.
 */
record PanelRow(String name, Method method) implements Row {
  @Override
  public String input() {
    return "forecasts out of fold; how experts failed together; answers of those asked before";
  }

  @Override
  public boolean random() {
    return method.random();
  }

  @Override
  public boolean sweeps() {
    return false;
  }

  /** What panels came to on the training part. */
  static Practice.Rehearsed rehearsed(Practice practice) {
    var first = new Planner(0, 0.05, practice.foresight().coFailure(), AfterReplies.assumed());
    return practice.rehearse(practice.best(first), first.nextStep(), 0);
  }

  /** The planner with what was learnt of panels on the training part. */
  static Planner planner(Practice practice, Practice.Rehearsed rehearsed) {
    return new Planner(0, 0.05, practice.foresight().coFailure(), rehearsed.after());
  }

  @Override
  public Fitted fit(Part part, long seed) {
    var practice = Practice.of(part, seed, method);
    var planner = planner(practice, rehearsed(practice));
    var planning = practice.best(planner);
    return question -> {
      var played = practice.test(question, planning, planner.nextStep(), 0);
      var served = played.played().served();
      return Once.of(new Served(served.correct(), served.cost(), served.calls(), played.p()));
    };
  }
}
