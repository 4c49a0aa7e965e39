package io.consilium.orchestrator.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.expert.Answer;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Parameters;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeadlineExpertTest {
  private final Timing timing = Timing.system();
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void end() {
    timing.scheduler().shutdownNow();
  }

  @Test
  void aPassedDeadlineIsSaidWithoutAsking() {
    var expert = ScriptedExpert.saying("e", "42");
    var failure = failure(expert, question(Duration.ofSeconds(-1)));
    assertThat(failure.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
    assertThat(expert.asked()).isEmpty();
  }

  @Test
  void theDeadlineEndsTheWaitAndSaysForWhatAndLeavesNoInterrupt() {
    var failure =
        failure(ScriptedExpert.waiting("slow", never, "42"), question(Duration.ofMillis(50)));
    assertThat(failure.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
    assertThat(failure.message()).contains("the answer of expert 'slow'");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void aStreamThatIsCutOffSaysHowFarItCame() {
    var expert =
        new ScriptedExpert(ScriptedExpert.card("slow"), q -> Answer.of("one two", Usage.NONE));
    var pieces = new AtomicInteger();
    var failure =
        catchThrowableOfType(
            ExpertException.class,
            () ->
                new DeadlineExpert(expert, timing)
                    .answer(
                        streamed(Duration.ofMillis(50)),
                        piece -> {
                          if (pieces.incrementAndGet() == 2) {
                            block();
                          }
                        }));
    assertThat(failure.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
    assertThat(failure.message()).contains("after piece 2");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void anInterruptSwallowedOnTheWayComesAgain() {
    Expert deaf =
        new ScriptedExpert(
            ScriptedExpert.card("deaf"),
            question -> {
              for (int i = 0; i < 3; i++) {
                block();
              }
              throw new ExpertException(FailureKind.CANCELLED, "gave up");
            });
    assertThat(failure(deaf, question(Duration.ofMillis(20))).kind())
        .isEqualTo(FailureKind.DEADLINE_EXCEEDED);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void anInterruptFromOutsideIsNoDeadline() throws Exception {
    var started = new CountDownLatch(1);
    Expert expert =
        new ScriptedExpert(
            ScriptedExpert.card("e"),
            question -> {
              started.countDown();
              return ScriptedExpert.waiting("inner", never, "42").answer(question, Scene.NOWHERE);
            });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ExpertException> failure =
          threads.submit(() -> failure(expert, question(Duration.ofHours(1))));
      started.await();
      threads.shutdownNow();
      assertThat(failure.get().kind()).isEqualTo(FailureKind.CANCELLED);
    }
  }

  @Test
  void anOtherFailureBeforeTheDeadlineIsPassedOn() {
    var failure =
        failure(
            ScriptedExpert.failing("e", FailureKind.RATE_LIMITED), question(Duration.ofHours(1)));
    assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
  }

  @Test
  void aDeadlineInAThousandYearsIsNone() {
    var expert = ScriptedExpert.saying("e", "42");
    var question = Question.of("6 times 7?", Terms.within(Duration.ofDays(365_000), Instant.now()));
    assertThat(new DeadlineExpert(expert, timing).answer(question, Scene.NOWHERE).text())
        .isEqualTo("42");
  }

  @Test
  void racesBetweenAnswerAndDeadlineLeaveNoInterruptAndNoTimer() throws Exception {
    Expert quick =
        new DeadlineExpert(
            new ScriptedExpert(
                ScriptedExpert.card("quick"),
                question -> {
                  long until = System.nanoTime() + ThreadLocalRandom.current().nextInt(2_000_000);
                  while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                  }
                  return Answer.of("42", Usage.NONE);
                }),
            timing);
    List<Future<Integer>> strays = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        strays.add(
            threads.submit(() -> {
              int stray = 0;
              for (int j = 0; j < 200; j++) {
                try {
                  quick.answer(question(Duration.ofMillis(1)), Scene.NOWHERE);
                } catch (ExpertException e) {
                  assertThat(e.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
                }
                if (Thread.interrupted()) {
                  stray++;
                }
              }
              return stray;
            }));
      }
      for (var stray : strays) {
        assertThat(stray.get()).isZero();
      }
    }
    assertThat(((ScheduledThreadPoolExecutor) timing.scheduler()).getQueue()).isEmpty();
  }

  private void block() {
    try {
      never.await();
    } catch (InterruptedException e) {
      assertThat(e).as("swallowed, as a blocked write does").isNotNull();
    }
  }

  private ExpertException failure(Expert expert, Question question) {
    return catchThrowableOfType(
        ExpertException.class,
        () -> new DeadlineExpert(expert, timing).answer(question, Scene.NOWHERE));
  }

  private static Question question(Duration time) {
    return Question.of("How much is 6 times 7?", Terms.within(time, Instant.now()));
  }

  private static Question streamed(Duration time) {
    var question = question(time);
    return new Question(
        question.dialect(),
        question.model(),
        question.body(),
        question.messages(),
        question.tools(),
        new Parameters(true, false, null, null, false, false),
        question.terms());
  }
}
