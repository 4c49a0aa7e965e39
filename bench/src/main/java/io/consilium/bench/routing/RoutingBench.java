package io.consilium.bench.routing;

import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Fits every router on recorded outcomes, asks it the questions kept apart, and reports. */
public final class RoutingBench {
  private RoutingBench() {}

  /** Runs the bench; see {@code RoutingOptions.help}. */
  public static void run(String[] args) throws IOException {
    var options = RoutingOptions.parse("routing", Rows.all(), args);
    QualityBench.run(
        "routing",
        options,
        Rows.all(),
        Metric.ROUTING,
        spent -> new RoutingReport(options, LocalDate.now(ZoneOffset.UTC), spent));
  }
}
