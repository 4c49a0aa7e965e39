package io.consilium.orchestrator.mcp;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Messages as server-sent events: those about one request, the response last, or those of a
 * session.
 */
final class EventStream {
  private final HttpServletResponse response;
  private final @Nullable JsonNode token;
  private final ReentrantLock lock = new ReentrantLock();
  private int said;

  /** A stream whose progress, if it has any, goes under the caller's token. */
  EventStream(HttpServletResponse response, @Nullable JsonNode token) {
    this.response = response;
    this.token = token;
    response.setStatus(200);
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("UTF-8");
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("X-Accel-Buffering", "no");
  }

  void progress(String message) {
    lock.lock();
    try {
      var notification =
          Json.object().put("jsonrpc", "2.0").put("method", "notifications/progress");
      notification
          .putObject("params")
          .put("progress", ++said)
          .put("message", message)
          .set("progressToken", token);
      send(notification);
    } finally {
      lock.unlock();
    }
  }

  void send(JsonNode message) {
    write("event: message\ndata: " + message + "\n\n");
  }

  /** Lets proxies and clients know that the stream still stands. */
  void beat() {
    write(":\n\n");
  }

  private void write(String event) {
    lock.lock();
    try {
      var out = response.getOutputStream();
      out.write(event.getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new ExpertException(FailureKind.CANCELLED, "the caller went away", e);
    } finally {
      lock.unlock();
    }
  }
}
