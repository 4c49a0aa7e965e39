package io.consilium.orchestrator.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where measurements go.
 *
 * @param meters of the application
 * @param tracer a no-op one when no collector is configured
 */
public record Telemetry(MeterRegistry meters, Tracer tracer) {
  private static final TextMapGetter<String> TRACEPARENT =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
          return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
          return key.equals("traceparent") ? carrier : null;
        }
      };

  /** Metrics without traces. */
  public static Telemetry untraced(MeterRegistry meters) {
    return new Telemetry(meters, TracerProvider.noop().get("io.consilium"));
  }

  /**
   * Begins the span of a question ({@link Step#REQUEST}) and makes it the calling thread's own;
   * close it on the same thread.
   *
   * @param operation {@code chat}, {@code text_completion} or {@code embeddings}
   * @param traceparent of the caller, or null
   */
  public RequestSpan request(String operation, @Nullable String traceparent) {
    var span =
        tracer
            .spanBuilder(operation)
            .setSpanKind(SpanKind.SERVER)
            .setParent(parent(traceparent))
            .startSpan();
    span.setAttribute("gen_ai.operation.name", operation);
    return new RequestSpan(span);
  }

  /** Does the work inside the span {@link Step#ROUTING}. */
  public <T> T routing(Supplier<T> work) {
    var span = tracer.spanBuilder(Step.ROUTING.pattern()).startSpan();
    try (Scope _ = span.makeCurrent()) {
      return work.get();
    } catch (RuntimeException e) {
      span.setStatus(StatusCode.ERROR);
      throw e;
    } finally {
      span.end();
    }
  }

  /**
   * Begins the span of a call of an expert ({@link Step#EXPERT}).
   *
   * @param traceparent taken as the parent on a thread that has no span of its own
   */
  public Span expert(String name, @Nullable String traceparent) {
    var present = Context.current();
    boolean orphan = !Span.fromContext(present).getSpanContext().isValid();
    return tracer
        .spanBuilder(name)
        .setSpanKind(SpanKind.CLIENT)
        .setParent(orphan ? parent(traceparent) : present)
        .startSpan();
  }

  private static Context parent(@Nullable String traceparent) {
    return traceparent == null
        ? Context.root()
        : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, TRACEPARENT);
  }

  /** The W3C {@code traceparent} that makes {@code span} a parent; null when it is not traced. */
  public static @Nullable String traceparent(Span span) {
    var context = span.getSpanContext();
    return context.isValid()
        ? "00-%s-%s-%s"
            .formatted(context.getTraceId(), context.getSpanId(), context.getTraceFlags().asHex())
        : null;
  }
}
