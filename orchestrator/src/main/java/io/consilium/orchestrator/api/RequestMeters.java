package io.consilium.orchestrator.api;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.orchestrator.Course;
import io.consilium.orchestrator.telemetry.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What is measured of every question that is answered, or is not. */
public final class RequestMeters {
  private final MeterRegistry meters;
  private final Timer overhead;
  private final Map<String, Timer> durations = new ConcurrentHashMap<>();
  private final Map<String, Counter> decisions = new ConcurrentHashMap<>();

  public RequestMeters(MeterRegistry meters) {
    this.meters = meters;
    this.overhead = Metric.OVERHEAD.timer(meters);
  }

  void answered(Dialect dialect, Course course) {
    ended(dialect, course, "");
  }

  void failed(Dialect dialect, Course course, ExpertException failure) {
    ended(dialect, course, failure.kind().name());
  }

  private void ended(Dialect dialect, Course course, String error) {
    var operation =
        switch (dialect) {
          case CHAT -> "chat";
          case COMPLETIONS -> "text_completion";
          case EMBEDDINGS -> "embeddings";
        };
    durations
        .computeIfAbsent(
            operation + " " + error, key -> Metric.SERVER_DURATION.timer(meters, operation, error))
        .record(nanos(course.millis()), TimeUnit.NANOSECONDS);
    course
        .route()
        .ifPresent(
            route -> {
              overhead.record(nanos(course.ownMillis()), TimeUnit.NANOSECONDS);
              decisions
                  .computeIfAbsent(
                      route.plan().type(), type -> Metric.DECISIONS.counter(meters, type))
                  .increment();
            });
  }

  private static long nanos(double millis) {
    return (long) (millis * 1e6);
  }
}
