package io.consilium.bench.routing;

import io.consilium.expert.Json;

/**
 * One number of the report.
 *
 * @param pool whose
 * @param row of what
 * @param metric which
 * @param value measured; NaN when there is none (a saving that no setting reaches)
 * @param lo lower end of its 95 % bootstrap interval
 * @param hi upper end
 * @param single the difference to {@code best_single}
 * @param table the difference to {@code task_table}
 * @param n questions asked
 * @param calls mean calls per question at λ = 0
 * @param cost mean cost per question at λ = 0, in {@code unit}; NaN when unknown
 * @param unit of the cost; empty when there is none
 */
public record Figure(
    String pool,
    String row,
    Metric metric,
    double value,
    double lo,
    double hi,
    Gap single,
    Gap table,
    int n,
    double calls,
    double cost,
    String unit) {

  /**
   * A paired difference.
   *
   * @param value this row's figure less the other's
   * @param lo lower end of its 95 % bootstrap interval
   * @param hi upper end
   */
  public record Gap(double value, double lo, double hi) {
    /** Whether the interval excludes 0 on the side that is better. */
    public boolean better(Metric metric) {
      return metric.lossy() ? hi < 0 : lo > 0;
    }
  }

  /**
   * As one JSON line.
   *
   * @param bench which made it
   */
  public String json(String bench) {
    var line = Json.object();
    line.put("bench", bench).put("pool", pool).put("row", row).put("metric", metric.word());
    number(line, "value", value);
    number(line, "lo", lo);
    number(line, "hi", hi);
    number(line, "diff", single.value);
    number(line, "diff_lo", single.lo);
    number(line, "diff_hi", single.hi);
    number(line, "diff_table", table.value);
    number(line, "diff_table_lo", table.lo);
    number(line, "diff_table_hi", table.hi);
    line.put("n", n);
    number(line, "calls", calls);
    number(line, "usd", unit.equals("usd") ? cost : 0);
    number(line, "cost", cost);
    line.put("cost_unit", unit);
    return line.toString();
  }

  private static void number(
      tools.jackson.databind.node.ObjectNode line, String name, double value) {
    if (Double.isFinite(value)) {
      line.put(name, Math.round(value * 1e9) / 1e9);
    } else {
      line.putNull(name);
    }
  }
}
