package io.consilium.bench.worker;

import io.consilium.expert.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Kills the worker of a running service under streams, and sees who notices. */
final class KillRun {
  private static final int STREAMS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration BETWEEN = Duration.ofMillis(50);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path home;
  private final int port;

  private KillRun(Path home, int port) {
    this.home = home;
    this.port = port;
  }

  /** A paragraph of what came of it. */
  static String run() throws IOException, InterruptedException {
    var home = Files.createTempDirectory("worker-kill");
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var kill = new KillRun(home, port);
    try {
      kill.consilium("up", "--detach", "--no-discover", "--port", Integer.toString(port)).waitFor();
      return kill.measured();
    } finally {
      kill.consilium("down").waitFor();
    }
  }

  private Process consilium(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(Path.of("consilium").toAbsolutePath().toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    builder.environment().put("CONSILIUM_HOME", home.toString());
    List.of("CONSILIUM_CONFIG", "CONSILIUM_DB_URL", "CONSILIUM_ADMIN_KEY", "CONSILIUM_HOST")
        .forEach(builder.environment()::remove);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("up.log").toFile())
        .start();
  }

  private String measured() throws IOException, InterruptedException {
    until(() -> ask("local/triage", "Intent: call Anna") == 200);
    var begun = new Semaphore(0);
    var over = new AtomicBoolean();
    var asked = new AtomicInteger();
    var failed = new AtomicInteger();
    List<Future<String>> streams = new ArrayList<>();
    double elsewhere;
    double back;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < STREAMS; i++) {
        streams.add(threads.submit(() -> stream(begun)));
      }
      var others =
          threads.submit(() -> {
            while (!over.get()) {
              asked.incrementAndGet();
              if (ask("calculator", "What is 2 + 2?") != 200) {
                failed.incrementAndGet();
              }
              TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
            }
            return null;
          });
      begun.acquire();
      var pid = Long.parseLong(Files.readString(home.resolve("run/worker.pid")).strip());
      long killed = System.nanoTime();
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      until(() -> ask("consilium/auto", "Which intent is this? call Anna tomorrow") == 200);
      elsewhere = (System.nanoTime() - killed) / 1e9;
      until(() -> ask("local/triage", "Intent: call Anna") == 200);
      back = (System.nanoTime() - killed) / 1e9;
      int said = 0;
      for (var stream : streams) {
        var text = stream.get();
        said += text.endsWith("[DONE]") || text.contains("\"error\"") ? 1 : 0;
      }
      over.set(true);
      others.get();
      return String.format(
          Locale.ROOT,
          """

          ## The worker killed under %d streams

          `kill -9` of the worker of a running service. Streams that ended, whole or with an error that says so: %d of %d.
          A new question of its kind to `consilium/auto` was answered after %.1f s, the adapter itself by name after %.1f s.
          Other questions meanwhile: %d, of which %d failed.
          """,
          STREAMS,
          said,
          STREAMS,
          elsewhere,
          back,
          asked.get(),
          failed.get());
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private interface Probe {
    boolean holds() throws IOException, InterruptedException;
  }

  private static void until(Probe probe) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!probe.holds()) {
      if (System.nanoTime() > end) {
        throw new IOException("the service does not answer");
      }
      TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
    }
  }

  private int ask(String model, String question) throws InterruptedException {
    var body = Json.object().put("model", model);
    body.putObject("consilium").put("minimum", 0);
    body.putArray("messages").addObject().put("role", "user").put("content", question);
    try {
      return http.send(request(body.toString()), BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private String stream(Semaphore begun) throws IOException, InterruptedException {
    var body = Json.object().put("model", "local/consilium-demo").put("stream", true);
    body.put("temperature", 1).put("max_tokens", 400).put("seed", 3);
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", "Say it again. ".repeat(20));
    var text = new StringBuilder();
    try {
      var lines = http.send(request(body.toString()), BodyHandlers.ofLines()).body();
      for (var line : (Iterable<String>) lines::iterator) {
        if (!line.isBlank()) {
          text.append(line).append('\n');
          begun.release();
        }
      }
    } catch (UncheckedIOException e) {
      // broken off: then neither whole nor said
    }
    return text.toString().strip();
  }

  private HttpRequest request(String body) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:%d/v1/chat/completions".formatted(port)))
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }
}
