package io.consilium.router.planner;

import io.consilium.expert.Forecast;
import io.consilium.expert.Policy;
import io.consilium.router.planner.CoFailure.Weighing;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Plays panels on training questions, where price does not count, to see which weighing of
 * agreement would have got most of them right. Fitted by the likelihood of who turned out right,
 * panels got fewer right: see what was tried in {@code bench/reports/aggregation.md}.
 *
 * @param records what was observed
 * @param forecasts of the same, [item][expert], out of fold
 * @param kinds the guessed kind of each item
 * @param answers what an expert answered
 * @param items those to play
 */
record Rehearsal(
    Records records,
    double[][] forecasts,
    List<String> kinds,
    BiFunction<Integer, Integer, Optional<String>> answers,
    List<Integer> items) {
  private static final double[] SHIFTS = {0, -0.5, -1, -1.5, 0.5};
  private static final double[] APARTS = {0, 0.25, 0.5};

  /** With fewer questions what was measured stands. */
  private static final int FEWEST = 200;

  /** More questions tell no more than these. */
  private static final int MOST = 2_000;

  private static final Policy POLICY = new Policy("rehearsal", 1, 0, 0, 0, List.of(), Set.of());

  /** The weighing under which most would have been right; the first of equals. */
  Weighing weighing(CoFailure measured) {
    var best = Weighing.AS_MEASURED;
    if (items.size() < FEWEST || items.stream().noneMatch(this::answered)) {
      return best;
    }
    double most = worth(measured);
    for (double shift : SHIFTS) {
      var trial = new Weighing(shift, best.apart());
      double worth = worth(measured.with(trial));
      if (worth > most) {
        most = worth;
        best = trial;
      }
    }
    for (double apart : APARTS) {
      var trial = new Weighing(best.shift(), apart);
      double worth = worth(measured.with(trial));
      if (worth > most) {
        most = worth;
        best = trial;
      }
    }
    return best;
  }

  private boolean answered(int item) {
    for (int e = 0; e < records.experts().size(); e++) {
      if (answers.apply(item, e).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** Right answers less what the calls cost. */
  private double worth(CoFailure coFailure) {
    int every = Math.max(1, items.size() / MOST);
    double sum = 0;
    for (int i = 0; i < items.size(); i += every) {
      sum += play(items.get(i), coFailure);
    }
    return sum;
  }

  private double play(int item, CoFailure coFailure) {
    List<Forecast> all = new ArrayList<>();
    for (int e = 0; e < records.experts().size(); e++) {
      double p = Math.clamp(forecasts[item][e], 0, 1);
      all.add(new Forecast(records.experts().get(e), p, 0, 1, 0, 0, List.of()));
    }
    var members = Programmes.shortlist(all, POLICY, coFailure);
    var kind = kinds.get(item);
    var ids = members.stream().map(Forecast::expert).toList();
    var ahead =
        new Lookahead(
            members,
            POLICY,
            0,
            coFailure.of(kind),
            coFailure.sameWrong(kind, ids),
            Programmes.DEPTH);
    Map<String, Integer> numbers = new LinkedHashMap<>();
    Map<Integer, Double> right = new LinkedHashMap<>();
    double asked = 0;
    double first = 0;
    for (ahead.look(); ahead.next() >= 0; ahead.look()) {
      int expert = records.column(ids.get(ahead.next()));
      var answer = answers.apply(item, expert);
      int number = answer.map(a -> numbers.computeIfAbsent(a, n -> numbers.size())).orElse(-1);
      right.merge(number, records.correct(item, expert), Math::max);
      first = asked == 0 ? records.correct(item, expert) : first;
      asked++;
      ahead.said(ahead.next(), number);
    }
    int leading = ahead.now().leading();
    double correct = leading >= 0 ? right.getOrDefault(leading, 0.0) : asked == 1 ? first : 0;
    return correct - asked * Lookahead.CALL;
  }
}
