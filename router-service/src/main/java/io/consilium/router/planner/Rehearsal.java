package io.consilium.router.planner;

import io.consilium.expert.Forecast;
import io.consilium.expert.Policy;
import io.consilium.router.planner.CoFailure.Weighing;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Lets the likeliest experts answer training questions, to see how much their agreement tells. The
 * spread and the same-wrong rate among them are fitted by the likelihood of who turned out right,
 * after each reply; it moves less with the draw of questions than counts of right answers do. How
 * much likeness counts in who is asked is decided by the panels that got most right.
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
  private static final double[] STRETCHES = {1, 0.6, 0.8, 1.2, 1.5, 1.8};
  private static final double[] SHIFTS = {0, -1.5, -1, -0.5, 0.5, 1};
  private static final int ROUNDS = 3;
  private static final double[] APARTS = {0, 0.25, 0.5};

  /** With fewer questions what was measured stands. */
  private static final int FEWEST = 200;

  /** More questions tell no more than these. */
  private static final int MOST = 2_000;

  /** Nothing is taken for less likely than this. */
  private static final double LEAST = 1e-6;

  private static final Policy POLICY = new Policy("rehearsal", 1, 0, 0, 0, List.of(), Set.of());

  /** The weighing under which most would have been right; the first of equals. */
  Weighing weighing(CoFailure measured) {
    var best = Weighing.AS_MEASURED;
    if (items.size() < FEWEST || items.stream().noneMatch(this::answered)) {
      return best;
    }
    double likeliest = likelihood(measured, best);
    for (int round = 0; round < ROUNDS; round++) {
      var before = best;
      for (double stretch : STRETCHES) {
        var trial = new Weighing(stretch, best.shift(), 0);
        double likelihood = likelihood(measured, trial);
        if (likelihood > likeliest) {
          likeliest = likelihood;
          best = trial;
        }
      }
      for (double shift : SHIFTS) {
        var trial = new Weighing(best.stretch(), shift, 0);
        double likelihood = likelihood(measured, trial);
        if (likelihood > likeliest) {
          likeliest = likelihood;
          best = trial;
        }
      }
      if (best.equals(before)) {
        break;
      }
    }
    double most = worth(measured.with(best));
    for (double apart : APARTS) {
      var trial = new Weighing(best.stretch(), best.shift(), apart);
      double worth = apart == 0 ? most : worth(measured.with(trial));
      if (worth > most) {
        most = worth;
        best = trial;
      }
    }
    return best;
  }

  /** How likely it is who was right, by what the likeliest experts said one after another. */
  private double likelihood(CoFailure measured, Weighing weighing) {
    var weighed = measured.with(weighing);
    int every = Math.max(1, items.size() / MOST);
    double sum = 0;
    for (int i = 0; i < items.size(); i += every) {
      sum += likelihood(items.get(i), weighed);
    }
    return sum;
  }

  private double likelihood(int item, CoFailure weighed) {
    double[] p = forecasts[item];
    int[] likeliest =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer e) -> -p[e]))
            .limit(Programmes.SHORTLIST)
            .mapToInt(Integer::intValue)
            .toArray();
    var kind = kinds.get(item);
    var ids = Arrays.stream(likeliest).mapToObj(records.experts()::get).toList();
    double spread = weighed.weighed(kind).spread();
    var belief = new Belief(weighed.sameWrong(kind, ids), likeliest.length);
    Map<String, Integer> numbers = new HashMap<>();
    boolean[] right = new boolean[likeliest.length];
    double sum = 0;
    for (int expert : likeliest) {
      double[] curve = SharedEffect.curve(p[expert], spread);
      var answer = answers.apply(item, expert);
      if (answer.isEmpty()) {
        belief.addSilent(curve);
      } else {
        int number = numbers.computeIfAbsent(answer.get(), a -> numbers.size());
        belief.add(curve, number);
        right[number] |= records.correct(item, expert) > 0.5;
      }
      double all = belief.mass();
      double given = 0;
      double apt = 0;
      boolean any = false;
      for (int a = 0; a < belief.answers(); a++) {
        given += belief.mass(a);
        apt += right[a] ? belief.mass(a) : 0;
        any |= right[a];
      }
      sum += Math.log(Math.max(LEAST, (any ? apt : all - given) / all));
    }
    return sum;
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
            coFailure.weighed(kind),
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
