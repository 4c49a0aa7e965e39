package io.consilium.orchestrator;

import io.consilium.aggregator.PlanRunner;
import io.consilium.expert.Answer;
import io.consilium.expert.Caching;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.orchestrator.cache.AnswerCache;
import io.consilium.orchestrator.journal.Journal;
import io.consilium.orchestrator.memory.InformedExpert;
import io.consilium.orchestrator.memory.Memory;
import io.consilium.router.Conversations;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The story of one question: look who is there, decide who answers, let them, remember it.
 *
 * <p>It is itself an {@link Expert}, so a composition can be an expert of another; each level
 * counts in {@code Terms.depth}, and the deepest is refused.
 */
public final class Orchestrator implements Expert {
  private static final int REASONS = 6;

  private final ExpertCard card;
  private final ExpertRegistry registry;
  private final Inquiries inquiries;
  private final Decider decider;
  private final Experts experts;
  private final ToolOffers tools;
  private final PlanRunner runner;
  private final AnswerCache cache;
  private final Memory memory;
  private final Conversations conversations;
  private final Journal journal;
  private final Onlooker onlooker;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Attempts.OfRequests attempts = new Attempts.OfRequests();

  /**
   * An orchestrator over the experts of one registry.
   *
   * @param card what other compositions see of this one
   * @param inquiries buys what helps to decide
   * @param tools which registered tools a language model may call while it answers
   * @param cache answers that may be given again
   * @param memory what is remembered for tenants
   * @param conversations remembers who served which
   * @param journal remembers decisions
   * @param onlooker is told of answers
   * @param nanos a monotonic clock in nanoseconds
   */
  public Orchestrator(
      ExpertCard card,
      ExpertRegistry registry,
      Inquiries inquiries,
      Decider decider,
      Experts experts,
      ToolOffers tools,
      PlanRunner runner,
      AnswerCache cache,
      Memory memory,
      Conversations conversations,
      Journal journal,
      Onlooker onlooker,
      InstantSource clock,
      LongSupplier nanos) {
    this.card = card;
    this.registry = registry;
    this.inquiries = inquiries;
    this.decider = decider;
    this.experts = experts;
    this.tools = tools;
    this.runner = runner;
    this.cache = cache;
    this.memory = memory;
    this.conversations = conversations;
    this.journal = journal;
    this.onlooker = onlooker;
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
    return deeper(PinnedDecider.POLICY_PREFIX + "auto", question, out);
  }

  /** Answers as the composition of a card, one level deeper. */
  Answer composed(ExpertCard composition, Question question, Consumer<Delta> out) {
    return deeper(composition.id(), question, out);
  }

  private Answer deeper(String model, Question question, Consumer<Delta> out) {
    var course = new Course(nanos, nanos.getAsLong());
    var inner =
        new Question(
            question.dialect(),
            model,
            question.body(),
            question.messages(),
            question.tools(),
            question.parameters(),
            question.terms().deeper());
    return answer(inner, course, out).costing(course.usd());
  }

  /**
   * Answers a question, noting in {@code course} what happens; the decision is remembered before
   * this returns or throws.
   *
   * @throws ExpertException when nobody could answer
   */
  public Answer answer(Question asked, Course course, Consumer<Delta> out) {
    journal.admit();
    var at = clock.instant();
    var roster = registry.current();
    var question = informed(bounded(asked, at, roster), roster, course);
    var decided = decider.decide(question, roster);
    course.decided(decided.route());
    Answer answer;
    try (var turn = attempts.begin(question.terms().decision())) {
      answer = known(question, decided.route(), roster, turn.attempts(), course, out);
    } catch (ExpertException failure) {
      journal.record(Remembrance.of(at, question, decided, course, null, failure));
      throw failure;
    }
    var decision = Remembrance.of(at, question, decided, course, answer, null);
    journal.record(decision);
    onlooker.answered(question, answer, decision);
    if (!PinnedDecider.names(question) && course.cached().isEmpty()) {
      course.expert().ifPresent(card -> conversations.served(question, answer.text(), card.id()));
    }
    return answer;
  }

  /** An answer that was given before, or else a new one, which is kept to be given again. */
  private Answer known(
      Question question,
      Route route,
      Roster roster,
      Attempts made,
      Course course,
      Consumer<Delta> out) {
    var facts = remembered(question, course);
    // what is remembered may change any time, and so may the answer
    var asked = facts.isEmpty() ? question : question.under(question.terms().cached(Caching.OFF));
    var known = cache.look(asked, route.routerVersion(), roster);
    var hit = known.hit();
    if (hit != null) {
      course.again(hit.answer(), hit.from(), roster);
      if (question.parameters().stream()) {
        speak(hit.answer(), out);
      }
      return hit.answer();
    }
    refuseWhereNobodyMay(route, question.terms().policy());
    int most = attemptsShown(question, roster);
    var answer =
        runner.run(
            route,
            question,
            id -> {
              var shown = made.showing(experts.find(id), question, most, course::shown);
              var whole = tools.around(InformedExpert.of(shown, facts), question, course::replied);
              return course.timed(made.noting(whole, question, p(route, id), route.plan().kind()));
            },
            out,
            course::replied);
    course.answered(answer);
    cache.keep(
        known,
        question,
        route.routerVersion(),
        course.replies(),
        answer,
        clock.instant(),
        course.usd());
    return answer;
  }

  /** How many attempts the composition that is asked wants shown. */
  private static int attemptsShown(Question question, Roster roster) {
    return PinnedDecider.names(question)
        ? roster
            .find(question.model())
            .map(seat ->
                seat.card().kind() instanceof ExpertKind.Composition composition
                    ? composition.attempts()
                    : 0)
            .orElse(0)
        : 0;
  }

  private static double p(Route route, String expert) {
    return route.forecasts().stream()
        .filter(forecast -> forecast.expert().equals(expert))
        .mapToDouble(Forecast::p)
        .findFirst()
        .orElse(0.5);
  }

  /** Facts for the experts, noted with the experience that bore on whom to ask. */
  private List<Memory.Recalled> remembered(Question question, Course course) {
    if (!question.terms().memory()) {
      return List.of();
    }
    var facts = memory.facts(question.terms().tenant(), question.lastUserText());
    course.noted(
        Stream.concat(facts.stream(), memory.heeded(question.terms().decision()).stream())
            .map(Memory.Recalled::noted)
            .toList());
    return facts;
  }

  private static void speak(Answer answer, Consumer<Delta> out) {
    var reasoning = answer.reasoning();
    if (reasoning != null) {
      out.accept(new Delta.Reasoning(reasoning));
    }
    if (!answer.text().isEmpty()) {
      out.accept(new Delta.Text(answer.text()));
    }
    for (int i = 0; i < answer.toolCalls().size(); i++) {
      var call = answer.toolCalls().get(i);
      out.accept(new Delta.ToolCall(i, call.id(), call.name(), call.arguments()));
    }
  }

  /** The question after buying what helps to decide, which its budget pays for. */
  private Question informed(Question question, Roster roster, Course course) {
    var bought = inquiries.about(question, roster);
    if (bought.isEmpty()) {
      return question;
    }
    course.bought(bought);
    return question.under(question.terms().spent(course.usd()));
  }

  /** Nobody even eligible is a failure to mend; nobody likely enough to be right is an answer. */
  private static void refuseWhereNobodyMay(Route route, Policy policy) {
    if (route.plan() instanceof Plan.Abstain abstain && route.forecasts().isEmpty()) {
      var reasons =
          route.excluded().stream()
              .filter(each -> policy.pin().isEmpty() || policy.pin().contains(each.expert()))
              .limit(REASONS)
              .map(each -> each.expert() + ": " + each.reason())
              .collect(Collectors.joining("; "));
      throw new ExpertException(
          FailureKind.NO_EXPERT,
          "%s. %s"
              .formatted(
                  abstain.reason(),
                  reasons.isEmpty()
                      ? "Register one with POST /v1/experts or in experts.yaml"
                      : reasons));
    }
  }

  /** The question under the deadline of the composition it names. */
  private static Question bounded(Question question, Instant now, Roster roster) {
    if (!PinnedDecider.names(question)) {
      return question;
    }
    return roster
        .find(question.model())
        .filter(seat -> seat.card().kind() instanceof ExpertKind.Composition)
        .map(seat -> ((ExpertKind.Composition) seat.card().kind()).millis())
        .filter(millis -> millis > 0)
        .map(millis -> question.under(question.terms().until(now.plusMillis(millis))))
        .orElse(question);
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
