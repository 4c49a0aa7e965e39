package io.consilium.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff();

  @Test
  void theFirstLossIsMendedAtOnceAndFurtherOnesWaitTwiceAsLongEachTime() {
    backoff.lost(Duration.ofSeconds(5));
    assertThat(backoff.delay()).isZero();

    backoff.lost(Duration.ofSeconds(5));
    assertThat(backoff.delay()).isEqualTo(Duration.ofMillis(250));

    backoff.failed();
    assertThat(backoff.delay()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aServerThatCannotBeStartedWaitsFromTheFirstTime() {
    backoff.failed();

    assertThat(backoff.delay()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void noWaitIsLongerThanHalfAMinute() {
    for (int i = 0; i < 100; i++) {
      backoff.failed();
    }

    assertThat(backoff.delay()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aSessionThatHeldForAMinuteWipesTheSlate() {
    for (int i = 0; i < 9; i++) {
      backoff.failed();
    }

    backoff.lost(Duration.ofMinutes(1));

    assertThat(backoff.delay()).isZero();
  }
}
