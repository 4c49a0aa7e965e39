package io.consilium.orchestrator.api;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Question;
import io.consilium.orchestrator.Course;
import io.consilium.orchestrator.telemetry.Metric;
import io.consilium.orchestrator.telemetry.RequestSpan;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What is measured of every question that is answered, or is not. */
public final class RequestMeters {
  private final Telemetry telemetry;
  private final Timer overhead;
  private final Map<String, Timer> durations = new ConcurrentHashMap<>();
  private final Map<String, Counter> decisions = new ConcurrentHashMap<>();

  public RequestMeters(Telemetry telemetry) {
    this.telemetry = telemetry;
    this.overhead = Metric.OVERHEAD.timer(telemetry.meters());
  }

  /** Begins the span of a question. */
  public RequestSpan span(Question question) {
    return telemetry.request(operation(question.dialect()), question.terms().trace());
  }

  /** Counts a question that was answered. */
  public void answered(Question question, Course course, RequestSpan span) {
    ended(question, course, "", span);
  }

  /** Counts one that was not. */
  public void failed(Question question, Course course, ExpertException failure, RequestSpan span) {
    span.failed(failure.kind().name());
    ended(question, course, failure.kind().name(), span);
  }

  private void ended(Question question, Course course, String error, RequestSpan span) {
    var operation = operation(question.dialect());
    durations
        .computeIfAbsent(
            operation + " " + error,
            key -> Metric.SERVER_DURATION.timer(telemetry.meters(), operation, error))
        .record(nanos(course.millis()), TimeUnit.NANOSECONDS);
    course
        .route()
        .ifPresent(route -> {
          span.decided(question.terms().decision(), route.plan().type());
          overhead.record(nanos(course.ownMillis()), TimeUnit.NANOSECONDS);
          decisions
              .computeIfAbsent(
                  route.plan().type(), type -> Metric.DECISIONS.counter(telemetry.meters(), type))
              .increment();
        });
  }

  private static String operation(Dialect dialect) {
    return switch (dialect) {
      case CHAT -> "chat";
      case COMPLETIONS -> "text_completion";
      case EMBEDDINGS -> "embeddings";
    };
  }

  private static long nanos(double millis) {
    return (long) (millis * 1e6);
  }
}
