package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcBatches;
import io.consilium.expert.jdbc.JdbcFiles;
import io.consilium.expert.jdbc.StoredBatch;
import io.consilium.expert.jdbc.StoredBatch.Counts;
import io.consilium.expert.jdbc.StoredBatch.State;
import io.consilium.expert.jdbc.StoredBatch.Times;
import io.consilium.orchestrator.batch.BatchInput;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's batches; a key sees its own. */
@RestController
public final class BatchesController {
  private static final String PATH = "/v1/batches";
  private static final String CANCEL = "/cancel";
  private static final String KEEP = "output_expires_after";
  private static final List<String> KEYS =
      List.of("input_file_id", "endpoint", "completion_window", "metadata", KEEP);
  private static final Pattern WINDOW = Pattern.compile("([1-9]\\d{0,2})([mhd])");
  private static final Duration LONGEST = Duration.ofDays(7);

  private final JdbcBatches batches;
  private final JdbcFiles files;
  private final Consumer<String> submit;
  private final Bodies bodies;
  private final InstantSource clock;

  /**
   * @param submit has the batch of an id answered
   */
  public BatchesController(
      JdbcBatches batches,
      JdbcFiles files,
      Consumer<String> submit,
      Bodies bodies,
      InstantSource clock) {
    this.batches = batches;
    this.files = files;
    this.submit = submit;
    this.bodies = bodies;
    this.clock = clock;
  }

  @PostMapping(PATH)
  public void make(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var caller = Caller.of(request);
    var given = new Given(bodies.read(request), "").only(KEYS);
    var owner = FilesController.owner(caller);
    var endpoint = given.required("endpoint");
    if (BatchInput.dialect(endpoint).isEmpty()) {
      throw BatchInput.unknownEndpoint(endpoint);
    }
    var input = given.required("input_file_id");
    var file =
        files
            .find(input, owner)
            .orElseThrow(() -> FilesController.unknown(input).about("input_file_id"));
    if (!file.purpose().equals("batch")) {
      throw ExpertException.invalid(
          "input_file_id",
          "file '%s' is for %s: upload the requests with the purpose 'batch'"
              .formatted(file.id(), file.purpose()));
    }
    var window = given.required("completion_window");
    var now = clock.instant();
    var batch =
        new StoredBatch(
            FilesController.newId("batch_", clock),
            owner,
            caller.recordContent(),
            endpoint,
            file.id(),
            window,
            keep(given),
            metadata(given),
            State.VALIDATING,
            new Times(now, now.plus(window(window)), null, null, null, null),
            new Counts(0, 0, 0),
            null,
            null,
            null);
    batches.keep(batch);
    submit.accept(batch.id());
    Bodies.write(200, shown(batch), response);
  }

  private static Duration window(String window) {
    var found = WINDOW.matcher(window);
    if (found.matches()) {
      long count = Long.parseLong(found.group(1));
      var time =
          switch (found.group(2)) {
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          };
      if (time.compareTo(LONGEST) <= 0) {
        return time;
      }
    }
    throw ExpertException.invalid(
        "completion_window",
        "'completion_window' must be a time of at most 7 days, such as 24h, not '%s'"
            .formatted(window));
  }

  private static @Nullable Long keep(Given given) {
    var value = given.value(KEEP);
    if (value == null) {
      return null;
    }
    if (!value.isObject()) {
      throw given.wrong(KEEP, "an object: {\"anchor\":\"created_at\",\"seconds\":86400}", value);
    }
    var inner = new Given(value, KEEP + ".").only(List.of("anchor", "seconds"));
    if (!"created_at".equals(inner.text("anchor"))) {
      throw ExpertException.invalid(
          KEEP + ".anchor", "'%s.anchor' must be created_at".formatted(KEEP));
    }
    return FilesController.seconds(
        inner.whole("seconds", 0, Integer.MAX_VALUE, 0), KEEP + ".seconds");
  }

  private static @Nullable ObjectNode metadata(Given given) {
    var value = given.value("metadata");
    if (value == null) {
      return null;
    }
    boolean fine = value instanceof ObjectNode && value.size() <= 16;
    if (fine) {
      for (var each : value.properties()) {
        fine &=
            each.getKey().length() <= 64
                && each.getValue().isString()
                && each.getValue().stringValue().length() <= 512;
      }
    }
    if (!fine) {
      throw given.wrong(
          "metadata",
          "an object of at most 16 texts of at most 512 characters, their names of at most 64",
          value);
    }
    return (ObjectNode) value;
  }

  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("limit", "after"));
    Bodies.write(
        200,
        FilesController.page(
            batches.list(
                FilesController.owner(Caller.of(request)),
                Given.limit(request, 20, 100),
                request.getParameter("after")),
            BatchesController::shown),
        response);
  }

  @GetMapping(PATH + "/{*id}")
  public void one(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Bodies.write(200, shown(found(Paths.below(PATH, request), request)), response);
  }

  @PostMapping(PATH + "/{*id}")
  public void cancel(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var path = Paths.below(PATH, request);
    if (!path.endsWith(CANCEL)) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "there is nothing to post to %s/%s; a batch takes %s/{id}/cancel"
              .formatted(PATH, path, PATH));
    }
    var id = path.substring(0, path.length() - CANCEL.length());
    found(id, request);
    boolean cancelled = batches.cancel(id, clock.instant());
    var batch = found(id, request);
    if (!cancelled && batch.state() != State.CANCELLING) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          "batch '%s' is %s: there is nothing left to cancel".formatted(id, name(batch.state())));
    }
    Bodies.write(200, shown(batch), response);
  }

  private StoredBatch found(String id, HttpServletRequest request) {
    return batches
        .find(id, FilesController.owner(Caller.of(request)))
        .orElseThrow(() ->
            new ExpertException(
                FailureKind.NOT_FOUND,
                "this key has no batch '%s'; GET %s lists its batches".formatted(id, PATH)));
  }

  private static String name(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode shown(StoredBatch batch) {
    var times = batch.times();
    var node =
        Json.object()
            .put("id", batch.id())
            .put("object", "batch")
            .put("endpoint", batch.endpoint())
            .put("input_file_id", batch.input())
            .put("completion_window", batch.window())
            .put("status", name(batch.state()))
            .put("output_file_id", batch.output())
            .put("error_file_id", batch.error())
            .put("created_at", times.created().getEpochSecond())
            .put("in_progress_at", seconds(times.begun()))
            .put("expires_at", times.expires().getEpochSecond())
            .put("finalizing_at", seconds(times.finalizing()))
            .put("completed_at", ended(batch, State.COMPLETED))
            .put("failed_at", ended(batch, State.FAILED))
            .put("expired_at", ended(batch, State.EXPIRED))
            .put("cancelling_at", seconds(times.cancelling()))
            .put("cancelled_at", ended(batch, State.CANCELLED));
    if (batch.errors() == null) {
      node.putNull("errors");
    } else {
      node.putObject("errors").put("object", "list").set("data", batch.errors());
    }
    node.putObject("request_counts")
        .put("total", batch.counts().total())
        .put("completed", batch.counts().completed())
        .put("failed", batch.counts().failed());
    if (batch.metadata() == null) {
      return node.putNull("metadata");
    }
    node.set("metadata", batch.metadata());
    return node;
  }

  private static @Nullable Long ended(StoredBatch batch, State state) {
    return batch.state() == state ? seconds(batch.times().ended()) : null;
  }

  private static @Nullable Long seconds(@Nullable Instant time) {
    return time == null ? null : time.getEpochSecond();
  }
}
