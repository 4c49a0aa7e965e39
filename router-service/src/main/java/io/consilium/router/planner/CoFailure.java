package io.consilium.router.planner;

import io.consilium.expert.Forecast;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * How experts fail together: questions that are hard for one are hard for the others, and those who
 * err may give the same wrong answer. Independence says "all wrong" in 3 % of questions where it
 * happens in 21 %.
 *
 * <p>Joint success follows from a shared effect of the question of spread {@code s} (see {@link
 * SharedEffect}); the rate at which two that err agree is kept per pair, shrunk to that of the kind
 * of question. A kind is a category as guessed from the question, never one it was labelled with.
 *
 * @param kinds by name; "" holds for all others
 * @param experts of {@code pairs}
 * @param pairs same-wrong rate of a pair less that of all pairs, in log-odds; [i][j], symmetric
 * @param weighing how both are used when votes are weighed
 */
public record CoFailure(
    Map<String, Kind> kinds, List<String> experts, double[][] pairs, Weighing weighing) {
  /** The spread where nothing was fitted; 1.7 to 2.0 fits the records we know. */
  public static final double SPREAD = 1.8;

  /** How often two that err agree where nothing was fitted. */
  public static final double SAME_WRONG = 0.25;

  /** Questions that weigh as much as what is known of all kinds together. */
  private static final double PRIOR = 100;

  private static final double PAIR_PRIOR = 50;

  /**
   * One kind of question.
   *
   * @param spread s of the shared effect
   * @param sameWrong P(two wrong answers are the same)
   */
  public record Kind(double spread, double sameWrong) {
    public Kind {
      if (!(spread >= 0) || !(sameWrong > 0 && sameWrong < 1)) {
        throw new IllegalArgumentException("a spread is 0 or more, a rate between 0 and 1");
      }
    }
  }

  /**
   * How much agreement counts, as decided by what panels on training questions would have answered:
   * the likeliest experts err alike at another rate than all of them do.
   *
   * @param shift log-odds added to the same-wrong rate; less than 0 where agreement tells more
   * @param apart how much less an expert counts, per log-odds by which it errs more like a chosen
   *     one than usual; 0 or more
   */
  public record Weighing(double shift, double apart) {
    /** The rates as they were measured. */
    public static final Weighing AS_MEASURED = new Weighing(0, 0);
  }

  /** With rates that are used as they were measured. */
  public CoFailure(Map<String, Kind> kinds, List<String> experts, double[][] pairs) {
    this(kinds, experts, pairs, Weighing.AS_MEASURED);
  }

  public CoFailure {
    kinds = Map.copyOf(kinds);
    experts = List.copyOf(experts);
    if (!kinds.containsKey("")) {
      throw new IllegalArgumentException("the kind of all other questions is missing");
    }
  }

  /** What is assumed before anything was measured. */
  public static CoFailure assumed() {
    return new CoFailure(Map.of("", new Kind(SPREAD, SAME_WRONG)), List.of(), new double[0][0]);
  }

  /** What is known of a kind. */
  public Kind of(String kind) {
    var known = kinds.get(kind);
    return known == null ? kinds.getOrDefault("", new Kind(SPREAD, SAME_WRONG)) : known;
  }

  /** How often those of these experts that err together give the same answer. */
  public double sameWrong(String kind, List<String> members) {
    double base = of(kind).sameWrong();
    double sum = 0;
    int count = 0;
    for (int a = 0; a < members.size(); a++) {
      int i = experts.indexOf(members.get(a));
      for (int b = 0; b < a && i >= 0; b++) {
        int j = experts.indexOf(members.get(b));
        if (j >= 0) {
          sum += pairs[i][j];
          count++;
        }
      }
    }
    double odds = Math.log(base / (1 - base)) + weighing.shift() + (count == 0 ? 0 : sum / count);
    return 1 / (1 + Math.exp(-odds));
  }

  /** The same with another weighing. */
  CoFailure with(Weighing other) {
    return new CoFailure(kinds, experts, pairs, other);
  }

  /** Adds how much each candidate errs like a chosen one, as far as that counts. */
  void likeness(Forecast chosen, List<Forecast> candidates, double[] alike) {
    int row = weighing.apart() == 0 ? -1 : experts.indexOf(chosen.expert());
    for (int i = 0; i < alike.length && row >= 0; i++) {
      int column = experts.indexOf(candidates.get(i).expert());
      alike[i] += column < 0 ? 0 : weighing.apart() * pairs[row][column];
    }
  }

  /** P(every one of them is wrong), for experts with these forecasts. */
  public double allWrong(String kind, double[] p) {
    return atMost(kind, p, 0);
  }

  /** P(more than half of them are wrong). */
  public double majorityWrong(String kind, double[] p) {
    return atMost(kind, p, (p.length - 1) / 2);
  }

  /** P(at most {@code right} of them are right). */
  public double atMost(String kind, double[] p, int right) {
    return atMost(of(kind).spread(), p, right);
  }

  private static double atMost(double spread, double[] p, int right) {
    return atMost(rights(spread, p), right);
  }

  private static double atMost(double[] rights, int right) {
    double sum = 0;
    for (int k = 0; k <= Math.min(right, rights.length - 1); k++) {
      sum += rights[k];
    }
    return sum;
  }

  /** P(so many are right), from none to all. */
  private static double[] rights(double spread, double[] p) {
    double[][] curves = new double[p.length][];
    for (int e = 0; e < p.length; e++) {
      curves[e] = SharedEffect.curve(p[e], spread);
    }
    double[] rights = new double[p.length + 1];
    double[] count = new double[p.length + 1];
    for (int point = 0; point < SharedEffect.POINTS; point++) {
      Arrays.fill(count, 0);
      count[0] = 1;
      for (int e = 0; e < p.length; e++) {
        double q = curves[e][point];
        for (int k = e + 1; k > 0; k--) {
          count[k] = count[k] * (1 - q) + count[k - 1] * q;
        }
        count[0] *= 1 - q;
      }
      for (int k = 0; k <= p.length; k++) {
        rights[k] += SharedEffect.weight(point) * count[k];
      }
    }
    return rights;
  }

  /**
   * Measures it on training questions.
   *
   * @param records what was observed; only questions on which every expert was observed count
   * @param forecasts of the same, [item][expert], made by routers that had not seen the item
   * @param kinds the guessed kind of each item
   * @param answers what an expert answered, in a form that can be compared; empty when not kept
   * @throws IllegalArgumentException when there are fewer than 50 complete questions
   */
  public static CoFailure fit(
      Records records,
      double[][] forecasts,
      List<String> kinds,
      BiFunction<Integer, Integer, Optional<String>> answers) {
    Map<String, List<Integer>> rows = new LinkedHashMap<>();
    for (int item = 0; item < records.items().size(); item++) {
      if (records.complete(item)) {
        rows.computeIfAbsent("", k -> new ArrayList<>()).add(item);
        if (!kinds.get(item).isEmpty()) {
          rows.computeIfAbsent(kinds.get(item), k -> new ArrayList<>()).add(item);
        }
      }
    }
    var all = rows.getOrDefault("", List.of());
    if (all.size() < 50) {
      throw new IllegalArgumentException(
          "co-failure needs 50 questions on which every expert was observed; there are "
              + all.size());
    }
    var agreed = SameWrong.of(records, answers);
    double pooledSpread = spread(records, forecasts, all);
    double pooledSame = agreed.rate(all, SAME_WRONG);
    Map<String, Kind> fitted = new HashMap<>();
    rows.forEach((kind, items) -> {
      double share = items.size() / (items.size() + PRIOR);
      double spread =
          kind.isEmpty()
              ? pooledSpread
              : share * spread(records, forecasts, items) + (1 - share) * pooledSpread;
      fitted.put(kind, new Kind(spread, agreed.rate(items, pooledSame)));
    });
    var measured =
        new CoFailure(
            fitted, records.experts(), agreed.pairs(all, pooledSame, records.experts().size()));
    return measured.with(new Rehearsal(records, forecasts, kinds, answers, all).weighing(measured));
  }

  /**
   * The spread under which the questions that all get wrong, and those that most get wrong, are as
   * frequent as observed.
   */
  private static double spread(Records records, double[][] forecasts, List<Integer> items) {
    int experts = records.experts().size();
    double none = 0.5;
    double few = 0.5;
    for (int item : items) {
      int right = 0;
      for (int e = 0; e < experts; e++) {
        right += records.correct(item, e) > 0.5 ? 1 : 0;
      }
      none += right == 0 ? 1 : 0;
      few += right <= (experts - 1) / 2 ? 1 : 0;
    }
    int every = Math.max(1, items.size() / 600); // a sample of them tells it as well
    var sample = IntStream.range(0, items.size()).filter(i -> i % every == 0).mapToObj(items::get);
    double[][] sampled = sample.map(item -> forecasts[item]).toArray(double[][]::new);
    double best = least(sampled, every, none, few, 0, 4, 0.4);
    return least(sampled, every, none, few, Math.max(0, best - 0.3), best + 0.3, 0.1);
  }

  /** The best of evenly spaced spreads. */
  private static double least(
      double[][] sampled, int every, double none, double few, double from, double to, double step) {
    double best = SPREAD;
    double least = Double.POSITIVE_INFINITY;
    for (double spread = from; spread < to + step / 2; spread += step) {
      double expectedNone = 0.5;
      double expectedFew = 0.5;
      for (double[] p : sampled) {
        double[] rights = rights(spread, p);
        expectedNone += every * atMost(rights, 0);
        expectedFew += every * atMost(rights, (p.length - 1) / 2);
      }
      double off = square(Math.log(expectedNone / none)) + square(Math.log(expectedFew / few));
      if (off < least) {
        least = off;
        best = spread;
      }
    }
    return best;
  }

  private static double square(double x) {
    return x * x;
  }

  /**
   * Counts pairs that are both wrong, and how many of them agree.
   *
   * @param wrong the number of each wrong answer, [item][expert]; -1 where right or not kept
   */
  private record SameWrong(int[][] wrong) {
    static SameWrong of(Records records, BiFunction<Integer, Integer, Optional<String>> answers) {
      int experts = records.experts().size();
      int[][] wrong = new int[records.items().size()][experts];
      for (int item = 0; item < wrong.length; item++) {
        Map<String, Integer> numbers = new HashMap<>();
        for (int e = 0; e < experts; e++) {
          wrong[item][e] =
              records.correct(item, e) > 0.5
                  ? -1
                  : answers
                      .apply(item, e)
                      .map(answer -> numbers.computeIfAbsent(answer, a -> numbers.size()))
                      .orElse(-1);
        }
      }
      return new SameWrong(wrong);
    }

    double rate(List<Integer> items, double prior) {
      double both = PRIOR;
      double same = PRIOR * prior;
      for (int item : items) {
        int[] given = wrong[item];
        for (int i = 0; i < given.length; i++) {
          for (int j = 0; j < i && given[i] >= 0; j++) {
            both += given[j] >= 0 ? 1 : 0;
            same += given[j] == given[i] ? 1 : 0;
          }
        }
      }
      return Math.clamp(same / both, 0.01, 0.99);
    }

    double[][] pairs(List<Integer> items, double base, int experts) {
      double[][] pairs = new double[experts][experts];
      for (int i = 0; i < experts; i++) {
        for (int j = 0; j < i; j++) {
          double both = PAIR_PRIOR;
          double same = PAIR_PRIOR * base;
          for (int item : items) {
            int[] given = wrong[item];
            if (given[i] >= 0 && given[j] >= 0) {
              both++;
              same += given[i] == given[j] ? 1 : 0;
            }
          }
          double rate = Math.clamp(same / both, 0.01, 0.99);
          pairs[i][j] = Math.log(rate / (1 - rate)) - Math.log(base / (1 - base));
          pairs[j][i] = pairs[i][j];
        }
      }
      return pairs;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CoFailure that
        && kinds.equals(that.kinds)
        && experts.equals(that.experts)
        && Arrays.deepEquals(pairs, that.pairs)
        && weighing.equals(that.weighing);
  }

  @Override
  public int hashCode() {
    return kinds.hashCode() + 31 * experts.hashCode();
  }
}
