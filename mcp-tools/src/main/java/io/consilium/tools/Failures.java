package io.consilium.tools;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.modelcontextprotocol.client.transport.McpHttpClientTransportAuthorizationException;
import io.modelcontextprotocol.spec.McpError;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** The SDK's failures in our words. */
final class Failures {
  private Failures() {}

  /** The server answered a call with a protocol error. */
  static ExpertException ofCall(String server, String tool, McpError refused) {
    var error = refused.getJsonRpcError();
    int code = error == null ? 0 : error.code();
    if (code == CutMessage.RESULT_TOO_LARGE) {
      return new ExpertException(
          FailureKind.UPSTREAM_INVALID,
          "tool '%s' of MCP server %s: %s; raise it or ask for less"
              .formatted(tool, server, refused.getMessage()),
          refused);
    }
    // -32600 to -32602: invalid request, unknown method or tool, invalid arguments
    var kind =
        code <= -32600 && code >= -32602
            ? FailureKind.UPSTREAM_REJECTED
            : FailureKind.UPSTREAM_INVALID;
    return new ExpertException(
        kind,
        "MCP server %s refused the call of tool '%s' (%d): %s"
            .formatted(server, tool, code, refused.getMessage()),
        refused);
  }

  static ExpertException tooLarge(String server, String tool, int limit) {
    return new ExpertException(
        FailureKind.UPSTREAM_INVALID,
        "tool '%s' of MCP server %s: the result is larger than max_result_bytes = %d; raise it or ask for less"
            .formatted(tool, server, limit));
  }

  /** Failures that are the same for every call to the server. */
  static Optional<ExpertException> ofServer(String server, Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof McpHttpClientTransportAuthorizationException) {
        return Optional.of(
            new ExpertException(
                FailureKind.UPSTREAM_AUTH,
                "MCP server %s refused our credentials; check the headers configured for it"
                    .formatted(server),
                cause));
      }
    }
    return Optional.empty();
  }

  /** What a future or the SDK wrapped; the innermost exception that says something. */
  static Throwable root(Throwable thrown) {
    var at = thrown;
    while (at.getCause() != null
        && (at instanceof ExecutionException
            || at.getClass() == RuntimeException.class
            || at.getMessage() == null)) {
      at = at.getCause();
    }
    return at;
  }

  static String words(Throwable cause) {
    var message = cause.getMessage();
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }
}
