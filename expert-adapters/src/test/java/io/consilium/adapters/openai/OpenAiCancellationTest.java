package io.consilium.adapters.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeExchange;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.wire.ChatWire;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever stops reading stops the server's work, and no connection is lost on the way. */
final class OpenAiCancellationTest {
  private final FakeUpstream upstream = FakeUpstream.start();
  private final OpenAiClient client = new OpenAiClient(address -> {});

  @AfterEach
  void close() {
    FakeUpstream.await("every connection to be given back", () -> client.leased() == 0);
    client.close();
    upstream.close();
  }

  private OpenAiExpert expert(String model) {
    return new OpenAiExpert(FakeCards.card(upstream.url(), model), client, ref -> "k");
  }

  private static Question question(boolean stream, Duration time) {
    var body = Json.object().put("model", "m").put("stream", stream);
    body.putArray("messages").addObject().put("role", "user").put("content", "What is 2 + 3?");
    return ChatWire.question(body, Terms.within(time, Instant.now()));
  }

  private static FailureKind kind(@Nullable Throwable thrown) {
    if (thrown instanceof ExpertException failure) {
      return failure.kind();
    }
    throw new AssertionError("expected an ExpertException", thrown);
  }

  /** Interrupts a call once the server has its request, and says how long the hang-up took. */
  private Duration interrupted(String model, boolean stream) throws Exception {
    var outcome = new CompletableFuture<FailureKind>();
    int before = upstream.exchanges(model).size();
    var first = new CountDownLatch(model.equals("hang") ? 0 : 1);
    Consumer<Delta> out = delta -> first.countDown();
    var caller =
        Thread.startVirtualThread(() ->
            outcome.complete(
                kind(
                    catchThrowable(() ->
                        expert(model).answer(question(stream, Duration.ofSeconds(20)), out)))));
    FakeUpstream.await("the request", () -> upstream.exchanges(model).size() > before);
    FakeExchange exchange = upstream.await(model);
    assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
    long start = System.nanoTime();
    caller.interrupt();
    assertThat(exchange.awaitHangUp(Duration.ofSeconds(10))).isTrue();
    assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(FailureKind.CANCELLED);
    return Duration.ofNanos(exchange.hungUpAt() - start);
  }

  /** The median of five, as the machine may be busy with other things once. */
  private Duration usually(String model, boolean stream) throws Exception {
    List<Duration> times = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      times.add(interrupted(model, stream));
    }
    return times.stream().sorted().toList().get(2);
  }

  @Test
  void theServerSeesTheHangUpWithinAHundredMillisecondsBeforeTheFirstByte() throws Exception {
    assertThat(usually("hang", false)).isLessThan(Duration.ofMillis(100));
    assertThat(usually("hang", true)).isLessThan(Duration.ofMillis(100));
  }

  @Test
  void theServerSeesTheHangUpWithinAHundredMillisecondsInTheStream() throws Exception {
    assertThat(usually("hang-in-stream", true)).isLessThan(Duration.ofMillis(100));
  }

  @Test
  void interruptingAndTheDeadlineEndATlsHandshakeThatHangs() throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var url = URI.create("https://127.0.0.1:" + server.getLocalPort() + "/v1");
      var expert = new OpenAiExpert(FakeCards.card(url, "any"), client, ref -> "k");
      var outcome = new CompletableFuture<FailureKind>();
      var caller =
          Thread.startVirtualThread(() ->
              outcome.complete(
                  kind(
                      catchThrowable(() ->
                          expert.answer(question(false, Duration.ofSeconds(20)), delta -> {})))));
      try (var socket = server.accept()) {
        assertThat(socket.getInputStream().read()).as("the hello").isNotNegative();
        long start = System.nanoTime();
        caller.interrupt();
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(FailureKind.CANCELLED);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
      }
      long start = System.nanoTime();
      assertThat(
              kind(
                  catchThrowable(
                      () -> expert.answer(question(false, Duration.ofMillis(200)), delta -> {}))))
          .isEqualTo(FailureKind.DEADLINE_EXCEEDED);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void aReaderThatThrowsHangsUp() throws Exception {
    var gone = new IllegalStateException("gone");
    var thrown =
        catchThrowable(() ->
            expert("hang-in-stream")
                .answer(
                    question(true, Duration.ofSeconds(20)),
                    delta -> {
                      throw gone;
                    }));
    assertThat(thrown).isSameAs(gone);
    assertThat(upstream.await("hang-in-stream").awaitHangUp(Duration.ofSeconds(1))).isTrue();
    assertThat(client.leased()).isZero();
  }

  @Test
  void theDeadlineEndsSilence() throws Exception {
    for (var model : List.of("hang", "hang-in-stream")) {
      long start = System.nanoTime();
      assertThat(
              kind(
                  catchThrowable(() ->
                      expert(model).answer(question(true, Duration.ofMillis(150)), delta -> {}))))
          .isEqualTo(FailureKind.DEADLINE_EXCEEDED);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(100), Duration.ofSeconds(1));
      assertThat(upstream.await(model).awaitHangUp(Duration.ofSeconds(1))).isTrue();
    }
  }

  @Test
  void theDeadlineEndsATrickle() throws Exception {
    upstream.script(
        "trickle",
        exchange -> {
          exchange.open();
          while (!exchange.awaitHangUp(Duration.ofMillis(20))) {
            exchange.chunk(": still here\n\n");
          }
        });
    long start = System.nanoTime();
    assertThat(
            kind(
                catchThrowable(() ->
                    expert("trickle").answer(question(true, Duration.ofMillis(200)), delta -> {}))))
        .isEqualTo(FailureKind.DEADLINE_EXCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    assertThat(upstream.await("trickle").awaitHangUp(Duration.ofSeconds(1))).isTrue();
  }

  @Test
  void aServerThatKeepsTheLineOpenAfterItsEndDoesNotHoldTheAnswerBack() {
    upstream.script(
        "lingers",
        exchange -> {
          exchange.open();
          exchange.event(Behaviours.chunk(Json.object().put("content", "five"), "stop"));
          exchange.event("[DONE]");
          exchange.hang();
        });
    long start = System.nanoTime();
    assertThat(expert("lingers").answer(question(true, Duration.ofSeconds(20)), delta -> {}).text())
        .isEqualTo("five");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void brokenCallsLeakNoConnectionAndDoNotHarmTheNextOne() throws Exception {
    var models =
        List.of(
            "plain",
            "cut-stream",
            "429",
            "bad-sse-later",
            "hang-up",
            "plain",
            "error-in-stream",
            "cut-body",
            "html",
            "huge");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<@Nullable Throwable>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        var model = models.get(i % models.size());
        boolean stream = i % 3 != 0;
        Callable<@Nullable Throwable> call =
            () ->
                catchThrowable(() ->
                    expert(model).answer(question(stream, Duration.ofSeconds(30)), delta -> {}));
        calls.add(threads.submit(call));
      }
      for (int i = 0; i < calls.size(); i++) {
        var thrown = calls.get(i).get();
        if (models.get(i % models.size()).equals("plain")) {
          assertThat(thrown).isNull();
        } else {
          assertThat(thrown).isInstanceOf(ExpertException.class);
        }
      }
    }
    assertThat(client.leased()).isZero();
    assertThat(expert("plain").answer(question(false, Duration.ofSeconds(20)), d -> {}).text())
        .isEqualTo(Behaviours.ANSWER);
  }

  @Test
  void twoThousandSlowStreamsAreHeldWithoutALostFrame() throws Exception {
    int streams = 2_000;
    var permits = new Semaphore(0);
    upstream.script("paced", Behaviours.paced(permits, "a", "b", "c"));
    var expert = expert("paced");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        answers.add(
            threads.submit(
                () -> expert.answer(question(true, Duration.ofSeconds(60)), delta -> {})));
      }
      long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
      while (upstream.exchanges().size() < streams) {
        assertThat(System.nanoTime()).as("all streams open").isLessThan(end);
        LockSupport.parkNanos(5_000_000);
      }
      assertThat(client.leased()).isEqualTo(streams);
      permits.release(3 * streams);
      for (var answer : answers) {
        assertThat(answer.get().text()).isEqualTo("abc");
      }
    }
    assertThat(client.leased()).isZero();
  }
}
