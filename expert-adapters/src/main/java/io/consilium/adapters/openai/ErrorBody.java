package io.consilium.adapters.openai;

import io.consilium.expert.ExpertException;
import io.consilium.expert.wire.ChatReplies;
import tools.jackson.databind.JsonNode;

/**
 * What a server says about an error. OpenAI nests it in {@code error}; vLLM once wrote it at the
 * top, FastAPI servers write {@code detail}, Ollama a plain string.
 *
 * @param message for people; never empty
 * @param code the machine-readable code, or empty
 * @param type the kind of error, or empty
 * @param status an HTTP status named inside the body, or 500
 */
record ErrorBody(String message, String code, String type, int status) {
  static ErrorBody of(byte[] body) {
    if (body.length == 0) {
      return new ErrorBody("(no explanation)", "", "", 500);
    }
    try {
      var root = ChatReplies.tree(body);
      return of(root.has("error") ? root.path("error") : root);
    } catch (ExpertException notJson) {
      return new ErrorBody(Excerpt.of(body), "", "", 500);
    }
  }

  static ErrorBody of(JsonNode error) {
    var message =
        error.isString()
            ? error.stringValue()
            : error.path("message").isString()
                ? error.path("message").stringValue()
                : error.path("detail").isString()
                    ? error.path("detail").stringValue()
                    : error.toString();
    var code = error.path("code").asString("");
    var type = error.path("type").asString("");
    return new ErrorBody(
        message.isBlank() ? "(no explanation)" : Excerpt.of(message),
        code,
        type,
        status(code, type));
  }

  /**
   * Streams carry no status, but many servers put it into the code, or name the case in the type.
   */
  private static int status(String code, String type) {
    if (code.matches("[45][0-9][0-9]")) {
      return Integer.parseInt(code);
    }
    return switch (type) {
      case "rate_limit_exceeded", "rate_limit_error", "requests", "tokens" -> 429;
      case "authentication_error", "permission_error" -> 401;
      case "invalid_request_error", "BadRequestError" -> 400;
      case "not_found_error" -> 404;
      default -> code.startsWith("rate_limit") ? 429 : 500;
    };
  }

  boolean is(String name) {
    return code.equals(name) || type.equals(name);
  }
}
