package io.consilium.expert;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The only exception that crosses a module. Its message is written for the person who has to act:
 * it says what was wrong and how to mend it, and never holds a secret.
 */
public final class ExpertException extends RuntimeException {
  private final FailureKind kind;
  private final @Nullable String parameter;
  private final @Nullable Duration retryAfter;

  public ExpertException(FailureKind kind, String message) {
    this(kind, message, null, null, null);
  }

  public ExpertException(FailureKind kind, String message, @Nullable Throwable cause) {
    this(kind, message, null, null, cause);
  }

  private ExpertException(
      FailureKind kind,
      String message,
      @Nullable String parameter,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.parameter = parameter;
    this.retryAfter = retryAfter;
  }

  /** The request field {@code parameter} is wrong; the message says why and what would be right. */
  public static ExpertException invalid(String parameter, String message) {
    return new ExpertException(FailureKind.INVALID_REQUEST, message, parameter, null, null);
  }

  /** Every expert failed; the failures become suppressed exceptions, first cause first. */
  public static ExpertException allFailed(String message, List<ExpertException> failures) {
    var failure = new ExpertException(FailureKind.ALL_FAILED, message);
    failures.forEach(failure::addSuppressed);
    return failure;
  }

  /** The same failure, with the wait the expert asked for. */
  public ExpertException retryAfter(@Nullable Duration wait) {
    return copy(parameter, wait);
  }

  /** The same failure, with the request field it is about. */
  public ExpertException about(String field) {
    return copy(field, retryAfter);
  }

  private ExpertException copy(@Nullable String field, @Nullable Duration wait) {
    var copy = new ExpertException(kind, message(), field, wait, getCause());
    for (var suppressed : getSuppressed()) {
      copy.addSuppressed(suppressed);
    }
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  public FailureKind kind() {
    return kind;
  }

  /** The message; never null. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** The request field at fault, when one is. */
  public Optional<String> parameter() {
    return Optional.ofNullable(parameter);
  }

  /** How long the expert asked us to wait before asking again. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
