package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcBatches;
import io.consilium.expert.jdbc.JdbcFiles;
import io.consilium.expert.jdbc.Page;
import io.consilium.expert.jdbc.StoredFile;
import io.consilium.expert.jdbc.StoredFile.Owner;
import io.consilium.orchestrator.batch.BatchSettings;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's files, for batches; a key sees its own. */
@RestController
public final class FilesController {
  private static final String PATH = "/v1/files";
  private static final String CONTENT = "/content";
  private static final String BATCH = "batch";
  private static final String ANCHOR = "expires_after[anchor]";
  private static final String SECONDS = "expires_after[seconds]";
  private static final List<String> FIELDS = List.of("file", "purpose", ANCHOR, SECONDS);
  private static final int FIELD = 256;

  private final JdbcFiles files;
  private final JdbcBatches batches;
  private final BatchSettings settings;
  private final InstantSource clock;

  public FilesController(
      JdbcFiles files, JdbcBatches batches, BatchSettings settings, InstantSource clock) {
    this.files = files;
    this.batches = batches;
    this.settings = settings;
    this.clock = clock;
  }

  /** Whose files and batches a caller sees. */
  static Owner owner(Caller caller) {
    return new Owner(caller.tenant(), caller.key() == null ? "" : caller.key());
  }

  /** An id that sorts by age. */
  static String newId(String prefix, InstantSource clock) {
    return prefix
        + HexFormat.of().toHexDigits(clock.millis(), 11)
        + HexFormat.of().toHexDigits(UUID.randomUUID().getMostSignificantBits(), 13);
  }

  @PostMapping(PATH)
  public void upload(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (!Bodies.isForm(request)) {
      throw ExpertException.invalid(
          "file", "send the file as multipart/form-data, with the fields 'purpose' and 'file'");
    }
    var caller = Caller.of(request);
    for (var part : parts(request)) {
      if (!FIELDS.contains(part.getName())) {
        throw ExpertException.invalid(
            part.getName(),
            "there is no field '%s'; known are %s"
                .formatted(part.getName(), String.join(", ", FIELDS)));
      }
    }
    var purpose = field(request, "purpose");
    if (!BATCH.equals(purpose)) {
      throw ExpertException.invalid(
          "purpose",
          purpose == null
              ? "'purpose' is missing: give 'batch'"
              : "files are kept for batches: 'purpose' must be 'batch', not '%s'"
                  .formatted(purpose));
    }
    var file = part(request, "file");
    if (file == null || file.getSubmittedFileName() == null) {
      throw ExpertException.invalid("file", "'file' is missing: give a file of JSON lines");
    }
    if (file.getSize() == 0) {
      throw ExpertException.invalid("file", "the file is empty: give a line for each request");
    }
    var now = clock.instant();
    try (var contents = file.getInputStream()) {
      var kept =
          files.keep(
              new StoredFile(
                  newId("file-", clock),
                  owner(caller),
                  file.getSubmittedFileName(),
                  BATCH,
                  0,
                  now,
                  now.plus(kept(request, caller))),
              contents,
              settings.maxFile().toBytes());
      Bodies.write(200, shown(kept), response);
    }
  }

  private Iterable<Part> parts(HttpServletRequest request) throws IOException {
    try {
      return request.getParts();
    } catch (IllegalStateException e) {
      throw new ExpertException(
              FailureKind.TOO_LARGE,
              "the file is larger than %,d bytes: split it, or raise consilium.batch.max-file"
                  .formatted(settings.maxFile().toBytes()),
              e)
          .about("file");
    } catch (ServletException | IOException e) {
      throw new ExpertException(
          FailureKind.INVALID_REQUEST, "the body is no proper multipart/form-data", e);
    }
  }

  private static @Nullable Part part(HttpServletRequest request, String name) throws IOException {
    try {
      return request.getPart(name);
    } catch (ServletException e) {
      throw new IllegalStateException("the parts were read before", e);
    }
  }

  private static @Nullable String field(HttpServletRequest request, String name)
      throws IOException {
    var part = part(request, name);
    if (part == null) {
      return null;
    }
    if (part.getSize() > FIELD) {
      throw ExpertException.invalid(name, "'%s' is longer than %d bytes".formatted(name, FIELD));
    }
    try (var in = part.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  /** As long as usual for the key, or as it was asked for. */
  private Duration kept(HttpServletRequest request, Caller caller) throws IOException {
    var seconds = field(request, SECONDS);
    var anchor = field(request, ANCHOR);
    if (anchor != null && !anchor.equals("created_at")) {
      throw ExpertException.invalid(
          ANCHOR, "'%s' must be created_at, not '%s'".formatted(ANCHOR, anchor));
    }
    if (seconds == null) {
      return usual(caller.recordContent());
    }
    try {
      return Duration.ofSeconds(seconds(Long.parseLong(seconds), SECONDS));
    } catch (NumberFormatException e) {
      throw ExpertException.invalid(
          SECONDS, "'%s' must be a whole number, not '%s'".formatted(SECONDS, seconds));
    }
  }

  static long seconds(long seconds, String name) {
    if (seconds < 3_600 || seconds > 2_592_000) {
      throw ExpertException.invalid(
          name, "'%s' must be from 3600 (an hour) to 2592000 (30 days)".formatted(name));
    }
    return seconds;
  }

  private Duration usual(boolean recorded) {
    return recorded ? settings.keep() : settings.keepUnrecorded();
  }

  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("purpose", "limit", "order", "after"));
    var order = request.getParameter("order");
    if (order != null && !order.equals("asc") && !order.equals("desc")) {
      throw ExpertException.invalid("order", "'order' must be asc or desc, not " + order);
    }
    Bodies.write(
        200,
        page(
            files.list(
                owner(Caller.of(request)),
                request.getParameter("purpose"),
                "asc".equals(order),
                Given.limit(request, 1_000, 10_000),
                request.getParameter("after")),
            FilesController::shown),
        response);
  }

  /** A page as OpenAI writes it. */
  static <T> ObjectNode page(Page<T> page, Function<T, ObjectNode> shown) {
    var root = Json.object().put("object", "list");
    var data = root.putArray("data");
    page.data().forEach(each -> data.add(shown.apply(each)));
    return root.put("first_id", data.isEmpty() ? null : data.get(0).path("id").asString(""))
        .put("last_id", data.isEmpty() ? null : data.get(data.size() - 1).path("id").asString(""))
        .put("has_more", page.next() != null);
  }

  @GetMapping(PATH + "/{*id}")
  public void one(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var path = Paths.below(PATH, request);
    if (!path.endsWith(CONTENT)) {
      Bodies.write(200, shown(found(path, request)), response);
      return;
    }
    var file = found(path.substring(0, path.length() - CONTENT.length()), request);
    response.setStatus(200);
    response.setContentType("application/octet-stream");
    response.setContentLengthLong(file.bytes());
    try (var contents = files.contents(file.id())) {
      contents.transferTo(response.getOutputStream());
    }
  }

  @DeleteMapping(PATH + "/{*id}")
  public void delete(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var file = found(Paths.below(PATH, request), request);
    var reader = batches.readerOf(file.id());
    if (reader.isPresent()) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          "batch %s still reads this file: cancel it first, or wait until it has ended"
              .formatted(reader.get()));
    }
    files.delete(file.id());
    Bodies.write(
        200,
        Json.object().put("id", file.id()).put("object", "file").put("deleted", true),
        response);
  }

  private StoredFile found(String id, HttpServletRequest request) {
    return files.find(id, owner(Caller.of(request))).orElseThrow(() -> unknown(id));
  }

  static ExpertException unknown(String id) {
    return new ExpertException(
        FailureKind.NOT_FOUND,
        "this key has no file '%s'; GET %s lists its files".formatted(id, PATH));
  }

  private static ObjectNode shown(StoredFile file) {
    var expires = file.expires();
    return Json.object()
        .put("id", file.id())
        .put("object", "file")
        .put("bytes", file.bytes())
        .put("created_at", file.created().getEpochSecond())
        .put("expires_at", expires == null ? null : expires.getEpochSecond())
        .put("filename", file.name())
        .put("purpose", file.purpose())
        .put("status", "processed");
  }
}
