package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.jobs.Jobs;
import io.consilium.orchestrator.routers.OutcomeIntake;
import io.consilium.orchestrator.routers.Replayer;
import io.consilium.orchestrator.security.Caller;
import io.consilium.router.records.HashRange;
import io.consilium.router.records.Imported;
import io.consilium.router.replay.Replay;
import io.consilium.router.replay.ReplayPolicy;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says what would have happened under another policy. */
@RestController
public final class ReplaysController {
  private static final String PATH = "/v1/replays";
  private static final List<String> KEYS =
      List.of("policy", "records", "train", "test", "registered", "added");

  private final Replayer replayer;
  private final Orchestrator orchestrator;
  private final Jobs jobs;
  private final Bodies bodies;

  public ReplaysController(Replayer replayer, Orchestrator orchestrator, Jobs jobs, Bodies bodies) {
    this.replayer = replayer;
    this.orchestrator = orchestrator;
    this.jobs = jobs;
    this.bodies = bodies;
  }

  @PostMapping(PATH)
  public void replay(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var given = new Given(bodies.read(request), "").only(KEYS);
    var policy = policy(given);
    var train = range(given, "train", Replay.TRAIN);
    var test = range(given, "test", Replay.TEST);
    var added = given.texts("added", "an array of names of experts on record");
    boolean registered = Boolean.TRUE.equals(given.flag("registered")) || !added.isEmpty();
    var records = registered ? registered(records(given), added) : records(given);
    var asked =
        Json.object()
            .put("records", given.value("records") == null ? "on record" : "sent")
            .put("questions", records.records().items().size())
            .put("train", train.toString())
            .put("test", test.toString());
    if (registered) {
      asked.put("registered", true);
      added.forEach(asked.putArray("added")::add);
    }
    var wished = given.value("policy");
    if (wished != null) {
      asked.set("policy", wished);
      AuditLog.note(request, wished.toString());
    }
    JobsController.taken(
        jobs.submit(
            "replay",
            Caller.of(request).tenant(),
            asked,
            progress -> replayer.replay(records, policy, train, test, progress)),
        response);
  }

  /** A preset's name, or an object as in policy files. */
  private static ReplayPolicy policy(Given given) {
    var node = given.value("policy");
    if (node != null && !node.isString() && !node.isObject()) {
      throw given.wrong(
          "policy", "a name such as \"economy\", or an object such as {\"value\": 0.05}", node);
    }
    return ReplayPolicy.parse(
        node == null
            ? "{}"
            : node.isString() ? "{\"policy\": %s}".formatted(node) : node.toString(),
        "policy");
  }

  private Imported records(Given given) {
    var sent = given.value("records");
    return sent == null
        ? replayer.recorded(orchestrator.roster()).forRouting()
        : OutcomeIntake.read(Json.bytes(sent), OutcomeIntake.Form.JSON).imported().forRouting();
  }

  /** The records of those registered here, and of some more. */
  private Imported registered(Imported records, List<String> added) {
    var here =
        orchestrator.roster().cards().stream().map(ExpertCard::id).collect(Collectors.toSet());
    var on = records.records().experts();
    return records
        .among(
            Stream.concat(on.stream().filter(here::contains), added.stream()).distinct().toList())
        .forRouting();
  }

  private static HashRange range(Given given, String key, HashRange usual) {
    var text = given.text(key);
    try {
      return text == null ? usual : HashRange.parse(text);
    } catch (IllegalArgumentException e) {
      throw ExpertException.invalid(key, "'%s': %s".formatted(key, e.getMessage()));
    }
  }
}
