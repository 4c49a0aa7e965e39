package io.consilium.orchestrator.cli;

import io.consilium.expert.Json;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Finds registered tools; shows and approves what they say of themselves. */
@Command(
    name = "tools",
    description = "Find the right tools for a step; list and approve what tools say.",
    mixinStandardHelpOptions = true)
final class ToolsCommand implements Runnable {
  private static final int REASONS = 3;

  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  ToolsCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(name = "search", description = "The right tools for a step, with scores and why.")
  void search(
      @Option(names = "--limit", defaultValue = "5", description = "How many, at most 50.")
          int limit,
      @Option(names = "--server", description = "Only tools of this MCP server; may be repeated.")
          List<String> servers,
      @Option(names = "--json", description = "Print the answer as JSON.") boolean json,
      @Parameters(arity = "1..*", paramLabel = "STEP", description = "What is to be done.")
          List<String> words) {
    var out = spec.commandLine().getOut();
    var body = Json.object().put("request", String.join(" ", words)).put("limit", limit);
    if (servers != null) {
      servers.forEach(body.putArray("servers")::add);
    }
    var found = client.post("/v1/tools/search", body);
    if (json) {
      out.println(found.toPrettyString());
    } else if (found.path("data").isEmpty()) {
      out.println("No tool is registered. Name an MCP server in experts.yaml under 'mcp:'.");
    } else {
      var table = new Table("tool", "score", "why", "description");
      found
          .path("data")
          .forEach(tool ->
              table.row(
                  tool.path("id").asString(""),
                  String.format(Locale.ROOT, "%.2f", tool.path("score").asDouble(0)),
                  why(tool.path("why")),
                  first(tool.path("description").asString(""))));
      table.print(out);
    }
    out.flush();
  }

  @Command(name = "list", description = "Tools of declared servers, beside what was approved.")
  void list(@Option(names = "--json", description = "Print the answer as JSON.") boolean json) {
    var out = spec.commandLine().getOut();
    var listed = client.get("/v1/tools");
    if (json) {
      out.println(listed.toPrettyString());
    } else if (listed.path("data").isEmpty()) {
      out.println("No tool is registered. Name an MCP server in experts.yaml under 'mcp:'.");
    } else {
      var table = new Table("tool", "state", "used", "description");
      listed
          .path("data")
          .forEach(tool ->
              table.row(
                  tool.path("id").asString(""),
                  tool.path("state").asString(""),
                  tool.path("withheld").asBoolean() ? "no" : "yes",
                  first(tool.path("definition").path("description").asString(""))));
      table.print(out);
      listed.path("data").forEach(this::difference);
    }
    out.flush();
  }

  private void difference(JsonNode tool) {
    if (tool.path("state").asString("").equals("approved")) {
      return;
    }
    var out = spec.commandLine().getOut();
    out.printf(
        "%n%s, now (%s):%n%s%n",
        tool.path("id").asString(""),
        tool.path("fingerprint").asString(""),
        tool.path("definition").toPrettyString());
    if (tool.path("approved_definition").isObject()) {
      out.printf("as it was approved:%n%s%n", tool.path("approved_definition").toPrettyString());
    }
  }

  @Command(name = "approve", description = "Let a tool be used as it describes itself now.")
  void approve(
      @Parameters(paramLabel = "ID", description = "The tool, such as crm/find.") String id,
      @Option(
              names = "--fingerprint",
              description =
                  "Of what was looked at; fails when the tool says something else by now.")
          String fingerprint) {
    var body = Json.object();
    if (fingerprint != null) {
      body.put("fingerprint", fingerprint);
    }
    var done = client.post("/v1/tools/" + id + "/approve", body);
    var out = spec.commandLine().getOut();
    out.println("Approved " + done.path("id").asString("") + ".");
    out.flush();
  }

  private static String why(JsonNode why) {
    return why.properties().stream()
        .limit(REASONS)
        .map(said ->
            String.format(
                Locale.ROOT,
                "%s %+.2f",
                said.getKey().replace('_', ' '),
                said.getValue().asDouble(0)))
        .collect(Collectors.joining(", "));
  }

  private static String first(String description) {
    var line = description.strip().lines().findFirst().orElse("");
    return line.length() > 80 ? line.substring(0, 79) + "…" : line;
  }
}
