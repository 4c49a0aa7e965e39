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
import io.consilium.router.estimator.OutputLength;
import io.consilium.router.estimator.RidgeEstimator;
import io.consilium.router.fit.KindFit;
import io.consilium.router.fit.Rosters;
import io.consilium.router.fit.Training;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.planner.KindGuess;
import io.consilium.router.records.Answers;
import io.consilium.router.records.QuestionHash;
import io.consilium.router.records.Records;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the planner learns from outcomes: which kinds of question there are, how experts fail
 * together, how likely an answer is right once others agree, how long each writes. What cannot be
 * learnt for want of outcomes stays as it is usual, and the notes say so.
 *
 * @param kinds guesses the kind of a question
 * @param coFailure how experts fail together
 * @param afterReplies P(correct) once replies are in
 * @param lengths how many tokens each writes
 * @param notes by part, in words: what it was learnt from, or that it is assumed
 */
record Experience(
    KindGuess kinds,
    CoFailure coFailure,
    AfterReplies afterReplies,
    OutputLength.State lengths,
    Map<String, String> notes) {
  private static final int FOLDS = 4;

  /** Co-failure and answers after replies need as many questions. */
  private static final int FEWEST = 50;

  /** Prices, in units of the dearest expert, at which cascades are practised. */
  private static final double[] PRACTICE = {0.02, 0.1, 0.3};

  /** What is forecast of a question by a fit that had not seen it. */
  private record HeldOut(double[][] forecasts, List<String> kinds) {}

  /** Learns; about as long as four quick fits. */
  static Experience fit(Training training, Answers answers) {
    var records = training.records();
    Map<String, String> notes = new LinkedHashMap<>();
    var kinds = KindFit.of(training);
    notes.put(
        "kinds",
        kinds.names().size() < 2
            ? "none: the outcomes name no categories"
            : "%d, guessed from the question".formatted(kinds.names().size()));
    var heldOut = heldOut(training);
    var coFailure = coFailure(records, heldOut, answers, notes);
    var afterReplies = afterReplies(records, heldOut, answers, coFailure, notes);
    var lengths = OutputLength.fit(training).state();
    int known = 0;
    for (boolean each : lengths.known()) {
      known += each ? 1 : 0;
    }
    notes.put(
        "output_length",
        known == 0
            ? "usual: no outcome names its tokens"
            : "measured of %d of %d experts".formatted(known, records.experts().size()));
    return new Experience(kinds, coFailure, afterReplies, lengths, notes);
  }

  private static HeldOut heldOut(Training training) {
    var records = training.records();
    int items = records.items().size();
    var roster = Rosters.of(records.experts());
    double[][] forecasts = new double[items][];
    List<String> kinds = new ArrayList<>(Collections.nCopies(items, ""));
    int[] fold =
        records.items().stream().mapToInt(i -> QuestionHash.inner(i.hash(), FOLDS)).toArray();
    for (int f = 0; f < FOLDS; f++) {
      int left = f;
      var rest = training.rows(IntStream.range(0, items).filter(i -> fold[i] != left).toArray());
      var estimator = new RidgeEstimator().fit(rest);
      var guess = KindFit.of(rest);
      for (int i = 0; i < items; i++) {
        if (fold[i] == left) {
          var said = estimator.estimate(training.profiles().get(i), roster);
          forecasts[i] = IntStream.range(0, said.size()).mapToDouble(said::p).toArray();
          kinds.set(i, guess.of(training.vectors().get(i)));
        }
      }
    }
    return new HeldOut(forecasts, kinds);
  }

  private static CoFailure coFailure(
      Records records, HeldOut heldOut, Answers answers, Map<String, String> notes) {
    int[] columns = together(records);
    if (columns.length < 2) {
      notes.put(
          "co_failure",
          "assumed (spread %.1f): fewer than %d questions have outcomes of the same experts"
              .formatted(CoFailure.SPREAD, FEWEST));
      return CoFailure.assumed();
    }
    var experts = Arrays.stream(columns).mapToObj(records.experts()::get).toList();
    var chosen = records.experts(experts);
    double[][] forecasts =
        Arrays.stream(heldOut.forecasts)
            .map(row -> Arrays.stream(columns).mapToDouble(column -> row[column]).toArray())
            .toArray(double[][]::new);
    var fitted =
        CoFailure.fit(
            chosen,
            forecasts,
            heldOut.kinds,
            (item, expert) -> answers.of(chosen.items().get(item).id(), experts.get(expert)));
    var all = fitted.of("");
    notes.put(
        "co_failure",
        String.format(
            Locale.ROOT,
            "spread %.1f, measured on %,d questions of %d experts; two that err agree in %.0f %%, %s",
            all.spread(),
            complete(records, columns),
            experts.size(),
            100 * all.sameWrong(),
            answers.isEmpty() ? "assumed: no answers were kept" : "measured on their answers"));
    return fitted;
  }

  /** The most experts, best observed first, that were all asked enough of the same questions. */
  private static int[] together(Records records) {
    int experts = records.experts().size();
    int[] count = new int[experts];
    for (int e = 0; e < experts; e++) {
      int column = e;
      count[e] =
          (int)
              IntStream.range(0, records.items().size())
                  .filter(i -> records.known(i, column))
                  .count();
    }
    int[] columns =
        IntStream.range(0, experts)
            .boxed()
            .sorted(Comparator.comparingInt((Integer e) -> -count[e]))
            .mapToInt(Integer::intValue)
            .toArray();
    while (columns.length > 1 && complete(records, columns) < FEWEST) {
      columns = Arrays.copyOf(columns, columns.length - 1);
    }
    return Arrays.stream(columns).sorted().toArray();
  }

  private static int complete(Records records, int[] columns) {
    return (int)
        IntStream.range(0, records.items().size())
            .filter(i -> Arrays.stream(columns).allMatch(column -> records.known(i, column)))
            .count();
  }

  private static AfterReplies afterReplies(
      Records records,
      HeldOut heldOut,
      Answers answers,
      CoFailure coFailure,
      Map<String, String> notes) {
    List<AfterReplies.Case> cases =
        answers.isEmpty() ? List.of() : practised(records, heldOut, answers, coFailure);
    if (cases.size() < FEWEST) {
      notes.put(
          "after_replies",
          answers.isEmpty()
              ? "as believed before: no answers were kept"
              : "as believed before: only %d cascades could be practised".formatted(cases.size()));
      return AfterReplies.assumed();
    }
    notes.put("after_replies", "measured on %,d practised cascades".formatted(cases.size()));
    return AfterReplies.fit(cases);
  }

  /** Plays cascades over what was answered, at several prices. */
  private static List<AfterReplies.Case> practised(
      Records records, HeldOut heldOut, Answers answers, CoFailure coFailure) {
    double[] prices = prices(records);
    double dearest = Arrays.stream(prices).max().orElse(0);
    var planner = new Planner(0, 0.05, coFailure, AfterReplies.assumed());
    List<AfterReplies.Case> cases = new ArrayList<>();
    for (int item = 0; item < records.items().size(); item++) {
      List<Forecast> forecasts = new ArrayList<>();
      for (int e = 0; e < prices.length; e++) {
        if (records.known(item, e)
            && answers.of(records.items().get(item).id(), records.experts().get(e)).isPresent()) {
          double p = Math.clamp(heldOut.forecasts[item][e], 0, 1);
          forecasts.add(new Forecast(records.experts().get(e), p, 0, 1, prices[e], 0, List.of()));
        }
      }
      for (double share : PRACTICE) {
        var policy =
            new Policy(
                "practice", 1, dearest == 0 ? 0 : share / dearest, 0, 0, List.of(), Set.of());
        var kind = heldOut.kinds.get(item);
        var planned =
            planner.plan(
                new Planner.Case(forecasts, forecasts, kind, Double.POSITIVE_INFINITY), policy, 0);
        if (planned.isPresent() && planned.get().plan() instanceof Plan.Cascade cascade) {
          var route = new Route(cascade, forecasts, List.of(), 1, 0, "practice", "practice", "");
          play(records, item, answers, route, policy, kind, planner.nextStep(), cases);
        }
      }
    }
    return cases;
  }

  private static void play(
      Records records,
      int item,
      Answers answers,
      Route route,
      Policy policy,
      String kind,
      NextStep nextStep,
      List<AfterReplies.Case> cases) {
    var terms =
        new Terms(
            policy,
            Instant.MAX,
            Double.POSITIVE_INFINITY,
            "",
            null,
            null,
            "practice",
            0,
            null,
            false);
    var question = Question.of("?", terms);
    List<Said> said = new ArrayList<>();
    List<String> given = new ArrayList<>();
    Map<Integer, Integer> votes = new HashMap<>();
    Map<Integer, Integer> lengths = new HashMap<>();
    Map<Integer, Boolean> right = new HashMap<>();
    while (true) {
      switch (nextStep.after(route, question, said)) {
        case NextStep.Step.Ask ask -> {
          int expert = records.column(ask.expert());
          var text = answers.of(records.items().get(item).id(), ask.expert()).orElse("");
          if (!given.contains(text)) {
            given.add(text);
          }
          int number = given.indexOf(text);
          double tokens = records.tokens(item, expert);
          int length = Double.isNaN(tokens) ? text.length() : (int) (4 * tokens);
          said.add(new Said(ask.expert(), number, length));
          votes.merge(number, 1, Integer::sum);
          lengths.put(number, length);
          right.merge(number, records.correct(item, expert) > 0.5, Boolean::logicalOr);
        }
        case NextStep.Step.Stop stop -> {
          int leading = stop.answer();
          if (leading >= 0) {
            var seen =
                new AfterReplies.Seen(
                    stop.p(),
                    (double) votes.getOrDefault(leading, 0) / said.size(),
                    said.size(),
                    0,
                    lengths.getOrDefault(leading, 0),
                    kind);
            cases.add(new AfterReplies.Case(seen, right.getOrDefault(leading, false)));
          }
          return;
        }
        case NextStep.Step.Refuse refuse -> {
          return;
        }
      }
    }
  }

  /** The mean price of each expert; 0 where none is on record. */
  private static double[] prices(Records records) {
    double[] prices = new double[records.experts().size()];
    for (int e = 0; e < prices.length; e++) {
      int column = e;
      prices[e] =
          IntStream.range(0, records.items().size())
              .mapToDouble(i -> records.usd(i, column))
              .filter(usd -> !Double.isNaN(usd))
              .average()
              .orElse(0);
    }
    return prices;
  }
}
