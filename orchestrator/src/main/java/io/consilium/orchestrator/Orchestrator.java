package io.consilium.orchestrator;

import io.consilium.aggregator.PlanRunner;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.orchestrator.journal.Journal;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The story of one question: look who is there, decide who answers, let them, remember it.
 *
 * <p>It is itself an {@link Expert}, so a composition can be an expert of another; each level
 * counts in {@code Terms.depth}, and the deepest is refused.
 */
public final class Orchestrator implements Expert {
  private final ExpertCard card;
  private final ExpertRegistry registry;
  private final Decider decider;
  private final Experts experts;
  private final PlanRunner runner;
  private final Journal journal;
  private final InstantSource clock;
  private final LongSupplier nanos;

  /**
   * An orchestrator over the experts of one registry.
   *
   * @param card what other compositions see of this one
   * @param journal remembers decisions
   * @param nanos a monotonic clock in nanoseconds
   */
  public Orchestrator(
      ExpertCard card,
      ExpertRegistry registry,
      Decider decider,
      Experts experts,
      PlanRunner runner,
      Journal journal,
      InstantSource clock,
      LongSupplier nanos) {
    this.card = card;
    this.registry = registry;
    this.decider = decider;
    this.experts = experts;
    this.runner = runner;
    this.journal = journal;
    this.clock = clock;
    this.nanos = nanos;
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  /** Answers as one expert of a composition above: routed, one level deeper, its own decision. */
  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    return answer(deeper(question), new Course(nanos, nanos.getAsLong()), out);
  }

  /**
   * Answers a question, noting in {@code course} what happens; the decision is remembered before
   * this returns or throws.
   *
   * @throws ExpertException when nobody could answer
   */
  public Answer answer(Question question, Course course, Consumer<Delta> out) {
    journal.admit();
    var at = clock.instant();
    var roster = registry.current();
    var decided = decider.decide(question, roster);
    course.decided(decided.route());
    Answer answer;
    try {
      answer =
          runner.run(
              decided.route(),
              question,
              id -> course.timed(experts.find(id)),
              out,
              course::replied);
    } catch (ExpertException failure) {
      journal.record(Remembrance.of(at, question, decided, course, null, failure));
      throw failure;
    }
    journal.record(Remembrance.of(at, question, decided, course, answer, null));
    return answer;
  }

  /** The question one level deeper, to be routed there, with a decision of its own. */
  private static Question deeper(Question question) {
    var terms = question.terms();
    return new Question(
        question.dialect(),
        PinnedDecider.POLICY_PREFIX + "auto",
        question.body(),
        question.messages(),
        question.tools(),
        question.parameters(),
        new Terms(
            terms.policy(),
            terms.deadline(),
            terms.budgetUsd(),
            terms.tenant(),
            terms.key(),
            terms.conversation(),
            Terms.newDecisionId(),
            terms.depth() + 1,
            terms.trace(),
            terms.record()));
  }

  /** Decides who would answer, without asking anybody. */
  public Decider.Decided decide(Question question) {
    return decider.decide(question, registry.current());
  }

  /** Who is there now. */
  public Roster roster() {
    return registry.current();
  }
}
