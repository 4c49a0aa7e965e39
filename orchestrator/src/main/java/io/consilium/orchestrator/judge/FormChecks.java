package io.consilium.orchestrator.judge;

import io.consilium.aggregator.strategy.CallerForm;
import io.consilium.expert.Answer;
import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Outcome;
import io.consilium.expert.Question;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.orchestrator.replay.Crediting;
import io.consilium.orchestrator.telemetry.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records whether answers had the form that was asked for, JSON by a schema or calls of the
 * caller's tools, and whether registered tools that were called did what they were asked. Such an
 * outcome weighs nothing: a right form is not a right answer, and only wrong ones would be heard
 * otherwise. What is recorded waits in memory for a moment; a process that is killed loses that
 * much, and no answer.
 */
public final class FormChecks implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FormChecks.class);
  private static final int WAITING = 1_000;
  private static final int TOGETHER = 200;
  private static final Duration LOOKS = Duration.ofMillis(200);
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  private final JdbcOutcomes outcomes;
  private final Predicate<Decision> teaches;
  private final InstantSource clock;
  private final BlockingQueue<Answered> waiting = new ArrayBlockingQueue<>(WAITING);
  private final Counter right;
  private final Counter wrong;
  private final @Nullable Thread writer;
  private volatile boolean closing;

  /**
   * @param enabled whether anything is checked
   * @param teaches whether anything may be learnt from a decision
   */
  public FormChecks(
      JdbcOutcomes outcomes,
      boolean enabled,
      Predicate<Decision> teaches,
      InstantSource clock,
      MeterRegistry meters) {
    this.teaches = teaches;
    this.outcomes = outcomes;
    this.clock = clock;
    this.right = Metric.FORM_CHECKS.counter(meters, "right");
    this.wrong = Metric.FORM_CHECKS.counter(meters, "wrong");
    this.writer =
        enabled ? Thread.ofPlatform().name("form-checks").daemon().start(this::write) : null;
  }

  private record Answered(Question question, Answer answer, Decision decision) {}

  /** Has an answer that was recorded looked at, soon. */
  public void look(Question question, Answer answer, Decision decision) {
    boolean formed = question.parameters().structured() || !answer.toolCalls().isEmpty();
    var asked = decision.route().plan().experts();
    boolean called = decision.replies().stream().anyMatch(told -> !asked.contains(told.expert()));
    if (writer == null || !(formed || called) || !teaches.test(decision)) {
      return;
    }
    if (!waiting.offer(new Answered(question, answer, decision))) {
      log.debug("the store is behind: the form of {} is not recorded", decision.id());
    }
  }

  private void check(Answered answered, List<Outcome> into) {
    var decision = answered.decision();
    var answer = answered.answer();
    if (answered.question().parameters().structured() || !answer.toolCalls().isEmpty()) {
      var problem = CallerForm.problem(answered.question(), answer).orElse(null);
      Crediting.alone(decision)
          .ifPresent(told -> into.add(outcome(decision, told, problem == null, problem)));
    }
    var asked = decision.route().plan().experts();
    for (var told : decision.replies()) {
      var failure = told.failure();
      boolean calledOff = failure != null && failure.kind() == FailureKind.CANCELLED;
      if (!asked.contains(told.expert()) && !calledOff) {
        into.add(
            outcome(decision, told, failure == null, failure == null ? null : failure.message()));
      }
    }
  }

  private Outcome outcome(
      Decision decision, Decision.Told told, boolean fine, @Nullable String problem) {
    (fine ? right : wrong).increment();
    return Crediting.outcome(
        decision,
        told,
        fine ? 1 : 0,
        0,
        Outcome.Source.FORM,
        decision.question() == null ? null : problem,
        clock.instant());
  }

  private void record(List<Answered> some) {
    List<Outcome> found = new ArrayList<>();
    for (var each : some) {
      try {
        check(each, found);
      } catch (RuntimeException e) { // a caller's schema may be anything
        log.warn("the form of {} cannot be told: {}", each.decision().id(), e.toString());
      }
    }
    try {
      var _ = outcomes.add(List.of(), found);
    } catch (ExpertException e) {
      log.warn("the form of {} answers is not recorded: {}", found.size(), e.message());
    }
  }

  private void write() {
    List<Answered> some = new ArrayList<>();
    try {
      while (true) {
        var first = waiting.poll(LOOKS.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
          if (closing) {
            return;
          }
          continue;
        }
        some.add(first);
        waiting.drainTo(some, TOGETHER);
        record(some);
        some.clear();
      }
    } catch (InterruptedException e) {
      log.debug("checking forms ends");
    }
  }

  /** Writes what waits; it is not interrupted, for the embedded store would not outlive that. */
  @Override
  public void close() {
    closing = true;
    try {
      if (writer != null) {
        var _ = writer.join(LAST_WORDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
