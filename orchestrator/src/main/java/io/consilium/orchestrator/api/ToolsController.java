package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.RegisteredTools;
import io.consilium.orchestrator.ToolReviews;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Finds the right tools for a step, and shows and approves what tools say of themselves. */
@RestController
public final class ToolsController {
  private static final String PATH = "/v1/tools";
  private static final String VERB = "/approve";
  private static final List<String> KEYS = List.of("request", "limit", "servers");
  private static final int MOST = 50;
  private static final int USUAL = 5;
  private static final int LONGEST = 20_000;

  private final RegisteredTools tools;
  private final ToolReviews reviews;
  private final ExpertRegistry registry;
  private final Bodies bodies;

  public ToolsController(
      RegisteredTools tools, ToolReviews reviews, ExpertRegistry registry, Bodies bodies) {
    this.tools = tools;
    this.reviews = reviews;
    this.registry = registry;
    this.bodies = bodies;
  }

  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("waiting", "limit", "after"));
    Given.oneOf(request, "waiting", List.of("true", "false"));
    int limit = Given.limit(request, Integer.MAX_VALUE - 1, Integer.MAX_VALUE - 1);
    var waiting = request.getParameter("waiting");
    var after = request.getParameter("after");
    var found =
        reviews.all().stream()
            .filter(review ->
                waiting == null
                    || Boolean.parseBoolean(waiting)
                        == (review.standing() != ToolReviews.Standing.APPROVED))
            .filter(review -> after == null || review.card().id().compareTo(after) > 0)
            .limit(limit + 1L)
            .toList();
    var root = Json.object();
    var data = root.putArray("data");
    found.stream().limit(limit).forEach(review -> data.add(json(review)));
    Bodies.write(
        200,
        root.put("next", found.size() > limit ? found.get(limit - 1).card().id() : null),
        response);
  }

  @PostMapping(PATH + "/{*id}")
  public void approve(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var path = Paths.below(PATH, request);
    if (!path.endsWith(VERB)) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "there is nothing to post to %s/%s; POST %s/{id}%s approves a tool"
              .formatted(PATH, path, PATH, VERB));
    }
    var given = new Given(bodies.read(request), "").only(List.of("fingerprint"));
    var caller = Caller.of(request).key();
    var done =
        reviews.approve(
            path.substring(0, path.length() - VERB.length()),
            given.text("fingerprint"),
            caller == null ? "without a key, from this machine" : caller);
    Bodies.write(200, json(done), response);
  }

  private static ObjectNode json(ToolReviews.Review review) {
    var card = review.card();
    var approved = review.approved();
    var json =
        Json.object()
            .put("id", card.id())
            .put("server", review.server())
            .put("name", card.endpoint().model())
            .put("pinned", review.pinned())
            .put("state", review.standing().name().toLowerCase(Locale.ROOT))
            .put("withheld", review.withheld())
            .put("fingerprint", review.fingerprint());
    json.set("definition", review.definition());
    json.set("approved_definition", review.approvedDefinition());
    return json.put("approved_at", approved == null ? null : approved.at().toString())
        .put("approved_by", approved == null ? null : approved.by());
  }

  @PostMapping(PATH + "/search")
  public void search(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var given = new Given(bodies.read(request), "").only(KEYS);
    var text = given.required("request");
    if (text.length() > LONGEST) {
      throw ExpertException.invalid(
          "request",
          "'request' has %,d characters; describe the step in %,d at most"
              .formatted(text.length(), LONGEST));
    }
    int limit = given.whole("limit", 1, MOST, USUAL);
    var servers = Set.copyOf(given.texts("servers", "an array of names of MCP servers"));
    servers.forEach(this::known);
    var root = Json.object();
    var data = root.putArray("data");
    tools
        .rank(text, limit, tool -> servers.isEmpty() || servers.contains(tool.server()))
        .forEach(ranked -> data.add(json(ranked)));
    root.put("searched", tools.size());
    Bodies.write(200, root, response);
  }

  private void known(String server) {
    var names =
        registry.current().cards().stream()
            .map(card -> card.kind() instanceof ExpertKind.Tool tool ? tool.server() : "")
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toSet());
    if (!names.contains(server)) {
      throw ExpertException.invalid(
          "servers",
          "no MCP server '%s' has tools here; there are %s"
              .formatted(server, names.stream().sorted().toList()));
    }
  }

  private ObjectNode json(RegisteredTools.Ranked ranked) {
    var found = ranked.found();
    var tool = found.tool();
    var json =
        Json.object()
            .put("id", tool.id())
            .put("server", tool.server())
            .put("name", tool.name())
            .put("description", tool.description());
    registry
        .current()
        .find(tool.id())
        .filter(seat -> seat.card().kind() instanceof ExpertKind.Tool)
        .ifPresent(seat -> json.set("schema", ((ExpertKind.Tool) seat.card().kind()).schema()));
    json.put("score", rounded(ranked.score())).put("p", rounded(ranked.p()));
    Map<String, Double> said = new HashMap<>();
    found.why().forEach((signal, value) -> said.put(signal.word(), value));
    said.put("forecast", ranked.expected());
    var why = json.putObject("why");
    said.entrySet().stream()
        .filter(each -> each.getValue() != 0)
        .sorted(Map.Entry.comparingByValue(Comparator.comparingDouble(each -> -each)))
        .forEach(each -> why.put(each.getKey(), rounded(each.getValue())));
    return json;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
