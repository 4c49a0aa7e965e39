package io.consilium.orchestrator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.Answer;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.registry.SnapshotRegistry;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.orchestrator.guard.GuardSettings;
import io.consilium.orchestrator.guard.Guards;
import io.consilium.orchestrator.guard.Timing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TracingTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CALLER = "00-" + TRACE + "-b7ad6b7169203331-01";

  private final Collected spans = new Collected();
  private final Tracing tracing =
      new Tracing(TracingSettings.OFF, SimpleSpanProcessor.create(spans));
  private final Telemetry telemetry = new Telemetry(new SimpleMeterRegistry(), tracing.tracer());
  private final Timing timing = Timing.system();

  /** A fake collector. */
  private static final class Collected implements SpanExporter {
    private final List<SpanData> all = new CopyOnWriteArrayList<>();

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      all.addAll(spans);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }

    SpanData named(String name) {
      return all.stream().filter(span -> span.getName().equals(name)).findFirst().orElseThrow();
    }
  }

  @AfterEach
  void end() {
    tracing.close();
    timing.scheduler().shutdownNow();
  }

  @Test
  void aRequestContinuesTheCallersTraceAndHoldsRoutingAndExperts() {
    var expert =
        new ScriptedExpert(
            ScriptedExpert.card("calculator"),
            question -> Answer.of("42", new Usage(7, 2, 3, 1, false)));
    var guarded =
        new Guards(GuardSettings.DEFAULT, SnapshotRegistry.inMemory(), telemetry, timing)
            .around(expert);
    var question =
        Question.of("a secret question", Terms.within(Duration.ofMinutes(1), Instant.now()));

    try (var request = telemetry.request("chat", CALLER)) {
      request.decided("dec_1", telemetry.routing(() -> "one"));
      guarded.answer(question, piece -> {});
    }

    var server = spans.named("chat");
    assertThat(server.getTraceId()).isEqualTo(TRACE);
    assertThat(server.getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(server.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(server.getAttributes().get(AttributeKey.stringKey("consilium.plan")))
        .isEqualTo("one");
    assertThat(spans.named("consilium.route").getParentSpanId()).isEqualTo(server.getSpanId());
    var call = spans.named("chat calculator");
    assertThat(call.getParentSpanId()).isEqualTo(server.getSpanId());
    assertThat(call.getAttributes().get(AttributeKey.longKey("gen_ai.usage.input_tokens")))
        .isEqualTo(7);
    assertThat(Step.REQUEST.attributes()).as("documented").containsAll(keys(server));
    assertThat(Step.EXPERT.attributes()).as("documented").containsAll(keys(call));
    assertThat(spans.all).hasSize(3);
    assertThat(spans.all.stream().map(SpanData::getAttributes))
        .as("neither the question nor its answer, in any attribute")
        .allSatisfy(attributes ->
            assertThat(attributes.asMap().values())
                .noneSatisfy(value -> assertThat(value.toString()).contains("secret"))
                .doesNotContain("42"));
    assertThat(spans.all)
        .allSatisfy(span -> assertThat(span.getName() + span.getEvents()).doesNotContain("secret"));
    assertThat(expert.asked().getFirst().terms().trace())
        .as("upstream continues the expert's span")
        .isEqualTo("00-%s-%s-01".formatted(TRACE, call.getSpanId()));
  }

  private static List<String> keys(SpanData span) {
    return span.getAttributes().asMap().keySet().stream().map(AttributeKey::getKey).toList();
  }

  @Test
  void aFailedExpertMarksItsSpan() {
    var guarded =
        new Guards(GuardSettings.DEFAULT, SnapshotRegistry.inMemory(), telemetry, timing)
            .around(ScriptedExpert.failing("e", FailureKind.INVALID_REQUEST));
    assertThatExceptionOfType(ExpertException.class)
        .isThrownBy(() ->
            guarded.answer(
                Question.of("?", Terms.within(Duration.ofMinutes(1), Instant.now()).traced(CALLER)),
                piece -> {}));
    var span = spans.named("chat e");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getAttributes().get(AttributeKey.stringKey("error.type")))
        .isEqualTo("INVALID_REQUEST");
    assertThat(span.getTraceId()).as("a thread without a span takes the terms'").isEqualTo(TRACE);
  }

  @Test
  void aTraceparentThatIsNoneStartsATrace() {
    try (var request = telemetry.request("chat", "rubbish")) {
      request.failed("INTERNAL");
    }
    assertThat(spans.named("chat").getParentSpanContext().isValid()).isFalse();
    assertThat(spans.named("chat").getTraceId()).isNotEqualTo(TRACE);
  }

  @Test
  void spansReachACollectorOverHttp() throws Exception {
    BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    var collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          var body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
          bodies.add(exchange.getRequestHeaders().getFirst("x-collector-key") + body);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    try {
      var endpoint = URI.create("http://localhost:" + collector.getAddress().getPort());
      var settings = new TracingSettings(endpoint, Map.of("x-collector-key", "k1"), 1.0);
      try (var real = new Tracing(settings)) {
        new Telemetry(new SimpleMeterRegistry(), real.tracer()).request("chat", CALLER).close();
      }
      assertThat(bodies.poll(20, TimeUnit.SECONDS)).startsWith("k1").contains("consilium");
    } finally {
      collector.stop(0);
    }
  }

  @Test
  void withoutAnEndpointNothingIsTracedAndTheCallersTraceIsPassedOn() {
    try (var off = new Tracing(TracingSettings.OFF)) {
      var quiet = new Telemetry(new SimpleMeterRegistry(), off.tracer());
      try (var request = quiet.request("chat", CALLER)) {
        request.decided("dec_1", "one");
        assertThat(Telemetry.traceparent(quiet.expert("chat e", null))).isEqualTo(CALLER);
      }
      try (var request = quiet.request("chat", null)) {
        request.decided("dec_2", "one");
        assertThat(Telemetry.traceparent(quiet.expert("chat e", null))).isNull();
      }
    }
  }

  @Test
  void anEndpointThatIsNoAddressIsRefused() {
    assertThatExceptionOfType(ExpertException.class)
        .isThrownBy(() -> new TracingSettings(URI.create("localhost:4318"), Map.of(), 1))
        .withMessageContaining("consilium.tracing.endpoint");
  }
}
