package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.jobs.Jobs;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Shows and cancels long work. */
@RestController
public final class JobsController {
  static final String PATH = "/v1/jobs";
  private static final String REPLAYS = "/v1/replays";

  private final Jobs jobs;

  public JobsController(Jobs jobs) {
    this.jobs = jobs;
  }

  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("kind", "limit", "after"));
    var page =
        jobs.newest(
            request.getParameter("kind"),
            Given.limit(request, 50, 500),
            request.getParameter("after"));
    var root = Json.object();
    var data = root.putArray("data");
    page.data().forEach(job -> data.add(shown(job)));
    Bodies.write(200, root.put("next", page.next()), response);
  }

  @GetMapping(PATH + "/{*id}")
  public void one(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Bodies.write(200, shown(found(Paths.below(PATH, request), null)), response);
  }

  @DeleteMapping(PATH + "/{*id}")
  public void cancel(HttpServletRequest request, HttpServletResponse response) throws IOException {
    cancel(Paths.below(PATH, request), null, response);
  }

  @GetMapping(REPLAYS + "/{*id}")
  public void replay(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Bodies.write(200, shown(found(Paths.below(REPLAYS, request), "replay")), response);
  }

  @DeleteMapping(REPLAYS + "/{*id}")
  public void cancelReplay(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    cancel(Paths.below(REPLAYS, request), "replay", response);
  }

  private void cancel(String id, @Nullable String kind, HttpServletResponse response)
      throws IOException {
    found(id, kind);
    Bodies.write(200, shown(jobs.cancel(id).orElseThrow(() -> unknown(id))), response);
  }

  private Jobs.Standing found(String id, @Nullable String kind) {
    return jobs.find(id)
        .filter(job -> kind == null || job.job().kind().equals(kind))
        .orElseThrow(() -> unknown(id));
  }

  private static ExpertException unknown(String id) {
    return new ExpertException(
        FailureKind.NOT_FOUND, "there is no job '%s'; GET /v1/jobs lists them".formatted(id));
  }

  /** Answers that a job was taken, and where it is seen. */
  static void taken(Jobs.Standing job, HttpServletResponse response) throws IOException {
    response.setHeader("Location", PATH + "/" + job.job().id());
    Bodies.write(202, shown(job), response);
  }

  private static ObjectNode shown(Jobs.Standing standing) {
    var job = standing.job();
    var node =
        Json.object()
            .put("id", job.id())
            .put("kind", job.kind())
            .put("state", job.state().name().toLowerCase(Locale.ROOT))
            .put("progress", standing.share())
            .put("doing", standing.doing())
            .put("created", job.created().toString())
            .put("finished", job.finished() == null ? null : job.finished().toString());
    node.set("asked", job.asked());
    if (job.result() != null) {
      node.set("result", job.result());
    }
    return node.put("failure", job.failure());
  }
}
