package io.consilium.bench.tools;

import io.consilium.expert.Json;

/**
 * One number of the report.
 *
 * @param pool whose
 * @param row of what
 * @param metric which
 * @param value the mean over requests
 * @param lo lower end of its 95 % bootstrap interval
 * @param hi upper end
 * @param diff the difference to {@code bm25}, of the same requests
 * @param diffLo lower end of its 95 % bootstrap interval
 * @param diffHi upper end
 * @param n requests asked
 */
record ToolFigure(
    String pool,
    ToolRow row,
    ToolMetric metric,
    double value,
    double lo,
    double hi,
    double diff,
    double diffLo,
    double diffHi,
    int n) {
  /** As one JSON line, in the form of the routing bench; nobody is called and nothing is paid. */
  String json() {
    var line = Json.object();
    line.put("bench", "tools").put("pool", pool);
    line.put("row", row.word()).put("metric", metric.word());
    line.put("value", rounded(value)).put("lo", rounded(lo)).put("hi", rounded(hi));
    line.put("diff", rounded(diff)).put("diff_lo", rounded(diffLo));
    line.put("diff_hi", rounded(diffHi));
    line.putNull("diff_table").putNull("diff_table_lo").putNull("diff_table_hi");
    line.put("n", n).put("calls", 0).put("usd", 0).putNull("cost").put("cost_unit", "");
    return line.toString();
  }

  private static double rounded(double value) {
    return Math.round(value * 1e9) / 1e9;
  }
}
