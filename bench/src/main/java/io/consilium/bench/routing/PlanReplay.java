package io.consilium.bench.routing;

import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.PlanRunner;
import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.NextStep;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Usage;
import io.consilium.router.records.Answers;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs plans over recorded answers by the code that serves them. The answer of a plan is right if
 * an expert that was asked and gave it is; every call is charged.
 */
public final class PlanReplay {
  /** What a recorded expert says when its answer could not be read. */
  private static final String UNREADABLE = "\n";

  private final Records records;
  private final Answers answers;
  private final Map<String, ExpertCard> cards = new HashMap<>();

  /**
   * A replay.
   *
   * @param records what was right, and what it cost
   * @param answers what was said
   * @param roster the cards of the experts
   */
  public PlanReplay(Records records, Answers answers, Roster roster) {
    this.records = records;
    this.answers = answers;
    roster.cards().forEach(card -> cards.put(card.id(), card));
  }

  /**
   * What came of a plan.
   *
   * @param served the score
   * @param said who said what, in order
   * @param answer which answer it stopped at, as numbered in what was said; -1 when at none
   * @param p P(correct) as the next step saw it at the end; NaN when there was none
   */
  public record Played(Row.Served served, List<NextStep.Said> said, int answer, double p) {}

  /** Plays a route on one row. */
  public Played play(int row, Route route, Question question, NextStep nextStep) {
    var watched = new Watched(nextStep);
    List<Reply> replies = new ArrayList<>();
    var answer =
        new PlanRunner(() -> 0, watched, Aggregators.standard())
            .run(route, question, id -> new Recorded(row, id), piece -> {}, replies::add);
    var kind = route.plan().kind();
    var key = AnswerKey.of(answer, kind);
    double cost = 0;
    double correct = 0;
    for (var reply : replies) {
      int expert = records.column(reply.card().id());
      cost += records.usd(row, expert);
      boolean gave =
          reply instanceof Reply.Answered answered
              && (replies.size() == 1
                  || (key.isPresent() && key.equals(AnswerKey.of(answered.answer(), kind))));
      correct = gave ? Math.max(correct, records.correct(row, expert)) : correct;
    }
    return new Played(
        new Row.Served(correct, cost, replies.size(), watched.p),
        watched.said,
        watched.answer,
        watched.p);
  }

  /** Remembers what a next step thought last. */
  private static final class Watched implements NextStep {
    private final NextStep step;
    private List<Said> said = List.of();
    private int answer = -1;
    private double p = Double.NaN;

    Watched(NextStep step) {
      this.step = step;
    }

    @Override
    public Step after(Route route, Question question, List<Said> heard) {
      said = heard;
      var next = step.after(route, question, heard);
      p = next instanceof Step.Stop stop ? stop.p() : Double.NaN;
      answer = next instanceof Step.Stop stop ? stop.answer() : -1;
      return next;
    }
  }

  /** An expert that says what is on record. */
  private final class Recorded implements Expert {
    private final int row;
    private final String id;

    Recorded(int row, String id) {
      this.row = row;
      this.id = id;
    }

    @Override
    public ExpertCard card() {
      var card = cards.get(id);
      if (card == null) {
        throw new IllegalArgumentException("no card of " + id);
      }
      return card;
    }

    @Override
    public Answer answer(Question question, Consumer<Delta> out) {
      var item = records.items().get(row).id();
      return Answer.of(answers.of(item, id).orElse(UNREADABLE), Usage.NONE);
    }
  }
}
