package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.orchestrator.security.KeyCheck;
import io.consilium.orchestrator.security.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Signs people in to the console and out of it. */
@RestController
public final class SessionController {
  private static final String PATH = "/v1/session";

  private final Sessions sessions;
  private final KeyCheck check;
  private final JdbcKeys keys;
  private final Bodies bodies;

  public SessionController(Sessions sessions, KeyCheck check, JdbcKeys keys, Bodies bodies) {
    this.sessions = sessions;
    this.check = check;
    this.keys = keys;
    this.bodies = bodies;
  }

  /** Who would be calling; nobody is an answer too. */
  @GetMapping(PATH)
  public void who(HttpServletRequest request, HttpServletResponse response) throws IOException {
    ObjectNode shown;
    try {
      var caller = check.caller(request);
      shown =
          shown(caller.access().name().toLowerCase(Locale.ROOT), caller.key())
              .put("tenant", caller.tenant());
    } catch (ExpertException e) {
      shown = shown(null, null).putNull("tenant").put("why", e.message());
    }
    response.setHeader("Cache-Control", "no-store");
    Bodies.write(200, shown, response);
  }

  private ObjectNode shown(@Nullable String role, @Nullable String key) {
    return Json.object()
        .put("role", role)
        .put("key", key)
        .put("name", key == null ? null : keys.withId(key).map(each -> each.name()).orElse(key));
  }

  @PostMapping(PATH)
  public void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var given = new Given(bodies.read(request), "").only(List.of("key"));
    var cookie = sessions.begin(given.required("key"), request);
    response.addCookie(cookie);
    Bodies.write(201, Json.object().put("signed_in", true), response);
  }

  @DeleteMapping(PATH)
  public void end(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.addCookie(sessions.end(request));
    Bodies.write(200, Json.object().put("signed_in", false), response);
  }
}
