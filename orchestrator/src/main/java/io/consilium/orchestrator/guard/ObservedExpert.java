package io.consilium.orchestrator.guard;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.consilium.expert.Service;
import io.consilium.expert.Usage;
import io.consilium.orchestrator.telemetry.Metric;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * An expert whose every call is measured: metrics and a span under OpenTelemetry's GenAI names, its
 * latency to the roster, and how many calls are under way. Contents never enter a metric or span.
 */
final class ObservedExpert implements Expert {
  private final Expert expert;
  private final ExpertRegistry registry;
  private final Telemetry telemetry;
  private final Timing timing;
  private final String operation;
  private final String provider;
  private final String model;
  private final String spanName;
  private final AtomicInteger inFlight;
  private final ConcurrentHashMap<String, Timer> durations = new ConcurrentHashMap<>();
  private final Timer firstChunk;
  private final DistributionSummary input;
  private final DistributionSummary output;

  /**
   * @param inFlight counts the calls under way
   */
  ObservedExpert(
      Expert expert,
      ExpertRegistry registry,
      Telemetry telemetry,
      Timing timing,
      AtomicInteger inFlight) {
    this.expert = expert;
    this.registry = registry;
    this.telemetry = telemetry;
    this.timing = timing;
    this.inFlight = inFlight;
    this.operation = expert.card().services().contains(Service.CHAT) ? "chat" : "embeddings";
    this.provider = expert.card().endpoint().provider().name().toLowerCase(Locale.ROOT);
    this.model = expert.card().id();
    this.spanName = operation + " " + model;
    MeterRegistry meters = telemetry.meters();
    this.firstChunk = Metric.CLIENT_FIRST_CHUNK.timer(meters, operation, provider, model);
    this.input = Metric.CLIENT_TOKENS.summary(meters, operation, provider, model, "input");
    this.output = Metric.CLIENT_TOKENS.summary(meters, operation, provider, model, "output");
  }

  @Override
  public ExpertCard card() {
    return expert.card();
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    var span = telemetry.expert(spanName, question.terms().trace());
    var call = new Call(out, timing.nanos().getAsLong());
    String error = FailureKind.INTERNAL.name();
    registry.load(model, inFlight.incrementAndGet());
    try (Scope _ = span.makeCurrent()) {
      var answer = expert.answer(traced(question, span), call);
      error = "";
      used(answer.usage(), span);
      return answer;
    } catch (ExpertException e) {
      error = e.kind().name();
      throw e;
    } finally {
      registry.load(model, inFlight.decrementAndGet());
      ended(call, error, question, span);
    }
  }

  /** The question, telling whoever is asked which span to continue. */
  private static Question traced(Question question, Span span) {
    String traceparent = Telemetry.traceparent(span);
    return traceparent == null ? question : question.under(question.terms().traced(traceparent));
  }

  private void ended(Call call, String error, Question question, Span span) {
    long nanos = timing.nanos().getAsLong() - call.start;
    duration(error).record(nanos, TimeUnit.NANOSECONDS);
    if (error.isEmpty()) {
      registry.observed(model, nanos / 1e6);
    }
    if (span.isRecording()) {
      span.setAttribute("gen_ai.operation.name", operation);
      span.setAttribute("gen_ai.provider.name", provider);
      span.setAttribute("gen_ai.request.model", model);
      span.setAttribute("gen_ai.request.stream", question.parameters().stream());
      if (!error.isEmpty()) {
        span.setAttribute("error.type", error);
        span.setStatus(StatusCode.ERROR);
      }
    }
    span.end();
  }

  private void used(Usage usage, Span span) {
    input.record((double) usage.input());
    output.record((double) usage.output());
    if (span.isRecording()) {
      span.setAttribute("gen_ai.usage.input_tokens", usage.input());
      span.setAttribute("gen_ai.usage.output_tokens", usage.output());
      span.setAttribute("gen_ai.usage.cache_read.input_tokens", usage.cachedInput());
      span.setAttribute("gen_ai.usage.reasoning.output_tokens", usage.reasoning());
    }
  }

  private Timer duration(String error) {
    return durations.computeIfAbsent(
        error,
        type -> Metric.CLIENT_DURATION.timer(telemetry.meters(), operation, provider, model, type));
  }

  /** One call and its first piece. */
  private final class Call implements Consumer<Delta> {
    private final Consumer<Delta> out;
    private final long start;
    private boolean any;

    Call(Consumer<Delta> out, long start) {
      this.out = out;
      this.start = start;
    }

    @Override
    public void accept(Delta piece) {
      if (!any) {
        any = true;
        firstChunk.record(timing.nanos().getAsLong() - start, TimeUnit.NANOSECONDS);
      }
      out.accept(piece);
    }
  }
}
