package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Json;
import io.consilium.orchestrator.RegisteredTools;
import io.consilium.tools.retrieval.FoundTool;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Finds the right tools for a step among all that are registered. */
@RestController
public final class ToolsController {
  private static final List<String> KEYS = List.of("request", "limit", "servers");
  private static final int MOST = 50;
  private static final int USUAL = 5;
  private static final int LONGEST = 20_000;

  private final RegisteredTools tools;
  private final ExpertRegistry registry;
  private final Bodies bodies;

  public ToolsController(RegisteredTools tools, ExpertRegistry registry, Bodies bodies) {
    this.tools = tools;
    this.registry = registry;
    this.bodies = bodies;
  }

  @PostMapping("/v1/tools/search")
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
        .find(text, limit, tool -> servers.isEmpty() || servers.contains(tool.server()))
        .forEach(found -> data.add(json(found)));
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

  private ObjectNode json(FoundTool found) {
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
    json.put("score", rounded(found.score()));
    var why = json.putObject("why");
    found.why().entrySet().stream()
        .filter(said -> said.getValue() != 0)
        .sorted(Map.Entry.comparingByValue(Comparator.comparingDouble(each -> -each)))
        .forEach(said -> why.put(said.getKey().word(), rounded(said.getValue())));
    return json;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
