package io.consilium.bench.abilities;

import io.consilium.router.ability.Ability;
import io.consilium.router.ability.AbilityState;
import io.consilium.router.ability.CardPrior;
import io.consilium.router.ability.CardTraits;
import io.consilium.router.ability.Interview;
import io.consilium.router.ability.ItemBank;
import io.consilium.router.ability.Traits;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** One expert, new to a state fitted on all others: measured, then forecast. */
final class LeftOut {
  /** Items after which forecasts are scored. */
  static final int[] ADAPTIVE = {0, 10, 20, 30, 60};

  static final int[] RANDOM = {0, 10, 20, 30, 45, 60, 90, 120, 180, 240};

  private static final double Z90 = 1.6448536269514722;

  private final AbilityState state;
  private final Ability prior;
  private final Records train;
  private final int expert;
  private final List<Traits> questions = new ArrayList<>(); // of the test that the expert was asked
  private final List<Double> outcomes = new ArrayList<>();
  private final Map<String, List<Integer>> subjects = new HashMap<>();

  /**
   * Forecasts by one ability.
   *
   * @param right share of test cells forecast on the right side of ½
   * @param error of the predicted accuracy over the test questions, without sign
   */
  record Scored(double right, double error) {}

  /**
   * What one expert's interviews gave.
   *
   * @param full scored with every training outcome of the expert
   * @param adaptive by seed, at each of {@link #ADAPTIVE}
   * @param random by seed, at each of {@link #RANDOM}
   * @param stopped by seed, items asked until the stop rule was met
   * @param covered by seed, share of subjects whose accuracy lay in its 90 % interval at the end
   */
  record Result(
      Scored full, Scored[][] adaptive, Scored[][] random, int[] stopped, double[] covered) {}

  LeftOut(
      AbilityState state,
      CardPrior cards,
      CardTraits card,
      Records train,
      Records test,
      List<Traits> traits,
      int expert) {
    this.state = state;
    this.prior = cards.of(card);
    this.train = train;
    this.expert = expert;
    for (int i = 0; i < traits.size(); i++) {
      if (test.known(i, expert)) {
        subjects
            .computeIfAbsent(test.items().get(i).category(), s -> new ArrayList<>())
            .add(questions.size());
        questions.add(traits.get(i));
        outcomes.add(test.correct(i, expert));
      }
    }
  }

  Result measure(long seed, int seeds) {
    int[] asked =
        IntStream.range(0, train.items().size()).filter(i -> train.known(i, expert)).toArray();
    var everything = state.items().only(asked);
    var full = scored(prior.given(seen(everything, asked, all(everything))));
    var adaptive = new Scored[seeds][];
    var random = new Scored[seeds][];
    int[] stopped = new int[seeds];
    double[] covered = new double[seeds];
    for (int s = 0; s < seeds; s++) {
      var order = new ArrayList<>(Arrays.stream(asked).boxed().toList());
      Collections.shuffle(order, new Random(seed * 1_000 + s));
      int[] half =
          order.subList(0, (order.size() + 1) / 2).stream().mapToInt(Integer::intValue).toArray();
      var bank = state.items().only(half);
      random[s] =
          Arrays.stream(RANDOM)
              .mapToObj(n ->
                  scored(
                      prior.given(
                          seen(bank, half, all(bank).subList(0, Math.min(n, bank.size()))))))
              .toArray(Scored[]::new);
      var interview = Interview.start(bank, bank.all(), prior);
      List<Scored> scores = new ArrayList<>();
      stopped[s] = -1;
      while (true) {
        int n = interview.items().size();
        if (Arrays.stream(ADAPTIVE).anyMatch(at -> at == n)) {
          scores.add(scored(interview.ability()));
        }
        if (stopped[s] < 0 && interview.done()) {
          stopped[s] = n;
        }
        if (n >= Interview.MOST) {
          break;
        }
        var batch = interview.best(Interview.BATCH);
        interview =
            interview.answered(
                batch, batch.stream().map(i -> train.correct(half[i], expert)).toList());
      }
      adaptive[s] = scores.toArray(Scored[]::new);
      covered[s] = covered(interview.ability());
    }
    return new Result(full, adaptive, random, stopped, covered);
  }

  private static List<Integer> all(ItemBank bank) {
    return IntStream.range(0, bank.size()).boxed().toList();
  }

  private List<Ability.Seen> seen(ItemBank bank, int[] rows, List<Integer> items) {
    return items.stream()
        .map(i -> new Ability.Seen(bank.traits(i), train.correct(rows[i], expert), 1))
        .toList();
  }

  private Scored scored(Ability ability) {
    int right = 0;
    double forecast = 0;
    double truth = 0;
    for (int i = 0; i < questions.size(); i++) {
      double p = ability.p(questions.get(i));
      right += p > 0.5 == outcomes.get(i) > 0.5 ? 1 : 0;
      forecast += p;
      truth += outcomes.get(i);
    }
    int n = questions.size();
    return new Scored((double) right / n, Math.abs(forecast - truth) / n);
  }

  /** The share of subjects whose accuracy lies in its 90 % interval. */
  double covered(Ability ability) {
    int held = 0;
    for (var rows : subjects.values()) {
      var interval = state.accuracy(ability, rows.stream().map(questions::get).toList(), Z90);
      held += interval.holds(rows.stream().mapToDouble(outcomes::get).average().orElse(0)) ? 1 : 0;
    }
    return (double) held / subjects.size();
  }
}
