package io.consilium.bench.aggregation;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.fit.Abilities;
import io.consilium.aggregator.fit.Agreement;
import io.consilium.aggregator.fit.Difficulty;
import io.consilium.aggregator.fit.Fuser;
import io.consilium.aggregator.fit.Sensitivities;
import io.consilium.aggregator.fit.Votes;
import io.consilium.aggregator.strategy.DawidSkene;
import io.consilium.aggregator.strategy.EvidenceFusion;
import io.consilium.aggregator.strategy.Glad;
import io.consilium.aggregator.strategy.LearnedFusion;
import io.consilium.aggregator.strategy.OptimalVote;
import io.consilium.aggregator.strategy.SurprisingVote;
import io.consilium.bench.routing.Foresight;
import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Row;
import io.consilium.router.fit.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Rows of aggregators that are fitted on the votes of the training questions. */
final class FittedVotes {
  private static final int FIVE = 5;

  /** More training questions tell a fit no more than these. */
  private static final int MOST = 3_000;

  private FittedVotes() {}

  /** Each over the five likeliest by forecast, asked at once. */
  static List<Row> rows(Method method) {
    return List.of(
        row(
            "optimal5",
            "votes and outcomes of the training questions",
            method,
            false,
            (experts, cases) -> new OptimalVote(Sensitivities.fit(experts, cases))),
        row(
            "surprising5",
            "how often pairs of experts agree, no outcomes",
            method,
            false,
            (experts, cases) -> new SurprisingVote(Agreement.fit(experts, cases))),
        row(
            "dawid_skene5",
            "votes of the training questions, no outcomes",
            method,
            false,
            (experts, cases) -> new DawidSkene(Abilities.fit(experts, cases))),
        row(
            "glad5",
            "votes of the training questions, their difficulty inferred, no outcomes",
            method,
            false,
            (experts, cases) -> new Glad(Difficulty.fit(experts, cases))),
        row(
            "evidence5",
            "forecasts as evidence, nothing fitted",
            method,
            false,
            (experts, cases) -> new EvidenceFusion()),
        row(
            "learned5",
            "forecasts out of fold, votes and outcomes of the training questions",
            method,
            true,
            (experts, cases) -> new LearnedFusion(Fuser.fit(experts, cases))));
  }

  private static Row row(
      String name,
      String input,
      Method method,
      boolean asked,
      BiFunction<List<String>, List<Votes>, Aggregator> fit) {
    return new VoteRow(
        name,
        "forecasts choose who is asked; " + input,
        method.random(),
        (part, seed) -> {
          var foresight = Foresight.of(part, seed, method);
          double[][] p = foresight.forecasts();
          var aggregator =
              fit.apply(part.train().experts(), cases(part, foresight.trained(), asked));
          return new VoteRow.Panel(
              question -> AggregationRows.likeliest(p[question], FIVE),
              question -> p[question],
              aggregator);
        });
  }

  /**
   * The votes of the training questions.
   *
   * @param asked whether only those count who would have been asked
   */
  static List<Votes> cases(Part part, double[][] trained, boolean asked) {
    var ballots = new Ballots(part, true);
    List<Votes> cases = new ArrayList<>();
    int every = Math.max(1, trained.length / MOST);
    for (int row = 0; row < trained.length; row += every) {
      int experts = part.experts();
      int[] members =
          asked
              ? AggregationRows.likeliest(trained[row], FIVE)
              : IntStream.range(0, experts).toArray();
      int[] answer = IntStream.range(0, experts).map(e -> -1).toArray();
      boolean[] right = new boolean[experts];
      Map<AnswerKey, Integer> numbers = new HashMap<>();
      int options = 2;
      for (int e : members) {
        var key = ballots.key(row, e);
        if (key.isPresent()) {
          answer[e] = numbers.computeIfAbsent(key.get(), k -> numbers.size());
          options = Math.max(options, key.get().kind().options());
          right[e] = part.train().correct(row, e) > 0.5;
        }
      }
      double[] p = trained[row].clone();
      for (int e = 0; e < experts; e++) {
        p[e] = Math.clamp(p[e], 0.02, 0.98);
      }
      if (!numbers.isEmpty()) {
        cases.add(new Votes(answer, p, right, options));
      }
    }
    return cases;
  }
}
