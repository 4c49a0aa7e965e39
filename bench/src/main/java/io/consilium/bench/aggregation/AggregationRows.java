package io.consilium.bench.aggregation;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.strategy.MajorityVote;
import io.consilium.aggregator.strategy.WeightedVote;
import io.consilium.bench.routing.Baselines;
import io.consilium.bench.routing.Foresight;
import io.consilium.bench.routing.Row;
import io.consilium.router.blend.BlendEstimator;
import io.consilium.router.fit.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Every row of the report, in its order. A new aggregator or plan is one line here. */
final class AggregationRows {
  private static final int FIVE = 5;
  private static final String SONNET = "claude-3-5-sonnet-20241022";

  private AggregationRows() {}

  static List<Row> all() {
    return all(BlendEstimator.standard());
  }

  /** The rows that forecast by this method. */
  static List<Row> all(Method method) {
    List<Row> rows = new ArrayList<>();
    rows.addAll(
        List.of(
            Baselines.random(),
            Baselines.bestSingle(),
            Baselines.taskTable("task_table"),
            Baselines.oracle(),
            everybody("plurality", "every expert's answer", new MajorityVote()),
            byTable("vote3+label", 3, new WeightedVote()),
            byTable("vote5+label", FIVE, new WeightedVote()),
            byForecast("majority5", method, new MajorityVote()),
            byForecast("vote5", method, new WeightedVote()),
            new InformativeRow("informative5", FIVE)));
    rows.addAll(FittedVotes.rows(method));
    rows.addAll(
        List.of(
            new AgreementRow("agreement_cascade", method),
            new UnanimityRow("unanimity", method, SONNET),
            new PanelRow("panel_k5", method),
            new CascadeRow("cascade_b1", method, SONNET, 0.00125),
            new CascadeRow("cascade_b2", method, SONNET, 0.0008),
            new RiskRow("risk_5", method, 0.05),
            new JointRow("joint_success", method, false),
            new JointRow("joint_independent", method, true)));
    return rows;
  }

  private static Row everybody(String name, String input, Aggregator aggregator) {
    return new VoteRow(
        name,
        input,
        false,
        (part, seed) -> {
          double[] means = part.trainMeans();
          int[] all = IntStream.range(0, means.length).toArray();
          return new VoteRow.Panel(question -> all, question -> means, aggregator);
        });
  }

  /** Those best in the category, which it is told, as many as given. */
  private static Row byTable(String name, int size, Aggregator aggregator) {
    return new VoteRow(
        name,
        "category given: mean per expert and category",
        false,
        (part, seed) -> {
          var table = Table.of(part);
          return new VoteRow.Panel(
              question -> likeliest(table.apply(question), size), table, aggregator);
        });
  }

  /** The five likeliest by forecast. */
  private static Row byForecast(String name, Method method, Aggregator aggregator) {
    return new VoteRow(
        name,
        "forecasts",
        method.random(),
        (part, seed) -> {
          double[][] p = Foresight.of(part, seed, method).forecasts();
          return new VoteRow.Panel(
              question -> likeliest(p[question], FIVE), question -> p[question], aggregator);
        });
  }

  /** The likeliest, first one first; of two alike the earlier. */
  static int[] likeliest(double[] p, int size) {
    return IntStream.range(0, p.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer e) -> -p[e]))
        .limit(size)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
