package io.consilium.router.blend;

import io.consilium.router.estimator.OutputLength;
import io.consilium.router.fit.KindFit;
import io.consilium.router.fit.Training;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.planner.KindGuess;
import io.consilium.router.records.Answers;
import io.consilium.router.records.QuestionHash;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * @param several how wrong answers are where several experts may be asked, by least P(correct)
 * @param notes by part, in words: what it was learnt from, or that it is assumed
 */
record Experience(
    KindGuess kinds,
    CoFailure coFailure,
    AfterReplies afterReplies,
    OutputLength.State lengths,
    Promises.Bounds several,
    Map<String, String> notes) {
  private static final int FOLDS = 4;

  /** Co-failure and answers after replies need as many questions. */
  private static final int FEWEST = 50;

  private static final int CONTRACT_FOLDS = 3;

  /** What is forecast of a question by a fit that had not seen it. */
  private record HeldOut(double[][] forecasts, List<String> kinds) {
    private HeldOut rows(int[] rows) {
      return new HeldOut(
          Arrays.stream(rows).mapToObj(row -> forecasts[row]).toArray(double[][]::new),
          Arrays.stream(rows).mapToObj(kinds::get).toList());
    }
  }

  /**
   * Learns; seconds to a minute.
   *
   * @param forecasts P(correct) by question and expert, of fits that had not seen the question
   */
  static Experience fit(Training training, Answers answers, double[][] forecasts) {
    var records = training.records();
    Map<String, String> notes = new LinkedHashMap<>();
    var kinds = KindFit.of(training);
    notes.put(
        "kinds",
        kinds.names().size() < 2
            ? "none: the outcomes name no categories"
            : "%d, guessed from the question".formatted(kinds.names().size()));
    var heldOut = new HeldOut(forecasts, kinds(training));
    var coFailure = coFailure(records, heldOut, answers, notes);
    var practice = new Practice(records, answers, heldOut.forecasts, heldOut.kinds);
    var afterReplies = afterReplies(answers, practice, coFailure, notes);
    var several =
        answers.isEmpty() || records.experts().size() < 2 || records.items().size() < FEWEST
            ? Promises.Bounds.NONE
            : several(training, heldOut, answers, practice);
    notes.put(
        "risk",
        several.from().length == 0
            ? "held by experts alone: no answers, or too few, were kept to practise others on"
            : "held by experts alone, cascades and panels, practised on answers that were kept");
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
    return new Experience(kinds, coFailure, afterReplies, lengths, several, notes);
  }

  /** The kind of each question, as guessed by a fit that had not seen it. */
  private static List<String> kinds(Training training) {
    var items = training.records().items();
    List<String> kinds = new ArrayList<>(Collections.nCopies(items.size(), ""));
    int[] fold = items.stream().mapToInt(i -> QuestionHash.inner(i.hash(), FOLDS)).toArray();
    for (int f = 0; f < FOLDS; f++) {
      int left = f;
      var rest =
          training.rows(IntStream.range(0, fold.length).filter(i -> fold[i] != left).toArray());
      var guess = KindFit.of(rest);
      for (int i = 0; i < fold.length; i++) {
        if (fold[i] == left) {
          kinds.set(i, guess.of(training.vectors().get(i)));
        }
      }
    }
    return kinds;
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
      Answers answers, Practice practice, CoFailure coFailure, Map<String, String> notes) {
    List<AfterReplies.Case> cases = answers.isEmpty() ? List.of() : practice.cascades(coFailure);
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

  /** What a risk comes to where several may be asked; each question by what others taught. */
  private static Promises.Bounds several(
      Training training, HeldOut heldOut, Answers answers, Practice practice) {
    var items = training.records().items();
    return practice.bounds(
        CONTRACT_FOLDS,
        fold -> {
          int[] others =
              IntStream.range(0, items.size())
                  .filter(i -> QuestionHash.inner(items.get(i).hash(), CONTRACT_FOLDS) != fold)
                  .toArray();
          var records = training.records().rows(others);
          var kept = heldOut.rows(others);
          Map<String, String> unsaid = new LinkedHashMap<>();
          var coFailure = coFailure(records, kept, answers, unsaid);
          var rest = new Practice(records, answers, kept.forecasts, kept.kinds);
          return new Practice.Learnt(coFailure, afterReplies(answers, rest, coFailure, unsaid));
        });
  }
}
