package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Metric;
import io.consilium.bench.routing.QualityBench;
import io.consilium.bench.routing.RoutingOptions;
import io.consilium.bench.routing.Row;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;

/** Makes one answer of several by every aggregator and plan, on recorded answers, and reports. */
public final class AggregationBench {
  private AggregationBench() {}

  /** Runs the bench; see {@code RoutingOptions.help}. */
  public static void run(String[] args) throws IOException {
    run(args, AggregationRows.all());
  }

  /** The same with these rows. */
  static void run(String[] args, List<Row> rows) throws IOException {
    var options = RoutingOptions.parse("aggregation", rows, args);
    QualityBench.run(
        "aggregation",
        options,
        rows,
        Collections.unmodifiableSet(
            EnumSet.of(
                Metric.ACCURACY,
                Metric.MACRO_ACCURACY,
                Metric.ROUTED_GAP,
                Metric.COVERAGE,
                Metric.ERROR,
                Metric.AURC,
                Metric.ALL_WRONG,
                Metric.ALL_WRONG_FORECAST,
                Metric.MAJORITY_WRONG,
                Metric.MAJORITY_WRONG_FORECAST)),
        spent -> new AggregationReport(options, LocalDate.now(ZoneOffset.UTC), rows, spent));
  }
}
