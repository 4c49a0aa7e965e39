package io.consilium.orchestrator.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallerLimitTest {
  private final AtomicLong now = new AtomicLong();

  @Test
  void aKeyMaySendSoManyRequestsAMinuteAndOthersTheirOwn() {
    var limit = new CallerLimit(2, now::get);
    limit.admit("a");
    limit.admit("a");

    assertThatThrownBy(() -> limit.admit("a"))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.RATE_LIMITED);
              assertThat(e.message()).contains("more than 2 requests in a minute");
              assertThat(e.retryAfter().orElseThrow())
                  .isBetween(Duration.ZERO, Duration.ofMinutes(1));
            });
    assertThatCode(() -> limit.admit("b")).doesNotThrowAnyException();
    assertThatCode(() -> limit.admit(null)).doesNotThrowAnyException();
    now.addAndGet(TimeUnit.MINUTES.toNanos(1));
    assertThatCode(() -> limit.admit("a")).doesNotThrowAnyException();
  }

  @Test
  void zeroIsNoLimit() {
    var limit = new CallerLimit(0, now::get);

    assertThatCode(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                limit.admit("a");
              }
            })
        .doesNotThrowAnyException();
  }
}
