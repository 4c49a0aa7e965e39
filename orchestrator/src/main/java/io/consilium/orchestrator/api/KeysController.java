package io.consilium.orchestrator.api;

import io.consilium.expert.ApiKey;
import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.Caching;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcKeys;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Makes, lists and revokes API keys. */
@RestController
public final class KeysController {
  private static final String PATH = "/v1/keys";
  private static final List<String> KEYS =
      List.of("name", "role", "tenant", "record_content", "expires", "cache", "learn");

  private final JdbcKeys keys;
  private final Bodies bodies;
  private final InstantSource clock;

  public KeysController(JdbcKeys keys, Bodies bodies, InstantSource clock) {
    this.keys = keys;
    this.bodies = bodies;
    this.clock = clock;
  }

  @GetMapping(PATH)
  public void list(HttpServletResponse response) throws IOException {
    var root = Json.object();
    var data = root.putArray("data");
    keys.list().forEach(key -> data.add(shown(key)));
    Bodies.write(200, root.putNull("next"), response);
  }

  @PostMapping(PATH)
  public void make(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var given = new Given(bodies.read(request), "").only(KEYS);
    var role = given.text("role");
    var tenant = given.text("tenant");
    var made =
        keys.make(
            given.required("name"),
            tenant == null ? "default" : tenant,
            role == null ? Access.USER : access(role),
            !Boolean.FALSE.equals(given.flag("record_content")),
            expires(given.text("expires")),
            caching(given.text("cache")),
            !Boolean.FALSE.equals(given.flag("learn")));
    AuditLog.note(
        request,
        "%s, %s, %s".formatted(made.key().name(), name(made.key().access()), made.key().id()));
    Bodies.write(201, shown(made.key()).put("key", made.clear()), response);
  }

  @DeleteMapping(PATH + "/{*id}")
  public void revoke(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var revoked = keys.revoke(Paths.below(PATH, request));
    AuditLog.note(request, revoked.name());
    Bodies.write(200, shown(revoked), response);
  }

  private static Access access(String role) {
    return Arrays.stream(Access.values())
        .filter(access -> name(access).equals(role))
        .findFirst()
        .orElseThrow(() ->
            ExpertException.invalid(
                "role", "'role' must be admin, operator, viewer or user, not " + role));
  }

  private static Caching caching(@Nullable String word) {
    return word == null
        ? Caching.SEMANTIC
        : Caching.of(word)
            .orElseThrow(() ->
                ExpertException.invalid(
                    "cache",
                    "'cache' must be one of %s, not %s"
                        .formatted(String.join(", ", Caching.words()), word)));
  }

  private static @Nullable Instant expires(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      throw ExpertException.invalid(
          "expires", "'expires' must be a time such as 2027-01-31T00:00:00Z, not " + text);
    }
  }

  private ObjectNode shown(ApiKey key) {
    return Json.object()
        .put("id", key.id())
        .put("name", key.name())
        .put("role", name(key.access()))
        .put("tenant", key.tenant())
        .put("record_content", key.recordContent())
        .put("cache", key.caching().word())
        .put("learn", key.teaches())
        .put("created", key.created().toString())
        .put("expires", text(key.expires()))
        .put("revoked", text(key.revoked()))
        .put(
            "state",
            key.worksAt(clock.instant()) ? "valid" : key.revoked() != null ? "revoked" : "expired");
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  private static String name(Access access) {
    return access.name().toLowerCase(Locale.ROOT);
  }
}
