package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.StoredRouter;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.jobs.Jobs;
import io.consilium.orchestrator.routers.Hindsight;
import io.consilium.orchestrator.routers.RouterVersions;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Fits, shows, tries out and promotes router versions, and goes back. */
@RestController
public final class RoutersController {
  private static final String PATH = "/v1/routers";

  private final RouterVersions versions;
  private final Hindsight hindsight;
  private final Orchestrator orchestrator;
  private final Jobs jobs;
  private final Bodies bodies;

  public RoutersController(
      RouterVersions versions,
      Hindsight hindsight,
      Orchestrator orchestrator,
      Jobs jobs,
      Bodies bodies) {
    this.hindsight = hindsight;
    this.versions = versions;
    this.orchestrator = orchestrator;
    this.jobs = jobs;
    this.bodies = bodies;
  }

  @GetMapping(PATH)
  public void list(HttpServletResponse response) throws IOException {
    var root = Json.object();
    var data = root.putArray("data");
    var roster = orchestrator.roster();
    versions.list().forEach(version -> data.add(versions.shown(version, roster)));
    Bodies.write(200, root.put("serving", versions.router().version()).putNull("next"), response);
  }

  @GetMapping(PATH + "/{*id}")
  public void one(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var id = Paths.below(PATH, request);
    var version = versions.find(id).orElseThrow(() -> unknown(id));
    show(version, response);
  }

  @PostMapping(PATH)
  public void fit(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var given = new Given(bodies.read(request), "").only(List.of("seed"));
    int seed = given.whole("seed", 0, Integer.MAX_VALUE, 1);
    versions.check(orchestrator.roster());
    JobsController.taken(
        jobs.submit(
            "fit",
            Caller.of(request).tenant(),
            Json.object().put("seed", seed),
            progress -> versions.fit(orchestrator.roster(), seed, progress)),
        response);
  }

  @PostMapping(PATH + "/{*id}")
  public void act(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var path = Paths.below(PATH, request);
    if (path.equals("rollback")) {
      new Given(bodies.read(request), "").only(List.of());
      show(versions.rollBack(), response);
      return;
    }
    int slash = path.lastIndexOf('/');
    var id = slash < 0 ? path : path.substring(0, slash);
    switch (path.substring(slash + 1)) {
      case "promote" -> show(versions.promote(id), response);
      case "shadow" -> {
        new Given(bodies.read(request), "").only(List.of());
        show(versions.tryOut(id, 0), response);
      }
      case "canary" -> show(versions.tryOut(id, share(request)), response);
      case "evaluate" -> evaluate(id, request, response);
      default ->
          throw new ExpertException(
              FailureKind.NOT_FOUND,
              ("there is nothing to post to %s/%s; a version takes %s/{id}/promote, /shadow, /canary and"
                      + " /evaluate, and %s/rollback goes back")
                  .formatted(PATH, path, PATH, PATH));
    }
  }

  private double share(HttpServletRequest request) throws IOException {
    var given = new Given(bodies.read(request), "").only(List.of("share"));
    var share = given.number("share", 0, 1, "the share of questions it decides, above 0 to 1");
    if (share == null || share <= 0) {
      throw ExpertException.invalid(
          "share", "give 'share', the share of questions it decides, above 0 to 1, such as 0.1");
    }
    return share;
  }

  private void evaluate(String id, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    var given = new Given(bodies.read(request), "").only(List.of("days"));
    int days = given.whole("days", 1, 3_650, 30);
    hindsight.check(id);
    JobsController.taken(
        jobs.submit(
            "evaluate",
            Caller.of(request).tenant(),
            Json.object().put("router", id).put("days", days),
            progress -> hindsight.score(id, days, orchestrator.roster(), progress)),
        response);
  }

  private void show(StoredRouter version, HttpServletResponse response) throws IOException {
    Bodies.write(200, versions.shown(version, orchestrator.roster()), response);
  }

  private static ExpertException unknown(String id) {
    return new ExpertException(
        FailureKind.NOT_FOUND,
        "there is no router version '%s'; GET %s lists them".formatted(id, PATH));
  }
}
