package io.consilium.orchestrator.api;

import io.consilium.expert.Blame;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.security.Door.Shape;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Failures as HTTP: one status per kind, one of two shapes per endpoint. */
final class Failures {
  static final String CHALLENGE = "WWW-Authenticate";

  private Failures() {}

  /** The HTTP status of a kind of failure. */
  static int status(FailureKind kind) {
    return switch (kind) {
      case INVALID_REQUEST, UNSUPPORTED, CONTEXT_TOO_LONG, UPSTREAM_REJECTED -> 400;
      case UNAUTHENTICATED -> 401;
      case BUDGET_EXCEEDED -> 402;
      case FORBIDDEN -> 403;
      case UNKNOWN_MODEL, NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case TOO_LARGE -> 413;
      case RATE_LIMITED -> 429;
      case CANCELLED -> 499;
      case CONFIGURATION, INTERNAL -> 500;
      case UPSTREAM_AUTH, UPSTREAM_INVALID, STREAM_BROKEN, ALL_FAILED -> 502;
      case NO_EXPERT, OVERLOADED, UNAVAILABLE, STORE_UNAVAILABLE -> 503;
      case TIMEOUT, DEADLINE_EXCEEDED -> 504;
    };
  }

  /** Writes a failure as the whole response; does nothing once another has been sent. */
  static void write(ExpertException failure, Shape shape, String path, HttpServletResponse response)
      throws IOException {
    write(failure, status(failure.kind()), shape, path, response);
  }

  /** The same with a status of HTTP itself, such as 405. */
  static void write(
      ExpertException failure, int status, Shape shape, String path, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.resetBuffer();
    response.setStatus(status);
    if (failure.kind() == FailureKind.UNAUTHENTICATED && !response.containsHeader(CHALLENGE)) {
      response.setHeader(CHALLENGE, "Bearer");
    }
    waitSeconds(failure, response);
    // OpenAI's own clients obey this where a status alone would make them try again
    response.setHeader("x-should-retry", String.valueOf(failure.kind().retryable()));
    var body =
        switch (shape) {
          case OPENAI -> openAi(failure);
          case PROBLEM -> problem(failure, status, path);
        };
    response.setContentType(
        shape == Shape.OPENAI ? "application/json" : "application/problem+json");
    var bytes = Json.bytes(body);
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  private static void waitSeconds(ExpertException failure, HttpServletResponse response) {
    var wait = failure.retryAfter();
    if (wait.isPresent()) {
      response.setHeader(
          "Retry-After", Long.toString(Math.max(1, wait.get().plusMillis(999).toSeconds())));
    } else if (failure.kind() == FailureKind.OVERLOADED
        || failure.kind() == FailureKind.STORE_UNAVAILABLE) {
      response.setHeader("Retry-After", "1");
    }
  }

  /** {@code {"error":{"message","type","param","code"}}}. */
  static ObjectNode openAi(ExpertException failure) {
    var root = Json.object();
    var error =
        root.putObject("error")
            .put("message", failure.message())
            .put("type", type(failure.kind()))
            .put("param", failure.parameter().orElse(null))
            .put("code", code(failure.kind()));
    causes(failure, error);
    return root;
  }

  private static ObjectNode problem(ExpertException failure, int status, String path) {
    var problem =
        Json.object()
            .put("type", "urn:consilium:problem:" + name(failure.kind()).replace('_', '-'))
            .put("title", title(failure.kind()))
            .put("status", status)
            .put("detail", failure.message())
            .put("instance", path)
            .put("kind", name(failure.kind()))
            .put("blame", failure.kind().blame().name().toLowerCase(Locale.ROOT))
            .put("retryable", failure.kind().retryable());
    failure.parameter().ifPresent(parameter -> problem.put("parameter", parameter));
    causes(failure, problem);
    return problem;
  }

  private static void causes(ExpertException failure, ObjectNode into) {
    if (failure.kind() != FailureKind.ALL_FAILED) {
      return;
    }
    ArrayNode causes = into.putArray("causes");
    Arrays.stream(failure.getSuppressed())
        .filter(ExpertException.class::isInstance)
        .map(ExpertException.class::cast)
        .forEach(cause ->
            causes.addObject().put("code", code(cause.kind())).put("message", cause.message()));
  }

  private static String type(FailureKind kind) {
    return switch (kind) {
      case UNAUTHENTICATED -> "authentication_error";
      case FORBIDDEN -> "permission_error";
      case RATE_LIMITED -> "rate_limit_error";
      case BUDGET_EXCEEDED -> "insufficient_quota";
      default ->
          kind.blame() == Blame.CALLER && kind != FailureKind.DEADLINE_EXCEEDED
              ? "invalid_request_error"
              : "server_error";
    };
  }

  /** OpenAI's own codes where it has one, since programs look for them. */
  private static String code(FailureKind kind) {
    return switch (kind) {
      case UNKNOWN_MODEL -> "model_not_found";
      case CONTEXT_TOO_LONG -> "context_length_exceeded";
      case UNAUTHENTICATED -> "invalid_api_key";
      case RATE_LIMITED -> "rate_limit_exceeded";
      default -> name(kind);
    };
  }

  private static String title(FailureKind kind) {
    var words = name(kind).replace('_', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private static String name(FailureKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** The failure behind anything thrown that is none of ours: a defect. */
  static ExpertException internal(@Nullable Throwable cause) {
    return new ExpertException(
        FailureKind.INTERNAL,
        "something broke inside Consilium; the log says what. The request id helps to find it",
        cause);
  }
}
