package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.jobs.Jobs;
import io.consilium.orchestrator.routers.RouterVersions;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Fits, shows and promotes router versions. */
@RestController
public final class RoutersController {
  private static final String PATH = "/v1/routers";
  private static final String VERB = "/promote";

  private final RouterVersions versions;
  private final Orchestrator orchestrator;
  private final Jobs jobs;
  private final Bodies bodies;

  public RoutersController(
      RouterVersions versions, Orchestrator orchestrator, Jobs jobs, Bodies bodies) {
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
    Bodies.write(200, versions.shown(version, orchestrator.roster()), response);
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
  public void promote(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var path = Paths.below(PATH, request);
    if (!path.endsWith(VERB)) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "there is nothing to post to %s/%s; POST %s/{id}%s makes a version serve"
              .formatted(PATH, path, PATH, VERB));
    }
    var id = path.substring(0, path.length() - VERB.length());
    Bodies.write(200, versions.shown(versions.promote(id), orchestrator.roster()), response);
  }

  private static ExpertException unknown(String id) {
    return new ExpertException(
        FailureKind.NOT_FOUND,
        "there is no router version '%s'; GET %s lists them".formatted(id, PATH));
  }
}
