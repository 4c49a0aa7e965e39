package io.consilium.bench.start;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Starts the service several times as a user does, {@code ./consilium up --detach} with an empty
 * data folder, and measures the time until it is ready and that of its first answer. It must be
 * built; {@code ./consilium bench} sees to that.
 */
public final class StartBench {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String QUESTION =
      "{\"model\":\"consilium/auto\",\"messages\":[{\"role\":\"user\",\"content\":\"What is 17.5 % of"
          + " 2,340 EUR?\"}]}";

  private final StartOptions options;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private StartBench(StartOptions options) {
    this.options = options;
  }

  /**
   * Runs the bench and writes its report; throws {@link IllegalArgumentException} on bad options.
   */
  public static void run(String[] args) throws IOException, InterruptedException {
    if (List.of(args).contains("--help")) {
      System.out.println(StartOptions.HELP);
      return;
    }
    var options = StartOptions.parse(args);
    var bench = new StartBench(options);
    List<Start> starts = new ArrayList<>();
    for (int round = 1; round <= options.rounds(); round++) {
      var start = bench.start();
      starts.add(start);
      System.out.printf(
          Locale.ROOT,
          "start %d: ready after %.2f s, first answer in %.0f ms, load %.2f%n",
          round,
          start.readySeconds(),
          start.answerMillis(),
          start.load());
    }
    Files.createDirectories(options.report().getParent());
    Files.writeString(options.report(), StartReport.markdown(starts));
    if (options.json().isPresent()) {
      Files.writeString(options.json().get(), StartReport.jsonLines(starts));
    }
    System.out.printf(
        Locale.ROOT,
        "%s: ready after %.2f s (median of %d; promised: at most %.0f s)%nreport: %s%n",
        StartReport.kept(starts) ? "pass" : "miss",
        StartReport.ready(starts),
        starts.size(),
        StartReport.BOUND_SECONDS,
        options.report());
  }

  private Start start() throws IOException, InterruptedException {
    var home = Files.createTempDirectory("consilium-start-bench");
    int port = freePort();
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    try {
      long began = System.nanoTime();
      var up = consilium(home, "up", "--detach", "--no-discover", "--port", Integer.toString(port));
      while (!isReady(port)) {
        if ((!up.isAlive() && up.exitValue() != 0)
            || System.nanoTime() - began > PATIENCE.toNanos()) {
          throw new IOException(
              "it did not start:\n" + Files.readString(home.resolve("bench.log")));
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
      double ready = (System.nanoTime() - began) / 1e9;
      long asked = System.nanoTime();
      int status = send(request(port, "/v1/chat/completions").POST(body()));
      double answer = (System.nanoTime() - asked) / 1e6;
      if (status != 200) {
        throw new IOException("the first question was answered with status " + status);
      }
      up.waitFor();
      return new Start(ready, answer, load);
    } finally {
      consilium(home, "down").waitFor();
      delete(home);
    }
  }

  private Process consilium(Path home, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(options.root().resolve("consilium").toString());
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    builder.environment().put("CONSILIUM_HOME", home.toString());
    List.of("CONSILIUM_CONFIG", "CONSILIUM_DB_URL", "CONSILIUM_ADMIN_KEY", "CONSILIUM_HOST")
        .forEach(builder.environment()::remove);
    return builder
        .directory(options.root().toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("bench.log").toFile()))
        .start();
  }

  private boolean isReady(int port) throws InterruptedException {
    try {
      return send(request(port, "/readyz")) == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private int send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(30))
        .header("Content-Type", "application/json");
  }

  private static HttpRequest.BodyPublisher body() {
    return HttpRequest.BodyPublishers.ofString(QUESTION);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
