package io.consilium.orchestrator.mcp;

import io.consilium.expert.Json;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A message that is not served, with the HTTP status and the JSON-RPC error that say why. */
final class Refused extends RuntimeException {
  /** No such session. */
  static final int SESSION = -32_001;

  /** The caller has to wait. */
  static final int LATER = -32_000;

  /** 2026-07-28: a header says something else than the body. */
  static final int HEADER_MISMATCH = -32_020;

  /** A protocol version that is not spoken. */
  static final int UNSUPPORTED_VERSION = -32_022;

  private static final long serialVersionUID = 1;

  private final int status;
  private final int code;
  private final transient @Nullable JsonNode data;
  private final transient @Nullable Duration wait;

  private Refused(
      int status, int code, String message, @Nullable JsonNode data, @Nullable Duration wait) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.data = data;
    this.wait = wait;
  }

  static Refused invalid(String message) {
    return new Refused(400, ErrorCodes.INVALID_REQUEST, message, null, null);
  }

  static Refused of(int status, int code, String message) {
    return new Refused(status, code, message, null, null);
  }

  static Refused later(String message, @Nullable Duration wait) {
    return new Refused(429, LATER, message, null, wait);
  }

  static Refused version(String requested, List<String> supported) {
    var data = Json.object().put("requested", requested);
    supported.forEach(data.putArray("supported")::add);
    return new Refused(
        400,
        UNSUPPORTED_VERSION,
        "protocol version '%s' is not spoken here; these are: %s"
            .formatted(requested, String.join(", ", supported)),
        data,
        null);
  }

  int status() {
    return status;
  }

  @Nullable Duration waitFor() {
    return wait;
  }

  /** The whole message. */
  ObjectNode body(@Nullable JsonNode id) {
    var root = Json.object().put("jsonrpc", "2.0");
    if (id == null) {
      root.putNull("id");
    } else {
      root.set("id", id);
    }
    var error = root.putObject("error").put("code", code).put("message", getMessage());
    if (data != null) {
      error.set("data", data);
    }
    return root;
  }
}
