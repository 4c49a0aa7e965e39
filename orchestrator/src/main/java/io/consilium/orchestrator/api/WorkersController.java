package io.consilium.orchestrator.api;

import io.consilium.adapters.worker.WorkerAbility;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.workers.Workers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Shows inference workers, loads and unloads adapters, sends workers to sleep and wakes them. */
@RestController
public final class WorkersController {
  private static final String PATH = "/v1/workers";

  private final Workers workers;
  private final Bodies bodies;

  public WorkersController(Workers workers, Bodies bodies) {
    this.workers = workers;
    this.bodies = bodies;
  }

  @GetMapping(PATH)
  public void list(HttpServletResponse response) throws IOException {
    var root = Json.object();
    var data = root.putArray("data");
    workers.all().forEach(standing -> data.add(shown(standing)));
    Bodies.write(200, root.putNull("next"), response);
  }

  @GetMapping(PATH + "/{*id}")
  public void one(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Bodies.write(200, shown(workers.standing(Paths.below(PATH, request))), response);
  }

  @PostMapping(PATH + "/{*id}")
  public void change(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var below = Paths.below(PATH, request);
    int slash = below.lastIndexOf('/');
    var name = slash < 0 ? below : below.substring(0, slash);
    switch (slash < 0 ? "" : below.substring(slash + 1)) {
      case "load" -> {
        var given = new Given(bodies.read(request), "").only(List.of("adapter", "path", "pinned"));
        workers.load(
            name,
            given.required("adapter"),
            given.required("path"),
            Boolean.TRUE.equals(given.flag("pinned")));
      }
      case "unload" ->
          workers.unload(
              name,
              new Given(bodies.read(request), "").only(List.of("adapter")).required("adapter"));
      case "sleep" -> workers.sleep(name);
      case "wake" -> workers.wake(name);
      default ->
          throw new ExpertException(
              FailureKind.NOT_FOUND,
              "a worker takes POST %s/NAME/load, …/unload, …/sleep and …/wake".formatted(PATH));
    }
    Bodies.write(200, shown(workers.standing(name)), response);
  }

  private static ObjectNode shown(Workers.Standing standing) {
    var server = standing.server();
    var json =
        Json.object()
            .put("name", server.name())
            .put("engine", label(server.engine()))
            .put("url", server.url().toString())
            .put(
                "state",
                !standing.trouble().isEmpty() ? "down" : standing.asleep() ? "asleep" : "awake");
    if (standing.trouble().isEmpty()) {
      json.putNull("trouble");
    } else {
      json.put("trouble", standing.trouble());
    }
    var abilities = json.putArray("abilities");
    WorkerAbility.of(server.engine()).forEach(ability -> abilities.add(label(ability)));
    var load = standing.load();
    if (load == null) {
      json.putNull("load");
    } else {
      json.putObject("load")
          .put("running", load.running())
          .put("waiting", load.waiting())
          .put("cache_use", load.cacheUse());
    }
    var models = json.putArray("models");
    for (var model : standing.models()) {
      models
          .addObject()
          .put("name", model.name())
          .put("expert", server.name() + "/" + model.name())
          .put("kind", label(model.kind()))
          .put("base", model.base())
          .put("context", model.contextWindow())
          .put("active_experts", model.activeExperts())
          .put("quantisation", model.quantisation())
          .put("residency", standing.asleep() ? "asleep" : model.resident() ? "awake" : "cold");
    }
    return json;
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
