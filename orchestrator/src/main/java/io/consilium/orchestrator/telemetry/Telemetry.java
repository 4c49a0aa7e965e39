package io.consilium.orchestrator.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;

/**
 * Where measurements go.
 *
 * @param meters of the application
 * @param tracer a no-op one when no collector is configured
 */
public record Telemetry(MeterRegistry meters, Tracer tracer) {
  /** Metrics without traces. */
  public static Telemetry untraced(MeterRegistry meters) {
    return new Telemetry(meters, TracerProvider.noop().get("io.consilium"));
  }
}
