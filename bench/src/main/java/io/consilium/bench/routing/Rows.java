package io.consilium.bench.routing;

import io.consilium.router.ability.AbilityEstimator;
import io.consilium.router.blend.BlendEstimator;
import io.consilium.router.estimator.Methods;
import io.consilium.router.estimator.RidgeEstimator;
import java.util.ArrayList;
import java.util.List;

/** Every row of the report, in its order. A new estimator or planner is one line here. */
final class Rows {
  private Rows() {}

  static List<Row> all() {
    List<Row> rows =
        new ArrayList<>(
            List.of(
                Baselines.random(),
                Baselines.bestSingle(),
                Baselines.taskTable("task_table"),
                Baselines.taskTable("task_table+label"),
                Baselines.oracle()));
    Methods.all().forEach(method -> rows.add(EstimatorRow.of(method)));
    rows.add(EstimatorRow.of(new AbilityEstimator()));
    rows.add(EstimatorRow.of(BlendEstimator.standard()));
    rows.add(LabelledRow.of(BlendEstimator.standard()));
    rows.add(new PlannerRow("planner", BlendEstimator.standard(), new RidgeEstimator()));
    return rows;
  }
}
