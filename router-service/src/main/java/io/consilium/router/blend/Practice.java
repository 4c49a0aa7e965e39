package io.consilium.router.blend;

import io.consilium.expert.Forecast;
import io.consilium.expert.NextStep;
import io.consilium.expert.NextStep.Said;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.router.Planner;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.records.Answers;
import io.consilium.router.records.QuestionHash;
import io.consilium.router.records.Records;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Plays plans over what experts answered to training questions: planned from forecasts that had not
 * seen them, and gone through as they would be served.
 */
final class Practice {
  /** Prices, in units of the dearest expert, at which plans are practised. */
  private static final double[] PRICES = {0.02, 0.1, 0.3};

  /** The same for a contract, where price does not count as well. */
  private static final double[] CONTRACT_PRICES = {0, 0.1};

  /** Least P(correct) that are tried for a contract. */
  private static final double[] MINIMUMS = {
    0.99, 0.98, 0.97, 0.95, 0.93, 0.9, 0.87, 0.84, 0.8, 0.75, 0.7, 0.6, 0.5
  };

  /** More questions than this bound an error no better worth the time. */
  private static final int MOST = 1_000;

  private final Records records;
  private final Answers answers;
  private final double[][] forecasts;
  private final List<String> kinds;
  private final double[] prices;

  /**
   * Over training questions.
   *
   * @param answers what was answered
   * @param forecasts by question and expert, by fits that had not seen the question
   * @param kinds of the questions, as guessed by the same
   */
  Practice(Records records, Answers answers, double[][] forecasts, List<String> kinds) {
    this.records = records;
    this.answers = answers;
    this.forecasts = forecasts;
    this.kinds = kinds;
    this.prices = prices(records);
  }

  /** What cascades came to, at several prices: what P(correct) after replies is fitted to. */
  List<AfterReplies.Case> cascades(CoFailure coFailure) {
    var planner = new Planner(0, 0.05, coFailure, AfterReplies.assumed());
    List<AfterReplies.Case> cases = new ArrayList<>();
    for (int item : answered()) {
      for (double price : PRICES) {
        var played = play(item, all(item), planner, policy(price, 0));
        if (played.seen != null) {
          cases.add(new AfterReplies.Case(played.seen, played.right));
        }
      }
    }
    return cases;
  }

  /** What a planner goes by. */
  record Learnt(CoFailure coFailure, AfterReplies afterReplies) {}

  /**
   * How wrong answers are under a least P(correct), when experts are asked alone, one after another
   * or at once as is most useful: for each minimum the most that the error may be, with 90 %
   * confidence. Whether price counts or not, and whether all experts may be asked or a few: a
   * minimum must do for each.
   *
   * @param folds in how many folds questions are parted
   * @param others what is learnt from the questions outside a fold
   */
  Promises.Bounds bounds(int folds, IntFunction<Learnt> others) {
    int settings = CONTRACT_PRICES.length + 1;
    int[][] given = new int[MINIMUMS.length][settings];
    int[][] wrong = new int[MINIMUMS.length][settings];
    int[] items = answered();
    int every = Math.max(1, items.length / MOST);
    for (int f = 0; f < folds; f++) {
      var learnt = others.apply(f);
      var planner = new Planner(0, 0.05, learnt.coFailure, learnt.afterReplies);
      for (int i = 0; i < items.length; i += every) {
        if (QuestionHash.inner(records.items().get(items[i]).hash(), folds) != f) {
          continue;
        }
        for (int setting = 0; setting < settings; setting++) {
          boolean few = setting == CONTRACT_PRICES.length;
          var asked = few ? half(items[i]) : all(items[i]);
          double price = CONTRACT_PRICES[few ? 0 : setting];
          for (int m = 0; m < MINIMUMS.length; m++) {
            var played = play(items[i], asked, planner, policy(price, MINIMUMS[m]));
            given[m][setting] += played.answered ? 1 : 0;
            wrong[m][setting] += played.answered && !played.right ? 1 : 0;
          }
        }
      }
    }
    return Promises.Bounds.of(MINIMUMS, given, wrong);
  }

  /** Those some expert gave an answer to that was kept. */
  private int[] answered() {
    return IntStream.range(0, records.items().size())
        .filter(item ->
            records.experts().stream()
                .anyMatch(expert -> answers.of(records.items().get(item).id(), expert).isPresent()))
        .toArray();
  }

  private List<Forecast> all(int item) {
    List<Forecast> all = new ArrayList<>();
    for (int e = 0; e < prices.length; e++) {
      if (records.known(item, e)) {
        double p = Math.clamp(forecasts[item][e], 0, 1);
        all.add(new Forecast(records.experts().get(e), p, 0, 1, prices[e], 0, List.of()));
      }
    }
    return all;
  }

  /** Every other expert, this one half or that by the question: nobody is always there. */
  private List<Forecast> half(int item) {
    int odd = Math.floorMod(records.items().get(item).id().hashCode(), 2);
    var all = all(item);
    return IntStream.range(0, all.size())
        .filter(e -> all.size() < 4 || e % 2 == odd)
        .mapToObj(all::get)
        .toList();
  }

  /**
   * What came of a plan.
   *
   * @param answered whether an answer was given
   * @param right whether it was
   * @param seen of the leading answer where a cascade stopped at one
   */
  private record Played(boolean answered, boolean right, AfterReplies.@Nullable Seen seen) {
    private static final Played NOTHING = new Played(false, false, null);
  }

  private Played play(int item, List<Forecast> asked, Planner planner, Policy policy) {
    var kind = kinds.get(item);
    var planned =
        planner.plan(new Planner.Case(asked, asked, kind, Double.POSITIVE_INFINITY), policy, 0);
    return planned
        .map(chosen ->
            switch (chosen.plan()) {
              case Plan.One one -> new Played(true, right(item, one.expert()), null);
              case Plan.Panel panel -> vote(item, panel, asked);
              case Plan.Cascade cascade -> cascade(item, cascade, asked, planner, policy);
              case Plan.Chain chain -> throw new IllegalStateException("chains are not offered");
              case Plan.Abstain abstain -> Played.NOTHING;
            })
        .orElse(Played.NOTHING);
  }

  private boolean right(int item, String expert) {
    return records.correct(item, records.column(expert)) > 0.5;
  }

  /** What an expert answered, as it is compared; "" where that cannot be compared. */
  private String text(int item, String expert) {
    return answers.of(records.items().get(item).id(), expert).orElse("");
  }

  /** Votes weigh as log-odds, and whoever cannot be compared has none. */
  private Played vote(int item, Plan.Panel panel, List<Forecast> asked) {
    Map<String, Double> votes = new HashMap<>();
    Set<String> right = new HashSet<>();
    for (var expert : panel.members()) {
      var text = text(item, expert);
      double p = Math.clamp(p(asked, expert), 0.02, 0.98);
      if (!text.isEmpty()) {
        votes.merge(text, Math.log(p / (1 - p)), Double::sum);
        if (right(item, expert)) {
          right.add(text);
        }
      }
    }
    return votes.entrySet().stream()
        .max(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(won -> new Played(true, right.contains(won.getKey()), null))
        .orElseGet(() -> new Played(true, right(item, panel.members().getFirst()), null));
  }

  private static double p(List<Forecast> asked, String expert) {
    return asked.stream()
        .filter(each -> each.expert().equals(expert))
        .mapToDouble(Forecast::p)
        .findFirst()
        .orElse(0.5);
  }

  private Played cascade(
      int item, Plan.Cascade cascade, List<Forecast> asked, Planner planner, Policy policy) {
    var route = new Route(cascade, asked, List.of(), 1, 0, "practice", "practice", "");
    var question = Question.of("?", terms(policy));
    var nextStep = planner.nextStep();
    List<Said> said = new ArrayList<>();
    List<String> given = new ArrayList<>();
    Map<Integer, Integer> votes = new HashMap<>();
    Map<Integer, Integer> lengths = new HashMap<>();
    Set<Integer> right = new HashSet<>();
    while (true) {
      switch (nextStep.after(route, question, said)) {
        case NextStep.Step.Ask ask -> {
          var text = text(item, ask.expert());
          int number = text.isEmpty() ? -1 : given.indexOf(text);
          if (number < 0 && !text.isEmpty()) {
            number = given.size();
            given.add(text);
          }
          double tokens = records.tokens(item, records.column(ask.expert()));
          int length = Math.max(1, Double.isNaN(tokens) ? text.length() : (int) (4 * tokens));
          said.add(new Said(ask.expert(), number, length));
          votes.merge(number, 1, Integer::sum);
          lengths.put(number, length);
          if (right(item, ask.expert())) {
            right.add(number);
          }
        }
        case NextStep.Step.Stop stop -> {
          int leading = stop.answer();
          if (leading < 0) { // nobody can be compared: the most promising speaks
            return new Played(true, right(item, best(asked, said)), null);
          }
          int silent = votes.getOrDefault(-1, 0);
          var seen =
              new AfterReplies.Seen(
                  stop.p(),
                  (double) votes.getOrDefault(leading, 0) / (said.size() - silent),
                  said.size(),
                  silent,
                  lengths.getOrDefault(leading, 0),
                  cascade.kind());
          return new Played(true, right.contains(leading), seen);
        }
        case NextStep.Step.Refuse refuse -> {
          return Played.NOTHING;
        }
      }
    }
  }

  private static String best(List<Forecast> asked, List<Said> said) {
    var best = said.getFirst().expert();
    for (var each : said) {
      best = p(asked, each.expert()) > p(asked, best) ? each.expert() : best;
    }
    return best;
  }

  private Policy policy(double price, double minimum) {
    double dearest = Arrays.stream(prices).max().orElse(0);
    double weight = dearest == 0 ? 0 : price / dearest;
    return new Policy("practice", 1, weight, 0, minimum, List.of(), Set.of());
  }

  private static Terms terms(Policy policy) {
    return new Terms(
        policy, Instant.MAX, Double.POSITIVE_INFINITY, "", null, null, "practice", 0, null, false);
  }

  /** The mean price of each expert; 0 where none is on record. */
  private static double[] prices(Records records) {
    return IntStream.range(0, records.experts().size())
        .mapToDouble(e ->
            IntStream.range(0, records.items().size())
                .mapToDouble(i -> records.usd(i, e))
                .filter(usd -> !Double.isNaN(usd))
                .average()
                .orElse(0))
        .toArray();
  }
}
