package io.consilium.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.ToolSpec;
import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class McpConnectionTest {
  private static final String JAVA =
      System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";

  private final List<McpConnection> open = new ArrayList<>();

  static McpServerSettings odd(String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OddServer.class.getName()));
    command.addAll(List.of(arguments));
    return McpServerSettings.of(
            "odd", new McpServerSettings.Stdio(JAVA, command, Map.of("ODD_KEY", "given")))
        .withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60));
  }

  private McpConnection connect(McpServerSettings settings) {
    var connection = new McpConnection(settings, tools -> {}, InstantSource.system());
    open.add(connection);
    connection.start();
    return connection;
  }

  private static ToolResult call(McpConnection server, String tool, String text) {
    return server.call(tool, Map.of("text", text), Instant.now().plusSeconds(60));
  }

  private static ExpertException failure(Runnable call) {
    var failures = new ArrayList<ExpertException>();
    assertThatThrownBy(call::run).isInstanceOfSatisfying(ExpertException.class, failures::add);
    return failures.getFirst();
  }

  private static void await(String what, BooleanSupplier condition) {
    var until = Instant.now().plusSeconds(60);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as(what).isBefore(until);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @AfterEach
  void close() {
    open.forEach(McpConnection::close);
  }

  @Test
  void listsTheToolsAndCallsThemOverOneSession() {
    var server = connect(odd());

    assertThat(server.tools()).extracting(ToolSpec::name).contains("echo", "pair");
    assertThat(call(server, "echo", "Grüße 🙂\nzwei").text()).isEqualTo("Grüße 🙂\nzwei");
    assertThat(call(server, "pid", "").text()).isEqualTo(call(server, "pid", "").text());
    assertThat(server.health().status()).isEqualTo(Health.Status.UP);
  }

  @Test
  void manyCallsAtOnceEachGetTheirOwnResult() throws Exception {
    var server = connect(odd());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<Future<String>>();
      for (int i = 0; i < 200; i++) {
        var text = "text " + i;
        results.add(threads.submit(() -> call(server, "echo", text).text()));
      }
      for (int i = 0; i < 200; i++) {
        assertThat(results.get(i).get(60, TimeUnit.SECONDS)).isEqualTo("text " + i);
      }
    }
  }

  @Test
  void theChildSeesOnlyWhatItIsGiven() {
    var seen = call(connect(odd()), "environment", "").text();

    var names = new ArrayList<String>();
    for (var pair : seen.substring(1, seen.length() - 1).split(", ")) {
      names.add(pair.split("=", 2)[0]);
    }
    assertThat(names)
        .contains("ODD_KEY", "PATH")
        .isSubsetOf(
            "ODD_KEY", "PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "SYSTEMROOT");
    assertThat(System.getenv()).as("we have more than we pass on").hasSizeGreaterThan(names.size());
  }

  @Test
  void aDeadServerIsStartedAgainForTheNextCall() {
    var server = connect(odd());
    var before = call(server, "pid", "").text();

    var death = failure(() -> call(server, "die", ""));
    var after = call(server, "pid", "").text();

    assertThat(death.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(death.message()).contains("odd", "exit code 7", "out of luck");
    assertThat(after).isNotEqualTo(before);
  }

  @Test
  void aServerKilledFromOutsideIsStartedAgain() {
    var server = connect(odd());
    long pid = Long.parseLong(call(server, "pid", "").text());

    assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();

    await(
        "a new process",
        () -> {
          try {
            return Long.parseLong(call(server, "pid", "").text()) != pid;
          } catch (ExpertException e) {
            return false;
          }
        });
  }

  @Test
  void aServerThatKeepsDyingIsGivenTimeAndCallsSayHowLong() {
    var server = connect(odd("crash"));

    var failure = failure(() -> call(server, "echo", "x"));

    assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(failure.message()).contains("exit code 3", "no licence found");
    assertThat(server.health().reason()).contains("no licence found");
    await("back-off", () -> failure(() -> call(server, "echo", "x")).retryAfter().isPresent());
  }

  @Test
  void aHangingToolTimesOutAndIsCancelledAtTheServer() {
    var server = connect(odd().withTimeouts(Duration.ofSeconds(60), Duration.ofMillis(1500)));
    server.tools();

    var failure = failure(() -> call(server, "hang", "x"));

    assertThat(failure.kind()).isEqualTo(FailureKind.TIMEOUT);
    assertThat(failure.message()).contains("hang", "1500 ms");
    await("the cancellation", () -> call(server, "cancelled", "").text().equals("1"));
  }

  @Test
  void theCallersDeadlineIsTheCallersFailure() {
    var server = connect(odd());
    server.tools();

    var failure =
        failure(() -> server.call("hang", Map.of("text", "x"), Instant.now().plusMillis(200)));

    assertThat(failure.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
  }

  @Test
  void interruptingTheCallerCancelsTheCall() throws Exception {
    var server = connect(odd());
    server.tools();
    var ended = new CompletableFuture<FailureKind>();
    var caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                call(server, "hang", "x");
              } catch (ExpertException e) {
                ended.complete(e.kind());
              }
            });
    await("the call under way", () -> call(server, "hanging", "").text().equals("1"));

    caller.interrupt();

    assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo(FailureKind.CANCELLED);
    await("the cancellation", () -> call(server, "cancelled", "").text().equals("1"));
  }

  @Test
  void aResultBeyondTheLimitFailsItsCallOnly() {
    var server = connect(odd().withMaxResultBytes(100_000));

    var failure = failure(() -> call(server, "big", "300000"));

    assertThat(failure.kind()).isEqualTo(FailureKind.UPSTREAM_INVALID);
    assertThat(failure.message()).contains("max_result_bytes = 100000");
    assertThat(call(server, "big", "90000").text()).hasSize(90_000);
  }

  @Test
  void tenMegabytesAreDroppedWithoutBeingHeld() {
    var server = connect(odd().withMaxResultBytes(100_000));

    var failure = failure(() -> call(server, "big", "10000000"));

    assertThat(failure.kind()).isEqualTo(FailureKind.UPSTREAM_INVALID);
    assertThat(call(server, "echo", "still here").text()).isEqualTo("still here");
  }

  @Test
  void chatterOnStandardOutputIsPassedOver() {
    assertThat(call(connect(odd()), "noise", "still here").text()).isEqualTo("still here");
  }

  @Test
  void aFloodOnStandardErrorBlocksNothingAndOnlyItsEndsAreKept() {
    var server = connect(odd("loud"));

    assertThat(call(server, "echo", "still here").text()).isEqualTo("still here");
    assertThat(failure(() -> call(server, "die", "")).message()).hasSizeLessThan(1_000);
  }

  @Test
  void anUnknownToolIsRejectedInTheServersWords() {
    var failure = failure(() -> call(connect(odd()), "no-such-tool", "x"));

    assertThat(failure.kind()).isEqualTo(FailureKind.UPSTREAM_REJECTED);
    assertThat(failure.message()).contains("no such tool");
  }

  @Test
  void newToolsAreTold() {
    var told = new ConcurrentLinkedQueue<List<ToolSpec>>();
    var server = new McpConnection(odd(), told::add, InstantSource.system());
    open.add(server);

    call(server, "grow", "sprout");

    await(
        "the new tool",
        () -> told.stream().anyMatch(l -> l.stream().anyMatch(t -> t.name().equals("sprout"))));
    assertThat(told.peek()).extracting(ToolSpec::name).contains("echo").doesNotContain("sprout");
  }

  @Test
  void aSloppyListIsReadAsFarAsItMakesSense() {
    var tools = connect(odd("sloppy")).tools();

    assertThat(tools)
        .extracting(ToolSpec::name)
        .startsWith("echo", "list", "text", "odd", "page1", "page2")
        .doesNotHaveDuplicates()
        .hasSizeLessThan(300);
    assertThat(tools.getFirst().description()).as("not the impostor's").isEmpty();
    assertThat(tools.subList(1, 4))
        .allSatisfy(
            tool -> assertThat(tool.schema().toString()).isEqualTo("{\"type\":\"object\"}"));
    assertThat(tools.get(3).description()).hasSize(20_000);
  }

  @Test
  void aStormOfChangesIsListedAFewTimesOnly() {
    var server = connect(odd());
    int before = Integer.parseInt(call(server, "listed", "").text());

    assertThat(call(server, "storm", "").text()).isEqualTo("thunder");

    await("the list is read", () -> listed(server) > before);
    assertThat(listed(server)).isLessThan(before + 10);
  }

  private static int listed(McpConnection server) {
    return Integer.parseInt(call(server, "listed", "").text());
  }

  @Test
  void aServerWhoseCallsAllHangIsStartedAgain() {
    var server = connect(odd().withTimeouts(Duration.ofSeconds(60), Duration.ofMillis(400)));
    server.tools();
    var before = awaitPid(server, "");

    for (int i = 0; i < 5; i++) {
      assertThat(failure(() -> call(server, "hang", "x")).kind()).isEqualTo(FailureKind.TIMEOUT);
    }

    assertThat(awaitPid(server, before)).isNotEmpty();
  }

  @Test
  void aServerThatWentSilentIsStartedAgainThoughItsCallersLeft() throws Exception {
    var server = connect(odd().withTimeouts(Duration.ofSeconds(60), Duration.ofMillis(1500)));
    server.tools();
    var before = awaitPid(server, "");
    var ended = new CompletableFuture<FailureKind>();

    Thread.ofVirtual()
        .start(() -> {
          Thread.currentThread().interrupt();
          ended.complete(failure(() -> call(server, "silence", "")).kind());
        });

    assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo(FailureKind.CANCELLED);
    assertThat(awaitPid(server, before)).isNotEmpty();
  }

  /** The number of a process other than that one; a slow machine may need a few calls to say it. */
  private static String awaitPid(McpConnection server, String other) {
    List<String> pids = new CopyOnWriteArrayList<>();
    await(
        "a process",
        () -> {
          try {
            pids.add(call(server, "pid", "").text());
            return !pids.getLast().equals(other);
          } catch (ExpertException e) {
            return false;
          }
        });
    return pids.getLast();
  }

  @Test
  void anUnknownProtocolVersionIsSaidToBeOne() {
    var failure = failure(() -> connect(odd("old")).tools());

    assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(failure.message()).contains("odd", "protocol version");
  }

  @Test
  void aServerThatNeverGetsReadyTimesOut() {
    var server = connect(odd("mute").withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(60)));

    var failure = failure(() -> call(server, "echo", "x"));

    assertThat(failure.kind()).isEqualTo(FailureKind.TIMEOUT);
    assertThat(failure.message()).contains("start timeout of 2000 ms");
  }

  @Test
  void aMissingProgramIsTheOperatorsFault() {
    var server =
        connect(
            McpServerSettings.of(
                "odd", new McpServerSettings.Stdio("/no/such/program", List.of(), Map.of())));

    var failure = failure(() -> call(server, "echo", "x"));

    assertThat(failure.kind()).isEqualTo(FailureKind.CONFIGURATION);
    assertThat(failure.message()).contains("/no/such/program", "command");
  }

  @Test
  void closingEndsTheChild() {
    var server = connect(odd());
    long pid = Long.parseLong(call(server, "pid", "").text());

    server.close();

    await("the end of the child", () -> ProcessHandle.of(pid).isEmpty());
    assertThat(failure(() -> call(server, "echo", "x")).kind()).isEqualTo(FailureKind.UNAVAILABLE);
  }
}
