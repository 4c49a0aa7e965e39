package io.consilium.orchestrator.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;

/** The span of one question; nothing but a few empty calls when traces are off. */
public final class RequestSpan implements AutoCloseable {
  private final Span span;
  private final Scope scope;

  @SuppressWarnings("MustBeClosedChecker") // closed with this
  RequestSpan(Span span) {
    this.span = span;
    this.scope = span.makeCurrent();
  }

  /** Notes what was decided. */
  public void decided(String decision, String plan) {
    span.setAttribute("consilium.decision", decision);
    span.setAttribute("consilium.plan", plan);
  }

  /** Notes why there was no answer; {@code type} is the name of a failure kind. */
  public void failed(String type) {
    span.setAttribute("error.type", type);
    span.setStatus(StatusCode.ERROR);
  }

  @Override
  public void close() {
    scope.close();
    span.end();
  }
}
