package io.consilium.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Json;
import io.consilium.expert.testing.NodePrograms;
import java.time.Duration;
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
  @Test
  void theConformanceSuitePassesButForWhatTheBaselineExplains() {
    var said =
        NODE.run(
            Map.of(),
            "node",
            "node_modules/@modelcontextprotocol/conformance/dist/index.js",
            "server",
            "--url",
            url(),
            "--suite",
            "all",
            "--expected-failures",
            "conformance-baseline.yml");

    assertThat(said)
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
