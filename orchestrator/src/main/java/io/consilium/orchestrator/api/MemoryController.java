package io.consilium.orchestrator.api;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Note;
import io.consilium.expert.jdbc.JdbcNotes;
import io.consilium.orchestrator.memory.Memory;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is remembered for a tenant. Callers see and change the memory of their own tenant; operators
 * and administrators that of the one they name. Experience quotes questions, so it is not shown to
 * those who may only ask.
 */
@RestController
public final class MemoryController {
  private static final String PATH = "/v1/memory";
  private static final List<String> KEYS =
      List.of("subject", "text", "from", "until", "supersedes", "tenant");

  private final JdbcNotes notes;
  private final Memory memory;
  private final Bodies bodies;
  private final InstantSource clock;

  public MemoryController(JdbcNotes notes, Memory memory, Bodies bodies, InstantSource clock) {
    this.notes = notes;
    this.memory = memory;
    this.bodies = bodies;
    this.clock = clock;
  }

  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("kind", "all", "tenant", "limit", "after"));
    var caller = Caller.of(request);
    var kind = kind(request.getParameter("kind"));
    if (caller.access() == Access.USER) {
      if (kind == Note.Kind.EXPERIENCE) {
        throw new ExpertException(
            FailureKind.FORBIDDEN,
            "experience quotes the questions of others: it takes a key that may look at decisions");
      }
      kind = Note.Kind.FACT;
    }
    var page =
        notes.list(
            tenant(request.getParameter("tenant"), caller),
            kind,
            Boolean.parseBoolean(request.getParameter("all")),
            clock.instant(),
            Given.limit(request, 50, JdbcNotes.MOST),
            request.getParameter("after"));
    var root = Json.object();
    var data = root.putArray("data");
    page.data().forEach(note -> data.add(shown(note)));
    Bodies.write(200, root.put("next", page.next()), response);
  }

  @GetMapping(PATH + "/{*id}")
  public void one(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Bodies.write(200, shown(found(request)), response);
  }

  @PostMapping(PATH)
  public void state(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var given = new Given(bodies.read(request), "").only(KEYS);
    var caller = Caller.of(request);
    var subject = given.text("subject");
    if (subject != null && subject.length() > 255) {
      throw ExpertException.invalid("subject", "'subject' has at most 255 characters");
    }
    var stated =
        memory.state(
            tenant(given.text("tenant"), caller),
            subject == null ? "" : subject,
            given.required("text"),
            time(given, "from"),
            time(given, "until"),
            given.texts("supersedes", "an array of ids of notes"),
            caller.key() == null ? "" : caller.key());
    var root = shown(stated.fact());
    stated.superseded().forEach(root.putArray("supersedes")::add);
    stated.conflicts().forEach(root.putArray("conflicts")::add);
    Bodies.write(201, root, response);
  }

  @DeleteMapping(PATH + "/{*id}")
  public void delete(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var note = found(request);
    notes.delete(note.id());
    memory.refresh(note.tenant());
    Bodies.write(200, shown(note), response);
  }

  private Note found(HttpServletRequest request) {
    var id = Paths.below(PATH, request);
    var caller = Caller.of(request);
    return notes
        .find(id)
        .filter(note ->
            caller.access() != Access.USER
                || (note.tenant().equals(caller.tenant()) && note.kind() == Note.Kind.FACT))
        .orElseThrow(() -> JdbcNotes.missing(id));
  }

  /** Whose memory is meant: another tenant's only where the caller sees all of them anyway. */
  private static String tenant(@Nullable String named, Caller caller) {
    if (named == null || named.equals(caller.tenant())) {
      return caller.tenant();
    }
    if (caller.access() == Access.USER) {
      throw new ExpertException(
          FailureKind.FORBIDDEN,
          "this key belongs to the tenant '%s' and sees no other's memory"
              .formatted(caller.tenant()));
    }
    return named;
  }

  private static Note.@Nullable Kind kind(@Nullable String word) {
    if (word == null) {
      return null;
    }
    for (var kind : Note.Kind.values()) {
      if (name(kind).equals(word)) {
        return kind;
      }
    }
    throw ExpertException.invalid("kind", "'kind' must be fact or experience, not " + word);
  }

  private static @Nullable Instant time(Given given, String key) {
    var text = given.text(key);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      throw ExpertException.invalid(
          key, "'%s' must be a time such as 2027-01-31T00:00:00Z, not %s".formatted(key, text));
    }
  }

  private static String name(Note.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode shown(Note note) {
    var node =
        Json.object()
            .put("id", note.id())
            .put("tenant", note.tenant())
            .put("kind", name(note.kind()))
            .put("subject", note.subject())
            .put("text", note.text())
            .put("score", note.score())
            .put("source", note.source())
            .put("created", note.created().toString())
            .put("from", note.from().toString())
            .put("until", text(note.until()))
            .put("superseded_by", note.supersededBy())
            .put("uses", note.uses())
            .put("used", text(note.used()));
    note.experts().forEach(node.putArray("experts")::add);
    return node;
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
