package io.consilium.bench.routing;

import java.util.List;

/** Every row of the report, in its order. A new estimator or planner is one line here. */
final class Rows {
  private Rows() {}

  static List<Row> all() {
    return List.of(
        Baselines.random(),
        Baselines.bestSingle(),
        Baselines.taskTable("task_table"),
        Baselines.taskTable("task_table+label"),
        Baselines.oracle());
  }
}
