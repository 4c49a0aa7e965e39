package io.consilium.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Json;
import io.consilium.expert.testing.NodePrograms;
import io.consilium.orchestrator.OrchestratorApplication;
import io.consilium.orchestrator.mcp.SuiteCatalogue;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The MCP server under clients that nobody here wrote: the official conformance suite, the
 * Inspector's command line and the TypeScript SDK. Each is a Node process.
 */
class AgentClientsIT {
  private static final NodePrograms NODE = NodePrograms.installed();
  private static final String INSPECTOR =
      "node_modules/@modelcontextprotocol/inspector-cli/build/index.js";

  private final RunningService service = RunningService.shared();

  private String url() {
    return service.at("/mcp").toString();
  }

  /** Fails as well when a scenario of the baseline passes. */
  private static String conformance(RunningService service, String baseline) {
    return NODE.run(
        Map.of(),
        "node",
        "node_modules/@modelcontextprotocol/conformance/dist/index.js",
        "server",
        "--url",
        service.at("/mcp").toString(),
        "--suite",
        "all",
        "--expected-failures",
        baseline);
  }

  @Test
  void theConformanceSuitePassesButForWhatTheBaselineExplains() {
    assertThat(conformance(service, "conformance-baseline.yml"))
        .contains(
            "✓ server-initialize",
            "✓ ping",
            "✓ tools-list",
            "✓ resources-list",
            "✓ prompts-list",
            "✓ server-sse-multiple-streams",
            "✓ dns-rebinding-protection");
  }

  @Test
  void withTheToolsItAsksForTheConformanceSuitePassesButForWhatIsNotOffered() {
    var suited =
        new RunningService(
            List.of(OrchestratorApplication.class, SuiteCatalogue.InPlaceOfOurs.class),
            Clock.systemUTC());
    try {
      assertThat(conformance(suited, "conformance-baseline-suited.yml"))
          .contains(
              "✓ tools-call-simple-text",
              "✓ tools-call-image",
              "✓ tools-call-audio",
              "✓ tools-call-embedded-resource",
              "✓ tools-call-mixed-content",
              "✓ tools-call-error",
              "✓ tools-call-with-progress",
              "✓ json-schema-2020-12",
              "✓ resources-read-text",
              "✓ resources-read-binary",
              "✓ resources-templates-read",
              "✓ prompts-get-simple",
              "✓ prompts-get-with-args",
              "✓ prompts-get-embedded-resource",
              "✓ prompts-get-with-image");
    } finally {
      suited.stop();
    }
  }

  @Test
  void theInspectorListsAndCallsTools() {
    var listed =
        Json.MAPPER.readTree(
            NODE.run(
                Map.of(),
                "node",
                INSPECTOR,
                url(),
                "--transport",
                "http",
                "--method",
                "tools/list"));
    var called =
        Json.MAPPER.readTree(
            NODE.run(
                Map.of(),
                "node",
                INSPECTOR,
                url(),
                "--transport",
                "http",
                "--method",
                "tools/call",
                "--tool-name",
                "ask",
                "--tool-arg",
                "question=What is 12 * 7?",
                "--tool-arg",
                "model=calculator"));

    assertThat(listed.path("tools").valueStream().map(tool -> tool.path("name").asString()))
        .contains("ask", "find_tools");
    assertThat(called.path("structuredContent").path("answer").asString()).contains("84");
  }

  /** Runs {@code src/test/node/mcp.test.mjs}. */
  @Test
  void theTypeScriptSdkIsToldOfProgressAndCancels() throws InterruptedException {
    var stalling = service.expert("hang-in-stream");

    NODE.run(
        Map.of("MCP_URL", url(), "MCP_STALLING", stalling),
        "node",
        "--test",
        "--test-reporter=spec",
        "mcp.test.mjs");

    assertThat(service.upstream().exchanges(stalling).getLast().awaitHangUp(Duration.ofSeconds(60)))
        .as("the cancelled call ended its expert")
        .isTrue();
  }
}
