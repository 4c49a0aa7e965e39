package io.consilium.orchestrator.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LimitedExpertTest {
  private final Scene scene = new Scene();

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void noMoreCallsThanTheLimitAreUnderWayAndTheOthersAreToldWhenToCome() throws Exception {
    var open = new CountDownLatch(1);
    var limited = limited(ScriptedExpert.waiting("e", open, "42"), 3, 0);
    var refused = new AtomicInteger();
    var answered = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        threads.execute(() -> {
          var failure = failure(limited);
          if (failure == null) {
            answered.incrementAndGet();
          } else {
            assertThat(failure.kind()).isEqualTo(FailureKind.OVERLOADED);
            assertThat(failure.retryAfter()).contains(Duration.ofSeconds(1));
            assertThat(failure.message()).contains("3 calls are under way");
            if (refused.incrementAndGet() == 47) {
              open.countDown();
            }
          }
        });
      }
    }
    assertThat(answered).hasValue(3);
    assertThat(limited.free()).as("permits come back").isEqualTo(3);
  }

  @Test
  void failuresGiveTheirPermitBack() {
    var limited = limited(ScriptedExpert.failing("e", FailureKind.TIMEOUT), 2, 0);
    for (int i = 0; i < 10; i++) {
      var failure = failure(limited);
      assertThat(failure).isNotNull();
    }
    assertThat(limited.free()).isEqualTo(2);
  }

  @Test
  void noMoreCallsBeginWithinASecondThanTheRate() {
    var expert = ScriptedExpert.saying("e", "42");
    var limited = limited(expert, 0, 5);
    for (int second = 1; second <= 3; second++) {
      for (int i = 0; i < 20; i++) {
        var failure = failure(limited);
        if (failure != null) {
          assertThat(failure.kind()).isEqualTo(FailureKind.OVERLOADED);
          assertThat(failure.retryAfter().orElseThrow())
              .isPositive()
              .isLessThanOrEqualTo(Duration.ofSeconds(1));
        }
      }
      assertThat(expert.asked()).hasSize(5 * second);
      scene.pass(Duration.ofSeconds(1));
    }
  }

  @Test
  void aCallRefusedByItsRateKeepsNoPermit() {
    var limited = limited(ScriptedExpert.saying("e", "42"), 4, 1);
    for (int i = 0; i < 10; i++) {
      failure(limited);
    }
    assertThat(limited.free()).isEqualTo(4);
  }

  private LimitedExpert limited(Expert expert, int concurrent, int perSecond) {
    return new LimitedExpert(expert, new GuardSettings.Limits(concurrent, perSecond), scene.timing);
  }

  private ExpertException failure(Expert expert) {
    return catchThrowableOfType(
        ExpertException.class, () -> expert.answer(scene.question(), Scene.NOWHERE));
  }
}
