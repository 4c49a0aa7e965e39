package io.consilium.orchestrator.api;

import io.consilium.orchestrator.live.Feed;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells what happens as server-sent events, until the reader leaves or the service stops. */
@RestController
public final class EventsController {
  /** How soon a stopping service is noticed. */
  private static final long LOOK_MILLIS = 500;

  /** A comment is sent when nothing happened for this long, so that a dead line is noticed. */
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final Feed feed;
  private final Draining draining;

  /**
   * @param draining ends the streams, for no stop waits for those who only watch
   */
  public EventsController(Feed feed, Draining draining) {
    this.feed = feed;
    this.draining = draining;
  }

  @GetMapping("/v1/events")
  public void stream(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.setStatus(200);
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("UTF-8");
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("X-Accel-Buffering", "no");
    if (request.getMethod().equals("HEAD")) {
      return;
    }
    try (var watching = feed.watch()) {
      say(": here\n\n", response);
      long said = System.nanoTime();
      while (!draining.begun()) {
        var event = watching.next(LOOK_MILLIS);
        if (event != null) {
          say("event: %s\ndata: %s\n\n".formatted(event.type(), event.data()), response);
          said = System.nanoTime();
        } else if (System.nanoTime() - said > SILENCE_NANOS) {
          say(": still here\n\n", response);
          said = System.nanoTime();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the service stops
    }
  }

  private static void say(String text, HttpServletResponse response) throws IOException {
    response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    response.flushBuffer();
  }
}
