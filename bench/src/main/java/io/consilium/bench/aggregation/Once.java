package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Metric;
import io.consilium.bench.routing.Row;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The turn of a row that serves a question in one way, whatever price counts. */
record Once(Row.Served served, Map<Metric, Double> notes) implements Row.Turn {
  static Once of(Row.Served served) {
    return new Once(served, Map.of());
  }

  @Override
  public double @Nullable [] scores() {
    return null;
  }

  @Override
  public Row.Served serve(double lambda) {
    return served;
  }
}
