package io.consilium.orchestrator.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryingExpertTest {
  private final Scene scene = new Scene();

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void aFailureThatPassesIsNotSeen() {
    var expert = failing(FailureKind.UNAVAILABLE, FailureKind.RATE_LIMITED);
    var retries = new AtomicInteger();
    var retrying =
        new RetryingExpert(
            expert, GuardSettings.Retry.DEFAULT, scene.timing, retries::incrementAndGet);

    assertThat(retrying.answer(scene.question(), Scene.NOWHERE).text()).isEqualTo("42");
    assertThat(expert.asked()).hasSize(3);
    assertThat(retries).hasValue(2);
  }

  @Test
  void waitsGrowTwofoldAndStopAtTheLongest() {
    var settings = new GuardSettings.Retry(6, Duration.ofMillis(100), Duration.ofMillis(500), 0.5);
    var expert = ScriptedExpert.failing("e", FailureKind.UNAVAILABLE);

    assertThatThrownBy(() -> retrying(expert, settings).answer(scene.question(), Scene.NOWHERE))
        .isInstanceOf(ExpertException.class);
    assertThat(scene.pauses.stream().map(Duration::toMillis))
        .containsExactly(100L, 200L, 400L, 500L, 500L);
    assertThat(expert.asked()).hasSize(6);
  }

  @Test
  void chanceSpreadsTheWaitsByTheJitter() {
    var settings = new GuardSettings.Retry(2, Duration.ofMillis(100), Duration.ofSeconds(1), 0.5);
    for (double random : new double[] {0, 0.25, 0.999999}) {
      scene.random = random;
      retrying(failing(FailureKind.UNAVAILABLE), settings).answer(scene.question(), Scene.NOWHERE);
    }
    assertThat(scene.pauses.stream().map(Duration::toMillis)).containsExactly(50L, 75L, 150L);
  }

  @Test
  void theWaitAnExpertAsksForIsHonoured() {
    var expert =
        scripted(
            new ExpertException(FailureKind.RATE_LIMITED, "slow down")
                .retryAfter(Duration.ofSeconds(3)));
    retrying(expert, GuardSettings.Retry.DEFAULT).answer(scene.question(), Scene.NOWHERE);
    assertThat(scene.pauses).containsExactly(Duration.ofSeconds(3));
  }

  @Test
  void aWaitLongerThanTheLongestIsNotWaitedFor() {
    var expert =
        scripted(
            new ExpertException(FailureKind.RATE_LIMITED, "slow down")
                .retryAfter(Duration.ofSeconds(60)));
    var failure = failure(expert, scene.question(Duration.ofHours(1)));
    assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
    assertThat(failure.retryAfter()).contains(Duration.ofSeconds(60));
    assertThat(scene.pauses).isEmpty();
  }

  @Test
  void aWaitThatOutlastsTheDeadlineIsNotWaitedFor() {
    var expert =
        scripted(
            new ExpertException(FailureKind.RATE_LIMITED, "slow down")
                .retryAfter(Duration.ofSeconds(3)));
    var failure = failure(expert, scene.question(Duration.ofSeconds(3)));
    assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
    assertThat(scene.pauses).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(FailureKind.class)
  void onlyWhatMayPassIsTriedAgain(FailureKind kind) {
    var expert = ScriptedExpert.failing("e", kind);
    failure(expert, scene.question());
    assertThat(expert.asked()).hasSize(kind.retryable() ? 3 : 1);
  }

  @Test
  void onceAPieceHasGoneOutAFailureIsFinal() {
    var calls = new AtomicInteger();
    Expert broken =
        new Expert() {
          @Override
          public ExpertCard card() {
            return ScriptedExpert.card("broken");
          }

          @Override
          public Answer answer(Question question, Consumer<Delta> out) {
            calls.incrementAndGet();
            out.accept(new Delta.Text("4"));
            throw new ExpertException(FailureKind.STREAM_BROKEN, "cut off");
          }
        };
    List<Delta> pieces = new ArrayList<>();
    assertThatThrownBy(() ->
            retrying(broken, GuardSettings.Retry.DEFAULT).answer(scene.streamed(), pieces::add))
        .isInstanceOf(ExpertException.class);
    assertThat(calls).hasValue(1);
    assertThat(pieces).hasSize(1);
  }

  @Test
  void theLastFailureCarriesTheEarlierOnes() {
    var expert = failing(FailureKind.UNAVAILABLE, FailureKind.RATE_LIMITED, FailureKind.TIMEOUT);
    var failure = failure(expert, scene.question());
    assertThat(failure.kind()).isEqualTo(FailureKind.TIMEOUT);
    assertThat(failure.getSuppressed())
        .extracting(e -> ((ExpertException) e).kind())
        .containsExactly(FailureKind.UNAVAILABLE, FailureKind.RATE_LIMITED);
  }

  @Test
  void anInterruptEndsTheWait() {
    var expert =
        new ScriptedExpert(
            ScriptedExpert.card("e"),
            question -> {
              throw new ExpertException(FailureKind.UNAVAILABLE, "away");
            });
    var settings = new GuardSettings.Retry(3, Duration.ofMillis(1), Duration.ofSeconds(1), 0);
    var interrupting =
        new Timing(
            scene.clock,
            System::nanoTime,
            scene.scheduler,
            time -> {
              throw new InterruptedException();
            },
            () -> 0);
    var failure =
        catchThrowableOfType(
            ExpertException.class,
            () ->
                new RetryingExpert(expert, settings, interrupting, () -> {})
                    .answer(scene.question(), Scene.NOWHERE));
    assertThat(failure.kind()).isEqualTo(FailureKind.CANCELLED);
    assertThat(Thread.interrupted()).as("the flag is kept for the caller").isTrue();
    assertThat(expert.asked()).hasSize(1);
  }

  private Expert retrying(Expert expert, GuardSettings.Retry settings) {
    return new RetryingExpert(expert, settings, scene.timing, () -> {});
  }

  private ExpertException failure(Expert expert, Question question) {
    return catchThrowableOfType(
        ExpertException.class,
        () -> retrying(expert, GuardSettings.Retry.DEFAULT).answer(question, Scene.NOWHERE));
  }

  /** Fails so, one kind after the other, then answers. */
  private static ScriptedExpert failing(FailureKind... kinds) {
    return scripted(
        Arrays.stream(kinds)
            .map(kind -> new ExpertException(kind, kind + " as scripted"))
            .toArray(ExpertException[]::new));
  }

  private static ScriptedExpert scripted(ExpertException... failures) {
    Iterator<ExpertException> next = List.of(failures).iterator();
    return new ScriptedExpert(
        ScriptedExpert.card("e"),
        question -> {
          if (next.hasNext()) {
            throw next.next();
          }
          return Answer.of("42", Usage.NONE);
        });
  }
}
