package io.consilium.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.Part;
import io.consilium.expert.ToolSpec;
import io.consilium.expert.testing.NodePrograms;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our client against the protocol's own servers, as they come from npm. Slow for a test, because
 * each server is a Node process.
 */
class OfficialServersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final NodePrograms NODE = NodePrograms.installed();

  @TempDir private Path files;
  private final List<McpConnection> open = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(McpConnection::close);
    processes.forEach(Process::destroyForcibly);
  }

  private static String program(String server) {
    return NODE.file("node_modules/@modelcontextprotocol/server-" + server + "/dist/index.js")
        .toString();
  }

  private McpConnection connect(McpServerSettings settings) {
    var connection =
        new McpConnection(
            settings.withTimeouts(PATIENCE, PATIENCE), tools -> {}, InstantSource.system());
    open.add(connection);
    return connection;
  }

  private McpConnection child(String server, Map<String, String> environment, String... more) {
    var arguments = new ArrayList<>(List.of(program(server)));
    arguments.addAll(List.of(more));
    return connect(
        McpServerSettings.of(server, new McpServerSettings.Stdio("node", arguments, environment)));
  }

  private static ToolResult call(McpConnection server, String tool, Map<String, Object> arguments) {
    var result = server.call(tool, arguments, Instant.now().plus(PATIENCE));
    assertThat(result.error()).as(result.text()).isFalse();
    return result;
  }

  private static List<String> names(McpConnection server) {
    return server.tools().stream().map(ToolSpec::name).toList();
  }

  @Test
  void everythingIsListedAndCalled() {
    var server = child("everything", Map.of("SHOWN", "yes"));

    assertThat(names(server))
        .contains("echo", "get-sum", "get-tiny-image", "get-structured-content", "get-env");
    assertThat(call(server, "echo", Map.of("message", "Grüße 🙂")).text()).contains("Grüße 🙂");
    assertThat(call(server, "get-sum", Map.of("a", 19, "b", 23)).text()).contains("42");
    assertThat(call(server, "get-tiny-image", Map.of()).content())
        .hasAtLeastOneElementOfType(Part.Image.class);
    var structured =
        call(server, "get-structured-content", Map.of("location", "Chicago")).structured();
    assertThat(requireNonNull(structured).path("temperature").isNumber())
        .as("%s", structured)
        .isTrue();
    assertThat(call(server, "get-env", Map.of()).text())
        .contains("SHOWN")
        .doesNotContain("JAVA_HOME");
    var wrong = server.call("get-sum", Map.of("a", "many"), Instant.now().plus(PATIENCE));
    assertThat(wrong.error()).isTrue();
    assertThat(wrong.text()).contains("get-sum");
  }

  @Test
  void filesAreWrittenAndReadInTheFolderThatIsAllowedOnly() throws IOException {
    var root = files.toRealPath();
    var server = child("filesystem", Map.of(), root.toString());

    assertThat(names(server)).contains("read_text_file", "write_file", "list_directory");
    call(
        server,
        "write_file",
        Map.of("path", root.resolve("note.txt").toString(), "content", "first\nsecond\n"));
    assertThat(Files.readString(root.resolve("note.txt"))).isEqualTo("first\nsecond\n");
    assertThat(
            call(
                    server,
                    "read_text_file",
                    Map.of("path", root.resolve("note.txt").toString(), "head", 1))
                .text())
        .isEqualTo("first");
    var outside =
        server.call(
            "read_text_file", Map.of("path", "/etc/hostname"), Instant.now().plus(PATIENCE));
    assertThat(outside.error()).isTrue();
    assertThat(outside.text()).contains("outside");
  }

  @Test
  void memoriesOutliveTheServer() {
    var environment = Map.of("MEMORY_FILE_PATH", files.resolve("memory.jsonl").toString());
    var server = child("memory", environment);

    assertThat(names(server)).contains("create_entities", "read_graph", "search_nodes");
    call(
        server,
        "create_entities",
        Map.of(
            "entities",
            List.of(
                Map.of("name", "Ada", "entityType", "person", "observations", List.of("counts")))));
    server.close();

    var again = child("memory", environment);
    assertThat(call(again, "search_nodes", Map.of("query", "counts")).text()).contains("Ada");
  }

  @Test
  void thoughtsAreNumbered() {
    var server = child("sequential-thinking", Map.of("DISABLE_THOUGHT_LOGGING", "true"));

    assertThat(names(server)).containsExactly("sequentialthinking");
    var first =
        call(
            server,
            "sequentialthinking",
            Map.of(
                "thought",
                "Begin.",
                "nextThoughtNeeded",
                true,
                "thoughtNumber",
                1,
                "totalThoughts",
                2));
    assertThat(first.structured() == null ? first.text() : first.structured().toString())
        .contains("thoughtHistoryLength");
  }

  private static final Map<String, Object> LONG = Map.of("duration", 600, "steps", 1);

  /** A call that the server works on, and its failure to come. */
  private static CompletableFuture<ExpertException> begun(McpConnection server) {
    var failure = new CompletableFuture<ExpertException>();
    var caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                call(server, "trigger-long-running-operation", LONG);
              } catch (ExpertException e) {
                failure.complete(e);
              }
            });
    await("the call is sent", () -> caller.getState() == Thread.State.TIMED_WAITING);
    call(server, "echo", Map.of("message", "behind it")); // messages are read in order
    return failure;
  }

  private static void await(String what, Supplier<Boolean> condition) {
    var until = Instant.now().plus(PATIENCE);
    while (!condition.get()) {
      assertThat(Instant.now()).as(what).isBefore(until);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static void awaitEcho(McpConnection server) {
    await(
        "a new session",
        () -> {
          try {
            return call(server, "echo", Map.of("message", "back")).text().contains("back");
          } catch (ExpertException e) {
            return false;
          }
        });
  }

  @Test
  void aServerKilledInMidCallFailsThatCallAndIsStartedAgain() throws Exception {
    var server = child("everything", Map.of());
    server.tools();
    var failure = begun(server);

    var killed =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains("server-everything"))
            .toList();
    assertThat(killed).hasSize(1);
    killed.getFirst().destroyForcibly();

    assertThat(failure.get(60, TimeUnit.SECONDS).kind()).isEqualTo(FailureKind.UNAVAILABLE);
    awaitEcho(server);
    assertThat(server.health().status()).isEqualTo(Health.Status.UP);
    assertThat(names(server)).contains("echo");
  }

  @Test
  void overHttpAServerKilledInMidCallIsFoundAgainWhenItIsBack() throws Exception {
    int port = freePort();
    var process = listen(port);
    var server =
        connect(
            McpServerSettings.of(
                "far",
                new McpServerSettings.Http(
                    URI.create("http://127.0.0.1:" + port + "/mcp"), Map.of())));
    assertThat(names(server)).contains("echo", "get-sum");
    var failure = begun(server);

    process.destroyForcibly().waitFor();

    assertThat(failure.get(60, TimeUnit.SECONDS).kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThatThrownBy(() -> call(server, "echo", Map.of("message", "lost")))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("far");
    listen(port);
    awaitEcho(server);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Process listen(int port) throws IOException {
    var builder = new ProcessBuilder("node", program("everything"), "streamableHttp");
    builder.environment().put("PORT", Integer.toString(port));
    var process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    processes.add(process);
    var errors = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8));
    var line = errors.readLine();
    while (line != null && !line.contains("listening on port")) {
      line = errors.readLine();
    }
    assertThat(line).as("the server listens").isNotNull();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (errors.readLine() != null) {
              // it would stand still were nobody to read what it says
            }
          } catch (IOException e) {
            // it has ended
          }
        });
    return process;
  }
}
