package io.consilium.orchestrator.routers;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcJobs;
import io.consilium.router.Interviews;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The latest interview of every expert, kept in memory; of other replicas' within seconds. */
public final class InterviewRecord implements Interviews {
  static final String KIND = "interview";

  /** From half of 90 % to half of 80 %, in standard deviations. */
  private static final double NARROWER = 1.2816 / 1.645;

  private final JdbcJobs jobs;
  private volatile Map<String, ObjectNode> latest = Map.of();

  /** Reads what is on record. */
  public InterviewRecord(JdbcJobs jobs) {
    this.jobs = jobs;
    refresh();
  }

  /** Looks for interviews made since, here or by other replicas. */
  public void refresh() {
    Map<String, ObjectNode> found = new HashMap<>();
    for (var job : jobs.done(KIND)) {
      var result = job.result();
      if (result != null) {
        found.putIfAbsent(key(result), result);
      }
    }
    latest = Map.copyOf(found);
  }

  /** Takes an interview that was just made, so that it counts at once. */
  void add(ObjectNode result) {
    Map<String, ObjectNode> all = new HashMap<>(latest);
    all.put(key(result), result);
    latest = Map.copyOf(all);
  }

  private static String key(JsonNode result) {
    return result.path("expert").asString("") + "@" + result.path("version").asInt(1);
  }

  @Override
  public Optional<Found> of(ExpertCard card, String kind) {
    var result = latest.get(card.reference());
    if (result == null) {
      return Optional.empty();
    }
    JsonNode accuracy = result.path("accuracy");
    var over = "all questions on record";
    for (var category : result.path("categories")) {
      if (!kind.isEmpty() && category.path("category").asString("").equals(kind)) {
        accuracy = category;
        over = "questions on record of the kind " + kind;
      }
    }
    double p = Math.clamp(accuracy.path("value").asDouble(0.5), 0, 1);
    return Optional.of(
        new Found(
            p,
            p - NARROWER * Math.max(0, p - accuracy.path("low").asDouble(0)),
            p + NARROWER * Math.max(0, accuracy.path("high").asDouble(1) - p),
            "interviewed with %d questions, over %s"
                .formatted(result.path("asked").asInt(0), over)));
  }

  /**
   * What people are shown of an expert's interview, beside what its maker claims; empty when this
   * version was not interviewed.
   */
  public Optional<ObjectNode> shown(ExpertCard card) {
    var result = latest.get(card.reference());
    if (result == null) {
      return Optional.empty();
    }
    var node = Json.object().put("asked", result.path("asked").asInt(0));
    node.set("accuracy", result.path("accuracy"));
    node.set("categories", result.path("categories"));
    var claims = card.claimed().accuracy().values();
    if (!claims.isEmpty()) {
      double claimed = claims.stream().mapToDouble(Double::doubleValue).average().orElse(0);
      double measured = result.path("accuracy").path("value").asDouble(0);
      node.putObject("claimed")
          .put("accuracy", claimed)
          .put("gap", claimed - measured)
          .put("overstated", claimed > result.path("accuracy").path("high").asDouble(1));
    }
    return Optional.of(node);
  }
}
