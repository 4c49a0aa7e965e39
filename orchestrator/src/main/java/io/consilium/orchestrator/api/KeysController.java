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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes, lists, changes and revokes API keys. */
@RestController
public final class KeysController {
  private static final String PATH = "/v1/keys";
  private static final List<String> KEYS =
      List.of("name", "role", "tenant", "record_content", "expires", "cache", "learn");

  private static final int USUAL_PAGE = 100;
  private static final int LONGEST_PAGE = 500;

  private final JdbcKeys keys;
  private final Bodies bodies;
  private final InstantSource clock;

  public KeysController(JdbcKeys keys, Bodies bodies, InstantSource clock) {
    this.keys = keys;
    this.bodies = bodies;
    this.clock = clock;
  }

  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("q", "limit", "after"));
    var page =
        keys.list(
            request.getParameter("q"),
            Given.limit(request, USUAL_PAGE, LONGEST_PAGE),
            request.getParameter("after"));
    var root = Json.object();
    var data = root.putArray("data");
    page.data().forEach(key -> data.add(shown(key)));
    Bodies.write(200, root.put("next", page.next()), response);
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

  /** What is not named stays as it is. */
  @PatchMapping(PATH + "/{*id}")
  public void change(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var id = Paths.below(PATH, request);
    var given = new Given(bodies.read(request), "").only(KEYS);
    if (given.node().has("tenant")) {
      throw ExpertException.invalid(
          "tenant",
          "the tenant of a key cannot be changed, for what was asked and kept with it belongs to that tenant: make another key");
    }
    for (var name : given.node().propertyNames()) {
      if (given.value(name) == null && !name.equals("expires")) {
        throw ExpertException.invalid(
            name, "'%s' cannot be null: leave it out to keep it as it is".formatted(name));
      }
    }
    var changed =
        keys.change(
            id,
            before -> {
              var after = changed(before, given);
              AuditLog.note(request, difference(before, after));
              return after;
            });
    Bodies.write(200, shown(changed), response);
  }

  private static ApiKey changed(ApiKey key, Given given) {
    var role = given.text("role");
    var cache = given.text("cache");
    var record = given.flag("record_content");
    var learn = given.flag("learn");
    return new ApiKey(
        key.id(),
        given.node().has("name") ? given.required("name") : key.name(),
        key.tenant(),
        role == null ? key.access() : access(role),
        record == null ? key.recordContent() : record,
        key.created(),
        given.node().has("expires") ? expires(given.text("expires")) : key.expires(),
        key.revoked(),
        cache == null ? key.caching() : caching(cache),
        learn == null ? key.teaches() : learn);
  }

  /** What was changed, for the record: {@code web shop: role user to viewer}. */
  private String difference(ApiKey before, ApiKey after) {
    var was = shown(before);
    var is = shown(after);
    var fields =
        KEYS.stream()
            .filter(field -> !was.path(field).equals(is.path(field)))
            .map(field ->
                "%s %s to %s"
                    .formatted(
                        field.replace('_', ' '), text(was.path(field)), text(is.path(field))))
            .collect(Collectors.joining(", "));
    return fields.isEmpty() ? before.name() : before.name() + ": " + fields;
  }

  private static String text(JsonNode value) {
    return value.isNull() ? "never" : value.asString();
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
