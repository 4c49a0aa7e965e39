package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Json;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The MCP server, by the SDK's own client over HTTP and stdio, and by hand where it is refused. */
class McpTest {
  private static final String MODERN = "2026-07-28";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final RunningService service = RunningService.shared();
  private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> progress = new LinkedBlockingQueue<>();

  private McpSyncClient client(McpClientTransport transport) {
    var client =
        McpClient.sync(transport)
            .requestTimeout(PATIENCE)
            .initializationTimeout(PATIENCE)
            .toolsChangeConsumer(tools -> changes.add("tools"))
            .resourcesChangeConsumer(resources -> changes.add("resources"))
            .progressConsumer(said -> progress.add(said.progressToken() + " " + said.message()))
            .build();
    client.initialize();
    return client;
  }

  private McpSyncClient overHttp() {
    return client(
        HttpClientStreamableHttpTransport.builder(service.at("").toString())
            .jsonMapper(new JacksonMcpJsonMapper(Json.MAPPER))
            .build());
  }

  private static McpSchema.CallToolResult call(
      McpSyncClient client, String tool, Map<String, Object> arguments) {
    return client.callTool(
        McpSchema.CallToolRequest.builder(tool).arguments(arguments).progressToken("t").build());
  }

  private static JsonNode structured(McpSchema.CallToolResult result) {
    assertThat(result.isError()).as(result.content().toString()).isNotEqualTo(true);
    return Json.MAPPER.valueToTree(result.structuredContent());
  }

  private static String text(McpSchema.CallToolResult result) {
    return ((McpSchema.TextContent) result.content().getFirst()).text();
  }

  @Test
  void anAgentAsksLooksWhyAndSaysHowItWas() throws Exception {
    service.expert("plain");
    try (var client = overHttp()) {
      assertThat(client.getServerInfo().name()).isEqualTo("consilium");
      assertThat(client.getServerInstructions()).contains("'ask'");
      assertThat(client.listTools().tools())
          .extracting(McpSchema.Tool::name)
          .startsWith(
              "ask",
              "route",
              "find_tools",
              "call_tool",
              "list_experts",
              "explain_decision",
              "give_feedback")
          .contains("classify_ticket-triage");
      assertThat(client.listTools().tools())
          .allSatisfy(tool -> assertThat(tool.outputSchema()).isNotNull());

      var answered =
          structured(call(client, "ask", Map.of("question", "Hello?", "model", "plain")));
      assertThat(answered.path("answer").asString()).isNotBlank();
      assertThat(answered.path("experts").path(0).asString()).isEqualTo("plain");
      assertThat(progress.poll(20, TimeUnit.SECONDS)).isEqualTo("t deciding who answers");
      assertThat(progress.poll(20, TimeUnit.SECONDS)).isEqualTo("t the answer has begun");

      var decision = answered.path("decision").asString();
      var explained = structured(call(client, "explain_decision", Map.of("decision", decision)));
      assertThat(explained.path("question").asString()).isEqualTo("Hello?");
      var kept =
          structured(call(client, "give_feedback", Map.of("decision", decision, "score", 1)));
      assertThat(kept.path("kept").asBoolean()).isTrue();
      var read =
          client.readResource(
              McpSchema.ReadResourceRequest.builder("consilium://decisions/" + decision).build());
      assertThat(((McpSchema.TextResourceContents) read.contents().getFirst()).text())
          .contains("\"Hello?\"");
    }
  }

  @Test
  void toolsAreFoundCalledAndTheirArgumentsChecked() {
    try (var client = overHttp()) {
      var found =
          structured(call(client, "find_tools", Map.of("query", "what is 12 * 7?", "limit", 2)));
      assertThat(found.path("tools").size()).isEqualTo(2);
      var first = found.path("tools").path(0);
      assertThat(first.path("name").asString()).isEqualTo("calculator");
      assertThat(first.path("p").asDouble()).isBetween(0.5, 1.0);
      var argument = first.path("arguments").path("properties").propertyNames().iterator().next();

      var called =
          call(
              client,
              "call_tool",
              Map.of("name", "calculator", "arguments", Map.of(argument, "12 * 7")));
      var wrong =
          call(client, "call_tool", Map.of("name", "calculator", "arguments", Map.of("x", 1)));
      var unknown = call(client, "call_tool", Map.of("name", "calclator", "arguments", Map.of()));

      assertThat(text(called)).contains("84");
      assertThat(structured(called).path("decision").asString()).startsWith("dec_");
      assertThat(wrong.isError()).isTrue();
      assertThat(text(wrong)).contains("do not fit the tool 'calculator'", argument);
      assertThat(unknown.isError()).isTrue();
      assertThat(text(unknown)).contains("near names: calculator");
    }
  }

  @Test
  void whoListensIsToldOfExpertsThatComeAndGo() throws Exception {
    try (var client = overHttp()) {
      awaitListening();

      service.post("/v1/experts", service.card("newcomer", "plain"));

      assertThat(changes.poll(60, TimeUnit.SECONDS)).isEqualTo("resources");
      assertThat(client.listResources().resources())
          .extracting(McpSchema.Resource::uri)
          .contains("consilium://experts/newcomer");
      changes.clear();

      var detector =
          Json.object()
              .put("id", "line-of-sight")
              .put("kind", "classifier")
              .put("description", "Tells whether there is a line of sight.");
      detector.putArray("labels").add("line of sight").add("no line of sight");
      var added = service.post("/v1/experts", detector);
      assertThat(added.statusCode()).as(added.body()).isEqualTo(201);

      assertThat(List.of(next(), next())).containsExactlyInAnyOrder("tools", "resources");
      assertThat(client.listTools().tools())
          .extracting(McpSchema.Tool::name)
          .contains("classify_line-of-sight");
    } finally {
      service.delete("/v1/experts/line-of-sight");
      service.delete("/v1/experts/newcomer");
    }
  }

  private String next() throws InterruptedException {
    return String.valueOf(changes.poll(60, TimeUnit.SECONDS));
  }

  /** The SDK's client begins to listen in the background: it does when it is told something. */
  private void awaitListening() throws InterruptedException {
    for (int times = 0; changes.isEmpty(); times++) {
      assertThat(times).as("it listens at last").isLessThan(600);
      service.post("/v1/experts", service.card("passer-by-" + times, "plain"));
      service.delete("/v1/experts/passer-by-" + times);
      var told = changes.poll(100, TimeUnit.MILLISECONDS);
      if (told != null) {
        changes.add(told);
      }
    }
    // both changes of the last round, unless they were told as one
    while (changes.poll(1, TimeUnit.SECONDS) != null) {
      // until it is quiet
    }
  }

  @Test
  void aClassifierIsATypedTool() {
    try (var client = overHttp()) {
      var tool =
          client.listTools().tools().stream()
              .filter(each -> each.name().equals("classify_ticket-triage"))
              .findFirst()
              .orElseThrow();
      var result =
          structured(call(client, tool.name(), Map.of("text", "I was charged twice this month.")));

      assertThat(result.path("label").asString()).isEqualTo("billing");
      assertThat(result.path("probability").asDouble()).isBetween(0.0, 1.0);
      assertThat(Json.MAPPER.valueToTree(tool.outputSchema()).path("properties").path("label"))
          .asString()
          .contains("billing");
    }
  }

  @Test
  void routingAsksNobodyAndExpertsAreListedInOrder() {
    try (var client = overHttp()) {
      var route = structured(call(client, "route", Map.of("question", "what is 2 + 2?")));
      assertThat(route.path("candidates").path(0).path("expert").asString())
          .isEqualTo("calculator");
      var tools = structured(call(client, "list_experts", Map.of("kind", "tool")));
      assertThat(tools.path("experts").findValuesAsString("id"))
          .contains("calculator", "date-calculator", "unit-converter")
          .isSorted();
      assertThat(client.listResources().resources())
          .extracting(McpSchema.Resource::uri)
          .contains("consilium://experts/calculator")
          .isSorted();
      assertThat(client.listResourceTemplates().resourceTemplates())
          .extracting(McpSchema.ResourceTemplate::uriTemplate)
          .containsExactly("consilium://decisions/{id}", "consilium://experts/{id}");
      var card =
          client.readResource(
              McpSchema.ReadResourceRequest.builder("consilium://experts/calculator").build());
      assertThat(((McpSchema.TextResourceContents) card.contents().getFirst()).text())
          .contains("\"kind\":\"tool\"");
      assertThat(client.listPrompts().prompts())
          .extracting(McpSchema.Prompt::name)
          .containsExactly("ask_the_consilium", "explain_an_answer", "find_a_tool");
      var prompt =
          client.getPrompt(
              McpSchema.GetPromptRequest.builder("find_a_tool")
                  .arguments(Map.of("step", "add up a bill"))
                  .build());
      assertThat(prompt.messages().getFirst().content().toString()).contains("add up a bill");
    }
  }

  @Test
  void whatIsUnknownOrMissingIsSaid() {
    try (var client = overHttp()) {
      assertThatThrownBy(() -> call(client, "aks", Map.of()))
          .isInstanceOf(McpError.class)
          .hasMessageContaining("there is no tool 'aks'")
          .hasMessageContaining("ask, route");
      var missing = call(client, "ask", Map.of());
      var extra = call(client, "ask", Map.of("question", "Hello?", "qestion", "x"));
      var nobody = call(client, "ask", Map.of("question", "Hello?", "model", "plian"));
      var nothing = call(client, "explain_decision", Map.of("decision", "dec_nothing"));
      assertThat(text(missing)).contains("question");
      assertThat(text(extra)).contains("qestion");
      assertThat(text(nobody)).contains("plian");
      assertThat(text(nothing)).contains("no decision 'dec_nothing'");
      for (var each : List.of(missing, extra, nobody, nothing)) {
        assertThat(each.isError()).isTrue();
      }
      assertThatThrownBy(() ->
              client.readResource(
                  McpSchema.ReadResourceRequest.builder("consilium://experts/nobody").build()))
          .isInstanceOf(McpError.class)
          .hasMessageContaining("there is no expert 'nobody'");
      assertThatThrownBy(
              () -> client.getPrompt(McpSchema.GetPromptRequest.builder("find_a_tool").build()))
          .isInstanceOf(McpError.class)
          .hasMessageContaining("needs the argument 'step'");
    }
  }

  @Test
  void theSameOverStandardInputAndOutput() {
    var parameters =
        ServerParameters.builder(Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .args(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "io.consilium.orchestrator.cli.ConsiliumCli",
                "mcp")
            .env(
                Map.of(
                    "CONSILIUM_PORT",
                    Integer.toString(service.port()),
                    "CONSILIUM_HOME",
                    service.home().toString()))
            .build();
    try (var client =
        client(new StdioClientTransport(parameters, new JacksonMcpJsonMapper(Json.MAPPER)))) {
      assertThat(client.listTools().tools()).hasSizeGreaterThan(7);
      assertThat(
              structured(
                      call(
                          client,
                          "ask",
                          Map.of("question", "What is 12 * 7?", "model", "calculator")))
                  .path("answer")
                  .asString())
          .contains("84");
      assertThat(progress).contains("t deciding who answers");
    }
  }

  private HttpRequest.Builder message(ObjectNode message) {
    return service
        .request("/mcp")
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream")
        .POST(BodyPublishers.ofString(message.toString()));
  }

  private static ObjectNode request(int id, String method) {
    var message = Json.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
    message.putObject("params");
    return message;
  }

  private String session(String authorization) {
    var message = request(1, "initialize");
    message
        .withObject("params")
        .put("protocolVersion", "2025-11-25")
        .putObject("clientInfo")
        .put("name", "by hand")
        .put("version", "1");
    message.withObject("params").putObject("capabilities");
    var request = message(message);
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return service.send(request).headers().firstValue("Mcp-Session-Id").orElseThrow();
  }

  private static void assertRefused(
      HttpResponse<String> response, int status, int code, String... words) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(json(response).path("error").path("code").asInt()).isEqualTo(code);
    assertThat(json(response).path("error").path("message").asString()).contains(words);
  }

  @Test
  void messagesThatCannotBeServedSayWhy() {
    var session = session("");
    var list = request(2, "tools/list");

    assertRefused(service.send(message(list)), 400, -32600, "begin with 'initialize'");
    assertRefused(
        service.send(message(list).header("Mcp-Session-Id", "no-such")),
        404,
        -32001,
        "no session 'no-such'",
        "begin anew");
    assertRefused(
        service.send(
            message(list)
                .header("Mcp-Session-Id", session)
                .header("MCP-Protocol-Version", "1900-01-01")),
        400,
        -32022,
        "'1900-01-01' is not spoken here",
        "2025-11-25");
    assertRefused(
        service.send(
            message(list)
                .header("Mcp-Session-Id", session)
                .header("Origin", "https://evil.example")),
        403,
        -32600,
        "https://evil.example",
        "consilium.mcp.origins");
    assertRefused(
        service.send(
            service
                .request("/mcp")
                .header("Content-Type", "application/json")
                .header("Accept", "text/html")
                .POST(BodyPublishers.ofString("{}"))),
        406,
        -32600,
        "Accept");
    assertRefused(service.post("/mcp", "[{\"jsonrpc\":\"2.0\"}]"), 400, -32600, "one by one");
    assertRefused(service.post("/mcp", "{nonsense"), 400, -32700, "not valid JSON");
    assertRefused(service.post("/mcp", "{\"jsonrpc\":\"1.0\"}"), 400, -32600, "2.0");
    assertRefused(
        service.send(message(request(3, "tools/lost")).header("Mcp-Session-Id", session)),
        200,
        -32601,
        "'tools/lost'");
    assertRefused(service.get("/mcp"), 400, -32600, "begin with 'initialize'");
    assertRefused(
        service.send(
            service
                .request("/mcp")
                .header("Mcp-Session-Id", session)
                .header("Accept", "application/json")),
        406,
        -32600,
        "text/event-stream");
    assertThat(
            service
                .send(service.request("/mcp").DELETE().header("Mcp-Session-Id", session))
                .statusCode())
        .isEqualTo(200);
    assertRefused(
        service.send(message(list).header("Mcp-Session-Id", session)), 404, -32001, session);
  }

  @Test
  void keysSeeWhatTheirRoleMayUseAndNoSessionOfOthers() {
    var wrong =
        service.send(message(request(1, "initialize")).header("Authorization", "Bearer nonsense"));
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");

    var viewer =
        "Bearer "
            + json(service.post("/v1/keys", "{\"name\":\"mcp viewer\",\"role\":\"viewer\"}"))
                .path("key")
                .asString();
    var session = session(viewer);
    var tools =
        json(
            service.send(
                message(request(2, "tools/list"))
                    .header("Mcp-Session-Id", session)
                    .header("Authorization", viewer)));
    assertThat(
            tools
                .path("result")
                .path("tools")
                .valueStream()
                .map(tool -> tool.path("name").asString()))
        .containsExactly("route", "find_tools", "list_experts", "explain_decision");
    var ask = request(3, "tools/call");
    ask.withObject("params").put("name", "ask").putObject("arguments").put("question", "Hello?");
    assertRefused(
        service.send(
            message(ask).header("Mcp-Session-Id", session).header("Authorization", viewer)),
        200,
        -32602,
        "no tool 'ask' for this key",
        "route, find_tools");
    assertRefused(
        service.send(message(request(4, "tools/list")).header("Mcp-Session-Id", session)),
        404,
        -32001,
        "for this key");
  }

  private static ObjectNode modern(int id, String method) {
    var message = request(id, method);
    var meta = message.withObject("params").putObject("_meta");
    meta.put("io.modelcontextprotocol/protocolVersion", MODERN);
    meta.putObject("io.modelcontextprotocol/clientCapabilities");
    meta.putObject("io.modelcontextprotocol/clientInfo").put("name", "by hand").put("version", "1");
    return message;
  }

  private HttpRequest.Builder modernly(ObjectNode message) {
    return message(message)
        .header("MCP-Protocol-Version", MODERN)
        .header("Mcp-Method", message.path("method").asString());
  }

  @Test
  void theNewerVersionNeedsNoSession() {
    var discovered = json(service.send(modernly(modern(1, "server/discover")))).path("result");
    assertThat(discovered.path("supportedVersions").path(0).asString()).isEqualTo(MODERN);
    assertThat(discovered.path("resultType").asString()).isEqualTo("complete");
    assertThat(discovered.path("capabilities").has("tools")).isTrue();
    assertThat(discovered.path("ttlMs").asInt()).isPositive();
    assertThat(
            discovered
                .path("_meta")
                .path("io.modelcontextprotocol/serverInfo")
                .path("name")
                .asString())
        .isEqualTo("consilium");

    var list = service.send(modernly(modern(2, "tools/list")));
    assertThat(list.headers().firstValue("Mcp-Session-Id")).isEmpty();
    assertThat(json(list).path("result").path("cacheScope").asString()).isEqualTo("private");

    var call = modern(3, "tools/call");
    call.withObject("params")
        .put("name", "ask")
        .putObject("arguments")
        .put("question", "What is 12 * 7?")
        .put("model", "calculator");
    var called = json(service.send(modernly(call).header("Mcp-Name", "ask")));
    assertThat(called.path("result").path("structuredContent").path("answer").asString())
        .contains("84");
    assertThat(called.path("result").path("resultType").asString()).isEqualTo("complete");
    var encoded = json(service.send(modernly(call).header("Mcp-Name", "=?base64?YXNr?=")));
    assertThat(encoded.path("result").path("isError").asBoolean()).isFalse();
  }

  @Test
  void theNewerVersionsHeadersSayWhatTheBodySays() {
    var call = modern(1, "tools/call");
    call.withObject("params").put("name", "ask").putObject("arguments");

    assertRefused(
        service.send(modernly(call).header("Mcp-Name", "route")),
        400,
        -32020,
        "Mcp-Name says 'route' and the body 'ask'");
    assertRefused(service.send(modernly(call)), 400, -32020, "Mcp-Name says nothing");
    assertRefused(
        service.send(message(modern(2, "tools/list"))), 400, -32020, "MCP-Protocol-Version");
    assertRefused(
        service.send(
            message(modern(2, "tools/list"))
                .header("MCP-Protocol-Version", MODERN)
                .header("Mcp-Method", "tools/call")),
        400,
        -32020,
        "Mcp-Method");
    assertRefused(
        service.send(message(request(3, "tools/list")).header("MCP-Protocol-Version", MODERN)),
        400,
        -32020,
        "the body nothing");
    var future = modern(4, "tools/list");
    future
        .withObject("params")
        .withObject("_meta")
        .put("io.modelcontextprotocol/protocolVersion", "2099-01-01");
    assertRefused(
        service.send(message(future).header("MCP-Protocol-Version", "2099-01-01")),
        400,
        -32022,
        "2099-01-01");
    assertRefused(service.send(modernly(modern(5, "ping"))), 404, -32601, "'ping'");
  }

  @Test
  void aCancelledCallEndsItsExpert() throws Exception {
    service.expert("hang");
    int before = service.upstream().exchanges("hang").size();
    var session = session("");
    var ask = request(7, "tools/call");
    ask.withObject("params")
        .put("name", "ask")
        .putObject("arguments")
        .put("question", "Hello?")
        .put("model", "hang");
    var reply =
        CompletableFuture.supplyAsync(
            () -> service.send(message(ask).header("Mcp-Session-Id", session)));
    while (service.upstream().exchanges("hang").size() == before) {
      Thread.onSpinWait();
    }
    var cancel = Json.object().put("jsonrpc", "2.0").put("method", "notifications/cancelled");
    cancel.putObject("params").put("requestId", 7).put("reason", "changed my mind");

    var taken = service.send(message(cancel).header("Mcp-Session-Id", session));

    assertThat(taken.statusCode()).isEqualTo(202);
    assertRefused(reply.get(60, TimeUnit.SECONDS), 200, -32000, "cancelled");
    assertThat(service.upstream().exchanges("hang").getLast().awaitHangUp(PATIENCE)).isTrue();
  }
}
