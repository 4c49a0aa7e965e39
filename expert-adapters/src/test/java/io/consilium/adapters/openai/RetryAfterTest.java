package io.consilium.adapters.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.HeaderGroup;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private static @Nullable Duration of(String... pairs) {
    var headers = new HeaderGroup();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.addHeader(new BasicHeader(pairs[i], pairs[i + 1]));
    }
    return RetryAfter.of(headers, NOW);
  }

  @Test
  void secondsAreRead() {
    assertThat(of("Retry-After", "7")).isEqualTo(Duration.ofSeconds(7));
    assertThat(of("retry-after", " 0.5 ")).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aDateIsReadAndOneThatPassedMeansNow() {
    assertThat(of("Retry-After", "Tue, 24 Nov 2026 12:01:30 GMT"))
        .isEqualTo(Duration.ofSeconds(90));
    assertThat(of("Retry-After", "Tue, 24 Nov 2026 11:00:00 GMT")).isEqualTo(Duration.ZERO);
  }

  @Test
  void millisecondsWinForTheyAreMoreExact() {
    assertThat(of("Retry-After", "1", "retry-after-ms", "250")).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void whatIsUsedUpSaysWhenItIsBack() {
    assertThat(
            of(
                "x-ratelimit-remaining-requests", "0",
                "x-ratelimit-reset-requests", "20ms",
                "x-ratelimit-remaining-tokens", "0",
                "x-ratelimit-reset-tokens", "6m0.5s"))
        .isEqualTo(Duration.ofMillis(360_500));
    assertThat(
            of(
                "x-ratelimit-remaining-requests", "10",
                "x-ratelimit-reset-requests", "1h2m3s",
                "x-ratelimit-remaining-tokens", "0",
                "x-ratelimit-reset-tokens", "12"))
        .isEqualTo(Duration.ofSeconds(12));
  }

  @Test
  void nothingAndNonsenseNameNoWait() {
    assertThat(of()).isNull();
    assertThat(of("Retry-After", "soon")).isNull();
    assertThat(of("Retry-After", "-5")).isNull();
    assertThat(of("Retry-After", "")).isNull();
    assertThat(of("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "later"))
        .isNull();
  }
}
