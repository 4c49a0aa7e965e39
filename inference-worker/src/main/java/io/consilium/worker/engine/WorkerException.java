package io.consilium.worker.engine;

import org.jspecify.annotations.Nullable;

/** A request or a file that cannot be served, with the HTTP status and the field to mend. */
public final class WorkerException extends RuntimeException {
  private final int status;
  private final String type;
  private final @Nullable String param;

  public WorkerException(int status, String type, @Nullable String param, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
  }

  /** The caller's fault: {@code param} is wrong. */
  public static WorkerException invalid(String param, String message) {
    return new WorkerException(400, "invalid_request_error", param, message);
  }

  /** There is no such model or adapter. */
  public static WorkerException notFound(String param, String message) {
    return new WorkerException(404, "not_found_error", param, message);
  }

  /** A file that is no usable model or adapter. */
  public static WorkerException badFile(String message) {
    return new WorkerException(400, "invalid_file_error", "path", message);
  }

  /** The worker's own fault, or its machine's. */
  public static WorkerException internal(String message) {
    return new WorkerException(500, "server_error", null, message);
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** OpenAI's error type. */
  public String type() {
    return type;
  }

  /** The field at fault, or null. */
  public @Nullable String param() {
    return param;
  }

  /** What was wrong and how to mend it. */
  public String message() {
    return String.valueOf(getMessage());
  }
}
