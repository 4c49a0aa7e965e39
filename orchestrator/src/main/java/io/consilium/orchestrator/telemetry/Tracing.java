package io.consilium.orchestrator.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way of spans to a collector, over OTLP and HTTP, batched on a thread of its own. Without an
 * endpoint nothing of it is loaded.
 */
public final class Tracing implements AutoCloseable {
  private final @Nullable SdkTracerProvider provider;

  public Tracing(TracingSettings settings) {
    this(settings, settings.endpoint() == null ? null : batches(settings, settings.endpoint()));
  }

  Tracing(TracingSettings settings, @Nullable SpanProcessor processor) {
    this.provider =
        processor == null
            ? null
            : SdkTracerProvider.builder()
                .setResource(
                    Resource.getDefault()
                        .merge(
                            Resource.create(
                                Attributes.of(
                                    AttributeKey.stringKey("service.name"), "consilium"))))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.share())))
                .addSpanProcessor(processor)
                .build();
  }

  private static SpanProcessor batches(TracingSettings settings, URI endpoint) {
    String path = endpoint.getPath();
    String url =
        path == null || path.isEmpty() || path.equals("/")
            ? endpoint.resolve("/v1/traces").toString()
            : endpoint.toString();
    var exporter = OtlpHttpSpanExporter.builder().setEndpoint(url);
    settings.headers().forEach(exporter::addHeader);
    return BatchSpanProcessor.builder(exporter.build()).build();
  }

  /** Makes spans; a no-op one without an endpoint. */
  public Tracer tracer() {
    var tracers = provider == null ? TracerProvider.noop() : provider;
    return tracers.get("io.consilium");
  }

  /** Sends what is left, for at most five seconds. */
  @Override
  public void close() {
    if (provider != null) {
      provider.shutdown().join(5, TimeUnit.SECONDS);
    }
  }
}
