package io.consilium.adapters.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.wire.ChatWire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each thing that can go wrong at a server, and what the person who has to act reads. */
final class OpenAiFailuresTest {
  private final FakeUpstream upstream = FakeUpstream.start();
  private final OpenAiClient client = new OpenAiClient(address -> {});

  @AfterEach
  void close() {
    FakeUpstream.await("every connection to be given back", () -> client.leased() == 0);
    client.close();
    upstream.close();
  }

  private static Question question(boolean stream) {
    return question(stream, Duration.ofSeconds(20));
  }

  private static Question question(boolean stream, Duration time) {
    var body = Json.object().put("model", "m").put("stream", stream);
    body.putArray("messages").addObject().put("role", "user").put("content", "What is 2 + 3?");
    return ChatWire.question(body, Terms.within(time, Instant.now()));
  }

  private OpenAiExpert expert(URI url, String model) {
    return new OpenAiExpert(FakeCards.card(url, model), client, ref -> "sk-secret");
  }

  private ExpertException failure(String model, boolean stream, List<Delta> pieces) {
    return failure(expert(upstream.url(), model), question(stream), pieces);
  }

  private static ExpertException failure(
      OpenAiExpert expert, Question question, List<Delta> pieces) {
    var thrown = catchThrowable(() -> expert.answer(question, pieces::add));
    if (thrown instanceof ExpertException failure) {
      return failure;
    }
    throw new AssertionError("expected an ExpertException", thrown);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "html, UPSTREAM_INVALID, usually ends in /v1",
    "not-json, UPSTREAM_INVALID, is not JSON",
    "not-http, UNAVAILABLE, is it an HTTP server",
    "hang-up, UNAVAILABLE, closed the connection without an answer",
    "cut-body, STREAM_BROKEN, broke off in the middle",
    "401, UPSTREAM_AUTH, Check the key in ${FAKE_KEY}",
    "413, CONTEXT_TOO_LONG, larger than",
    "429, RATE_LIMITED, Rate limit reached",
    "500, UNAVAILABLE, The server had an error",
    "rejects, UPSTREAM_REJECTED, Invalid value for 'temperature'",
    "too-long, CONTEXT_TOO_LONG, maximum context length is 8192",
    "huge, UPSTREAM_INVALID, more than the",
    "nobody, CONFIGURATION, does not know the model 'nobody'",
  })
  void aWholeReplyFails(String model, FailureKind kind, String says) {
    var failure = failure(model, false, new ArrayList<>());
    assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
    assertThat(failure.message()).contains(says).doesNotContain("sk-secret");
    if (!model.equals("not-json")) {
      assertThat(failure.message()).contains(upstream.url().getAuthority());
    }
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "html, UPSTREAM_INVALID, usually ends in /v1",
    "empty-stream, UPSTREAM_INVALID, without a single piece",
    "bad-sse, UPSTREAM_INVALID, is not JSON",
    "error-in-stream, RATE_LIMITED, slow down",
    "cut-before-first, STREAM_BROKEN, broke off",
    "429, RATE_LIMITED, Rate limit reached",
    "too-long, CONTEXT_TOO_LONG, maximum context length is 8192",
  })
  void aStreamFailsBeforeItsFirstPieceSoNothingWasSentAndAnotherExpertCanAnswer(
      String model, FailureKind kind, String says) {
    List<Delta> pieces = new ArrayList<>();
    var failure = failure(model, true, pieces);
    assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
    assertThat(failure.message()).contains(says);
    assertThat(pieces).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "cut-stream, broke off",
    "end-without-finish, before the answer was whole",
    "bad-sse-later, is not JSON",
    "error-after-piece, the GPU fell off",
  })
  void aStreamThatFailsLaterIsBroken(String model, String says) {
    List<Delta> pieces = new ArrayList<>();
    var failure = failure(model, true, pieces);
    assertThat(failure.kind()).as(failure.message()).isEqualTo(FailureKind.STREAM_BROKEN);
    assertThat(failure.message()).contains(says);
    assertThat(pieces).hasSize(1);
  }

  @Test
  void theWaitTheServerAsksForIsKept() {
    assertThat(failure("429-retry-after", false, new ArrayList<>()).retryAfter())
        .contains(Duration.ofSeconds(7));
    assertThat(failure("429", true, new ArrayList<>()).retryAfter()).isEmpty();
  }

  @Test
  void errorsInOtherShapesAreUnderstood() {
    upstream.script("ollama", e -> e.json(500, "{\"error\":\"model runner has stopped\"}"));
    upstream.script("fastapi", e -> e.json(422, "{\"detail\":\"field required\"}"));
    upstream.script(
        "vllm", e -> e.json(400, "{\"object\":\"error\",\"message\":\"bad\",\"code\":400}"));
    upstream.script("text", e -> e.answer(503, Map.of(), "no healthy upstream".getBytes(UTF_8)));
    upstream.script("empty", e -> e.answer(502, Map.of(), new byte[0]));
    upstream.script("ok-but", e -> e.json(200, "{\"error\":{\"message\":\"busy\",\"code\":503}}"));
    upstream.script(
        "broke", Behaviours.failing(429, "You exceeded your quota", "insufficient_quota"));
    assertSays("ollama", FailureKind.UNAVAILABLE, "model runner has stopped");
    assertSays("fastapi", FailureKind.UPSTREAM_REJECTED, "field required");
    assertSays("vllm", FailureKind.UPSTREAM_REJECTED, "bad");
    assertSays("text", FailureKind.UNAVAILABLE, "no healthy upstream");
    assertSays("empty", FailureKind.UNAVAILABLE, "502");
    assertSays("ok-but", FailureKind.UNAVAILABLE, "busy");
    assertSays("broke", FailureKind.UPSTREAM_AUTH, "has no credit left");
  }

  @Test
  void aReplyThatBreaksTheRulesOfHttpIsInvalid() {
    upstream.script("rule-breaker", e -> e.write("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"));
    assertSays("rule-breaker", FailureKind.UPSTREAM_INVALID, "does not answer in HTTP");
    upstream.script("coder", e -> e.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\n"));
    assertSays("coder", FailureKind.UPSTREAM_INVALID, "does not answer in HTTP");
  }

  private void assertSays(String model, FailureKind kind, String says) {
    var failure = failure(model, false, new ArrayList<>());
    assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
    assertThat(failure.message()).contains(says);
  }

  @Test
  void aKeyTheServerRepeatsIsBlottedOut() {
    upstream.script("leaky", Behaviours.failing(403, "key sk-secret may not do this", "forbidden"));
    assertThat(failure("leaky", false, new ArrayList<>()).message())
        .contains("key *** may not")
        .doesNotContain("sk-secret");
  }

  @Test
  void redirectsAreNotFollowed() {
    upstream.script(
        "moved",
        exchange ->
            exchange.answer(307, Map.of("Location", "http://169.254.169.254/"), new byte[0]));
    assertSays("moved", FailureKind.CONFIGURATION, "redirects to http://169.254.169.254/");
    assertThat(upstream.exchanges()).hasSize(1);
  }

  @Test
  void aClosedPortIsUnavailableAndNamed() throws IOException {
    URI url;
    try (var taken = new ServerSocket(0)) {
      url = URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/v1");
    }
    var failure = failure(expert(url, "any"), question(false), new ArrayList<>());
    assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(failure.message()).contains(url.getAuthority()).contains("Is the server running?");
  }

  @Test
  void anUnknownHostIsUnavailableAndNamed() {
    var failure =
        failure(
            expert(URI.create("http://no-such-host.invalid/v1"), "any"),
            question(false),
            new ArrayList<>());
    assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(failure.message()).contains("no-such-host.invalid");
  }

  @Test
  void aServerWithoutTlsIsNamedWhenAskedForIt() throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> {
        try (var socket = server.accept()) {
          socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
          socket.getInputStream().readAllBytes();
        } catch (IOException e) {
          // the caller hung up
        }
      });
      assertTlsFailure(server.getLocalPort(), "does not speak TLS");
    }
  }

  @Test
  void aCertificateNobodyTrustsIsNamed(@TempDir Path folder) throws Exception {
    var store = folder.resolve("self-signed.p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "self",
                "-dname",
                "CN=localhost",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .start();
    assertThat(keytool.waitFor()).isZero();
    var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, "changeit".toCharArray());
    var tls = SSLContext.getInstance("TLS");
    tls.init(factory.getKeyManagers(), null, null);
    try (var server =
        tls.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> {
        try (var socket = server.accept()) {
          socket.getInputStream().readAllBytes();
        } catch (IOException e) {
          // the caller does not trust us
        }
      });
      assertTlsFailure(server.getLocalPort(), "Check the certificate");
    }
  }

  private void assertTlsFailure(int port, String says) {
    var url = URI.create("https://127.0.0.1:" + port + "/v1");
    var failure = failure(expert(url, "any"), question(false), new ArrayList<>());
    assertThat(failure.kind()).as(failure.message()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(failure.message()).contains("no TLS connection to 127.0.0.1:" + port).contains(says);
  }

  @Test
  void anAddressThatMustNotBeCalledIsNotConnectedTo() {
    var rules = new OutboundRules(false, Set.of());
    try (var strict = new OpenAiClient(rules::check)) {
      for (var host : List.of("127.0.0.1", "localhost", "[::1]")) {
        var url = URI.create("http://" + host + ":" + upstream.url().getPort() + "/v1");
        var expert = new OpenAiExpert(FakeCards.card(url, "plain"), strict, ref -> "sk-secret");
        var failure = failure(expert, question(false), new ArrayList<>());
        assertThat(failure.kind()).isEqualTo(FailureKind.CONFIGURATION);
        assertThat(failure.message()).contains("refused").contains("allowed outbound hosts");
      }
      assertThat(strict.leased()).isZero();
    }
    assertThat(upstream.accepted()).isZero();
  }

  @Test
  void silenceBeyondTheLimitIsATimeout() {
    var limits =
        new OpenAiClient.Limits(
            Duration.ofSeconds(5), Duration.ofMillis(100), 10, 1 << 20, 1 << 20);
    try (var impatient = new OpenAiClient(limits, address -> {}, InstantSource.system())) {
      for (var model : List.of("hang", "hang-in-stream")) {
        var failure =
            failure(
                new OpenAiExpert(FakeCards.card(upstream.url(), model), impatient, ref -> "k"),
                question(true),
                new ArrayList<>());
        assertThat(failure.kind()).as(failure.message()).isEqualTo(FailureKind.TIMEOUT);
      }
      FakeUpstream.await("every connection to be given back", () -> impatient.leased() == 0);
    }
  }

  @Test
  void aSecretThatNoHeaderMayHoldIsConfiguration() {
    var expert =
        new OpenAiExpert(FakeCards.card(upstream.url(), "plain"), client, ref -> "a\r\nX: b");
    assertThat(failure(expert, question(false), new ArrayList<>()).kind())
        .isEqualTo(FailureKind.CONFIGURATION);
    assertThat(upstream.exchanges()).isEmpty();
  }

  @Test
  void aUrlThatIsNoneIsConfiguration() {
    for (var url : List.of("ftp://host/v1", "mailto:me@host", "/v1")) {
      assertThatThrownBy(() -> expert(URI.create(url), "any"))
          .isInstanceOfSatisfying(
              ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFIGURATION))
          .hasMessageContaining(url);
    }
  }
}
