package io.consilium.orchestrator.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.expert.Answer;
import io.consilium.expert.Blame;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerExpertTest {
  private static final GuardSettings.Breaker SETTINGS =
      new GuardSettings.Breaker(
          true,
          10,
          4,
          50,
          Duration.ofSeconds(10),
          100,
          Duration.ofHours(1),
          Duration.ofHours(4),
          2);

  private final Scene scene = new Scene();
  private Supplier<@Nullable FailureKind> mood = () -> null;
  private Duration takes = Duration.ZERO;
  private final ScriptedExpert scripted =
      new ScriptedExpert(
          ScriptedExpert.card("e"),
          question -> {
            scene.pass(takes);
            var kind = mood.get();
            if (kind != null) {
              throw new ExpertException(kind, "fails as scripted");
            }
            return Answer.of("42", Usage.NONE);
          });
  private final Expert expert =
      new BreakerExpert(scripted, SETTINGS, scene.timing, scene.healths::add);

  @AfterEach
  void end() {
    scene.close();
  }

  @ParameterizedTest
  @EnumSource(FailureKind.class)
  void onlyWhatTheExpertIsToBlameForOpensIt(FailureKind kind) {
    mood = () -> kind;
    ask(20);
    boolean counts = kind.blame() == Blame.EXPERT || kind == FailureKind.UPSTREAM_AUTH;
    assertThat(scripted.asked()).hasSize(counts ? 4 : 20);
  }

  @Test
  void anOpenBreakerRefusesAndSaysWhyAndForHowLong() {
    mood = () -> FailureKind.UNAVAILABLE;
    ask(4);
    scene.pass(Duration.ofMinutes(20));
    var refusal = failure();
    assertThat(refusal.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(refusal.message()).contains("'e'", "2400 s", "fails as scripted");
    assertThat(refusal.retryAfter()).contains(Duration.ofMinutes(40));
    assertThat(scripted.asked()).hasSize(4);
  }

  @Test
  void anExpertIsDownWhileOpenAndUpAfterItsTrial() {
    mood = () -> FailureKind.TIMEOUT;
    ask(4);
    mood = () -> null;
    scene.pass(Duration.ofHours(1).plusMillis(1));
    ask(2);
    assertThat(scene.statuses())
        .containsExactly(Health.Status.DOWN, Health.Status.DEGRADED, Health.Status.UP);
    assertThat(scene.healths.getFirst().reason()).contains("fails as scripted");
    assertThat(scripted.asked()).hasSize(6);
  }

  @Test
  void eachFailedTrialDoublesTheTimeItIsLeftAlone() {
    mood = () -> FailureKind.TIMEOUT;
    ask(4);
    for (int hours : new int[] {1, 2, 4, 4}) {
      assertThat(failure().retryAfter()).contains(Duration.ofHours(hours));
      scene.pass(Duration.ofHours(hours).plusMillis(1));
      ask(2);
    }
  }

  @Test
  void aTrialLetsOnlySoManyCallsThrough() {
    mood = () -> FailureKind.TIMEOUT;
    ask(4);
    scene.pass(Duration.ofHours(1).plusMillis(1));
    mood =
        () -> {
          mood = () -> null; // the inner calls
          ask(5); // while the first trial call is under way
          return null;
        };
    ask(1);
    assertThat(scripted.asked()).hasSize(4 + 2);
  }

  @Test
  void aTrialCallThatSaysNothingOfTheExpertGivesItsPlaceBack() {
    mood = () -> FailureKind.TIMEOUT;
    ask(4);
    scene.pass(Duration.ofHours(1).plusMillis(1));
    mood = () -> FailureKind.INVALID_REQUEST;
    ask(50);
    mood = () -> null;
    ask(2);
    assertThat(scene.statuses()).endsWith(Health.Status.UP);
  }

  @Test
  void slowCallsOpenIt() {
    takes = Duration.ofSeconds(11);
    ask(4);
    assertThat(failure().message()).contains("took too long");
    assertThat(scene.statuses()).containsExactly(Health.Status.DOWN);
  }

  @Test
  void callsGivenUpCountAsSlowWhenTheyWere() {
    takes = Duration.ofSeconds(11);
    mood = () -> FailureKind.CANCELLED;
    ask(4);
    assertThat(scene.statuses()).containsExactly(Health.Status.DOWN);
  }

  @Test
  void callsGivenUpEarlySayNothing() {
    takes = Duration.ofSeconds(1);
    mood = () -> FailureKind.CANCELLED;
    ask(50);
    assertThat(scene.statuses()).isEmpty();
  }

  @Test
  void aLongStreamThatBeganSoonIsNotSlow() {
    var streaming =
        new BreakerExpert(
            new ScriptedExpert(ScriptedExpert.card("e"), q -> Answer.of("a b c", Usage.NONE)),
            SETTINGS,
            scene.timing,
            scene.healths::add);
    for (int i = 0; i < 10; i++) {
      streaming.answer(scene.streamed(), piece -> scene.pass(Duration.ofSeconds(30)));
    }
    assertThat(scene.statuses()).isEmpty();
  }

  @Test
  void whatTheCallersConsumerThrowsIsNotTheExpertsFault() {
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() ->
              expert.answer(
                  scene.streamed(),
                  (Delta piece) -> {
                    throw new IllegalStateException("client gone");
                  }))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(scripted.asked()).hasSize(20);
  }

  private void ask(int times) {
    for (int i = 0; i < times; i++) {
      try {
        expert.answer(scene.question(), Scene.NOWHERE);
      } catch (ExpertException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  private ExpertException failure() {
    return catchThrowableOfType(
        ExpertException.class, () -> expert.answer(scene.question(), Scene.NOWHERE));
  }
}
