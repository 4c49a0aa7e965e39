package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.Json;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.PinnedDecider;
import io.consilium.orchestrator.Policies;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Lists what can be named as {@code model}: policies first, then experts. */
@RestController
public final class ModelsController {
  private static final String PATH = "/v1/models";
  private static final String OURS = "consilium";

  private final Orchestrator orchestrator;
  private final Policies policies;

  public ModelsController(Orchestrator orchestrator, Policies policies) {
    this.orchestrator = orchestrator;
    this.policies = policies;
  }

  /**
   * All of them, unless more is said than OpenAI's API knows: {@code owned_by} (consilium for
   * policies), {@code q} (part of an id), {@code limit}. Whatever else is said is left unheeded, as
   * OpenAI does.
   */
  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var owner = request.getParameter("owned_by");
    var q = request.getParameter("q");
    int limit = Given.limit(request, Integer.MAX_VALUE - 1, Integer.MAX_VALUE - 1);
    var found =
        Stream.concat(
                policies.names().stream().map(ModelsController::policy),
                orchestrator.roster().cards().stream().map(ModelsController::expert))
            .filter(model -> owner == null || model.path("owned_by").asString().equals(owner))
            .filter(model ->
                q == null
                    || model
                        .path("id")
                        .asString()
                        .toLowerCase(Locale.ROOT)
                        .contains(q.strip().toLowerCase(Locale.ROOT)))
            .limit(limit + 1L)
            .toList();
    var root = Json.object().put("object", "list");
    var data = root.putArray("data");
    found.stream().limit(limit).forEach(data::add);
    Bodies.write(200, root.put("has_more", found.size() > limit), response);
  }

  @GetMapping(PATH + "/{*id}")
  public void one(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var name = Paths.below(PATH, request);
    if (name.startsWith(PinnedDecider.POLICY_PREFIX)
        && policies.find(name.substring(PinnedDecider.POLICY_PREFIX.length())).isPresent()) {
      Bodies.write(200, policy(name.substring(PinnedDecider.POLICY_PREFIX.length())), response);
      return;
    }
    var roster = orchestrator.roster();
    var seat = roster.find(name).orElseThrow(() -> PinnedDecider.unknown(name, roster));
    Bodies.write(200, expert(seat.card()), response);
  }

  private static ObjectNode policy(String name) {
    return model(PinnedDecider.POLICY_PREFIX + name, OURS);
  }

  private static ObjectNode expert(ExpertCard card) {
    var node = model(card.id(), card.kind().label());
    node.put("description", card.description());
    return node;
  }

  private static ObjectNode model(String id, String owner) {
    return Json.object()
        .put("id", id)
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", owner);
  }
}
