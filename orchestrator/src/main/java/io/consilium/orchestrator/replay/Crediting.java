package io.consilium.orchestrator.replay;

import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Answer;
import io.consilium.expert.Credit;
import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Outcome;
import io.consilium.expert.Plan;
import io.consilium.expert.jdbc.JdbcCredits;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.expert.jdbc.StoredItem;
import io.consilium.orchestrator.evaluate.AnswerCheck;
import io.consilium.router.estimator.BidEstimator;
import io.consilium.router.records.QuestionHash;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives credit once the right answer to a decision is known: everyone who answered by themselves
 * gets an outcome, and each member of a panel what its reply brought to the fused one.
 */
public final class Crediting {
  /** Outcomes whose bids are scored anew at a start. */
  private static final int RECALLED = 2_000;

  private final JdbcOutcomes outcomes;
  private final JdbcCredits credits;
  private final Rerun rerun;
  private final BidEstimator bids;
  private final InstantSource clock;

  /**
   * @param bids are scored by the outcomes
   */
  public Crediting(
      JdbcOutcomes outcomes,
      JdbcCredits credits,
      Rerun rerun,
      BidEstimator bids,
      InstantSource clock) {
    this.bids = bids;
    this.outcomes = outcomes;
    this.credits = credits;
    this.rerun = rerun;
    this.clock = clock;
  }

  /**
   * What was kept.
   *
   * @param outcomes of experts' own answers
   * @param credits of panel members
   */
  public record Given(int outcomes, int credits) {}

  /**
   * Gives credit for a decision that is in the store. Replies whose words were not recorded get
   * none. Blocks while the store writes.
   *
   * @param known the right answer
   */
  public Given give(Decision decision, AnswerCheck check, String known) {
    List<Outcome> own = new ArrayList<>();
    for (var told : unaided(decision)) {
      var text = told.text();
      if (text != null && told.failure() == null) {
        own.add(
            outcome(
                decision,
                told,
                right(check, text, known),
                1,
                Outcome.Source.CHECK,
                null,
                clock.instant()));
      }
    }
    var item = item(decision);
    int added = 0;
    if (!own.isEmpty() && !item.isEmpty()) {
      added = outcomes.add(item, own).outcomes();
      if (added > 0) {
        own.forEach(outcome -> score(decision, outcome));
      }
    }
    var shares = credits(decision, check, known);
    if (!shares.isEmpty()) {
      credits.keep(decision.id(), shares);
    }
    return new Given(added, shares.size());
  }

  /**
   * Takes somebody's word for the answer of a decision that is in the store: an outcome of the
   * expert that gave it. Of what several experts made together it tells nothing of any one.
   *
   * @param score 0 (wrong) to 1 (right)
   * @param weight how much it counts, 0 to 1
   * @param source whose word it is
   * @return how many outcomes that made: none when a word on it is on record already
   */
  public int said(Decision decision, double score, double weight, Outcome.Source source) {
    return alone(decision).map(told -> word(decision, told, score, weight, source, null)).orElse(0);
  }

  /**
   * Takes a word for one reply of a decision that is in the store.
   *
   * @param note for people, or null
   * @return how many outcomes that made: none when one of this source is on record already
   */
  public int word(
      Decision decision,
      Decision.Told told,
      double score,
      double weight,
      Outcome.Source source,
      @Nullable String note) {
    var outcome = outcome(decision, told, score, weight, source, note, clock.instant());
    return outcomes.add(item(decision), List.of(outcome)).outcomes();
  }

  /** The reply that is the answer, where one expert gave it by itself. */
  public static Optional<Decision.Told> alone(Decision decision) {
    var answered = unaided(decision).stream().filter(told -> told.failure() == null).toList();
    boolean alone =
        decision.failure() == null
            && answered.size() == 1
            && !(decision.route().plan() instanceof Plan.Panel)
            && !(decision.route().plan() instanceof Plan.Chain);
    return alone ? Optional.of(answered.getFirst()) : Optional.empty();
  }

  private static List<StoredItem> item(Decision decision) {
    var question = decision.question();
    return question == null || question.isBlank()
        ? List.of()
        : List.of(new StoredItem(decision.id(), question, "", QuestionHash.of(question)));
  }

  /** An outcome of one reply of a decision. */
  public static Outcome outcome(
      Decision decision,
      Decision.Told told,
      double correct,
      double weight,
      Outcome.Source source,
      @Nullable String note,
      Instant at) {
    var usage = told.usage();
    return new Outcome(
        told.expert() + "@" + told.version(),
        decision.id(),
        correct,
        weight,
        told.usd(),
        told.millis(),
        usage == null ? Double.NaN : usage.output(),
        "",
        decision.tenant(),
        at,
        decision.route().propensity(),
        source,
        note);
  }

  /**
   * Scores the bids of the decisions whose outcomes are on record, the latest of them: for the
   * start, since bids live in memory. Blocks while the store reads.
   *
   * @param decisions finds a decision by its id
   */
  public void recall(Function<String, Optional<Decision>> decisions) {
    Deque<Outcome> latest = new ArrayDeque<>();
    outcomes.forEach(outcome -> {
      if (outcome.source() == Outcome.Source.CHECK && outcome.item().startsWith("dec_")) {
        latest.addLast(outcome);
        if (latest.size() > RECALLED) {
          latest.removeFirst();
        }
      }
    });
    latest.forEach(
        outcome -> decisions.apply(outcome.item()).ifPresent(decision -> score(decision, outcome)));
  }

  private void score(Decision decision, Outcome outcome) {
    for (var told : decision.bought()) {
      var bid = told.p();
      if (bid != null && outcome.expert().equals(told.expert() + "@" + told.version())) {
        bids.observe(told.expert(), bid, outcome.correct());
      }
    }
  }

  /** The replies to the question itself: neither notes, nor what was written from other replies. */
  public static List<Decision.Told> unaided(Decision decision) {
    if (!(decision.route().plan() instanceof Plan.Panel panel) || panel.helper().isEmpty()) {
      var asked = decision.route().plan().experts();
      return decision.replies().stream().filter(told -> asked.contains(told.expert())).toList();
    }
    if (Aggregators.asksForNotes(panel.aggregator())) {
      return List.of();
    }
    Map<String, Decision.Told> first = new LinkedHashMap<>();
    for (var told : decision.replies()) {
      if (panel.experts().contains(told.expert())) {
        first.putIfAbsent(told.expert(), told);
      }
    }
    return List.copyOf(first.values());
  }

  private List<Credit> credits(Decision decision, AnswerCheck check, String known) {
    List<Credit> shares = new ArrayList<>();
    var answer = decision.answer();
    if (!(decision.route().plan() instanceof Plan.Panel panel) || answer == null) {
      return shares;
    }
    for (var told : decision.replies()) {
      boolean member =
          panel.experts().contains(told.expert()) // the others are tools that they called
              && told.failure() == null
              && told.text() != null;
      if (member && shares.stream().noneMatch(each -> each.expert().equals(told.expert()))) {
        try {
          var left =
              rerun.run(decision, new Rerun.Change(Set.of(told.expert()), null, null)).answer();
          shares.add(
              new Credit(
                  decision.id(),
                  told.expert(),
                  told.version(),
                  clock.instant(),
                  decision.tenant(),
                  panel.aggregator(),
                  right(check, answer, known),
                  left == null ? 0 : right(check, said(left), known)));
        } catch (ExpertException cannotBePlayed) {
          return List.of(); // its aggregator asks an expert, or replies are missing
        }
      }
    }
    return shares;
  }

  private static String said(Answer answer) {
    return answer.refusal() != null ? "" : answer.text();
  }

  private static double right(AnswerCheck check, String given, String known) {
    return check.right(given, known) ? 1 : 0;
  }
}
