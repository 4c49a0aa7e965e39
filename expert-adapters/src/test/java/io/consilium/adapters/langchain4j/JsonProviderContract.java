package io.consilium.adapters.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Terms;
import io.consilium.expert.wire.ChatWire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What holds besides where our own HTTP client is in use. */
abstract class JsonProviderContract extends ProviderContract {
  @Test
  void theWaitAProviderAsksForIsKept() {
    var slower =
        expert(
            "slower",
            exchange ->
                exchange.answer(
                    429,
                    Map.of("Retry-After", "17", "Content-Type", "application/json"),
                    "{}".getBytes(StandardCharsets.UTF_8)));
    for (boolean stream : new boolean[] {false, true}) {
      assertThat(failure(() -> ask(slower, body(stream))).retryAfter())
          .contains(Duration.ofSeconds(17));
    }
  }

  @Test
  void aWebPageIsNoAnswer() {
    var page =
        expert(
            "page",
            exchange ->
                exchange.answer(
                    200,
                    Map.of("Content-Type", "text/html"),
                    "<html>Sign in</html>".getBytes(StandardCharsets.UTF_8)));
    for (boolean stream : new boolean[] {false, true}) {
      assertThat(failure(() -> ask(page, body(stream))).kind())
          .isEqualTo(FailureKind.UPSTREAM_INVALID);
    }
  }

  @Test
  void aPassedDeadlineClosesTheConnectionBeforeTheFirstByte() throws Exception {
    var waiting = waiting().orElseThrow();
    for (boolean stream : new boolean[] {false, true}) {
      var soon = Terms.within(Duration.ofMillis(300), Instant.now());
      ExpertException late =
          failure(() -> waiting.answer(ChatWire.question(body(stream), soon), delta -> {}));
      assertThat(late.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
      assertThat(upstream.exchanges().getLast().awaitHangUp(Duration.ofSeconds(2))).isTrue();
    }
  }

  @Test
  void aReaderWhoLeavesEndsTheStream() throws Exception {
    var endless =
        expert(
            "endless",
            exchange -> {
              begin(exchange);
              exchange.hang();
            });
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(() ->
                endless.answer(
                    asked(body(true)),
                    delta -> {
                      throw new IllegalStateException("gone");
                    })))
        .hasMessage("gone");
    var exchange = upstream.exchanges().getLast();
    FakeUpstream.await("the connection to be closed", () -> exchange.hungUpAt() != 0);
  }

  /** Opens a stream and says "The ". */
  abstract void begin(io.consilium.adapters.testing.FakeExchange exchange)
      throws java.io.IOException;

  @Test
  void aStreamThatEndsTooSoonIsBroken() {
    var cut =
        expert(
            "cut",
            exchange -> {
              begin(exchange);
              exchange.close();
            });
    assertThat(failure(() -> ask(cut, body(true))).kind()).isEqualTo(FailureKind.STREAM_BROKEN);
  }
}
