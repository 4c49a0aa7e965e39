package io.consilium.bench.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** Starts the mock upstream and the targets, each as a pinned process, and waits for an answer. */
final class Launcher {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String KEY = "bench-0123456789abcdef0123456789abcdef0123456789abcdef";

  private final Options options;
  private final Path work;
  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = JsonMapper.builder().build();
  private final int mockPort;

  Launcher(Options options, Path work) throws IOException {
    this.options = options;
    this.work = work;
    this.mockPort = freePort();
  }

  /** Starts the mock; the direct target is a call of it. */
  Gateway mock(String cores) throws IOException, InterruptedException {
    List<String> flags = List.of("-Xmx512m", "-XX:+UseSerialGC");
    String port = Integer.toString(mockPort);
    return start(
        Target.DIRECT, mockPort, cores, PinnedProcess.java(flags, MockUpstream.class, port));
  }

  /** Starts a target other than the direct one; {@code roster} is what our service knows. */
  Gateway start(Target target, String cores, OursRoster roster)
      throws IOException, InterruptedException {
    int port = freePort();
    return switch (target) {
      case DIRECT -> throw new IllegalArgumentException("the mock is started by mock()");
      case OURS -> ours(port, cores, roster);
      case THIN ->
          start(
              target,
              port,
              cores,
              PinnedProcess.java(
                  List.of("-Xmx768m", "-XX:+UseCompactObjectHeaders"),
                  ThinGateway.class,
                  Integer.toString(port),
                  upstream()));
      case PORTKEY -> {
        Path folder = options.root().resolve("bench/gateway");
        install(folder);
        Path server = folder.resolve("node_modules/@portkey-ai/gateway/build/start-server.js");
        yield start(
            target,
            port,
            cores,
            List.of("node", server.toString(), "--port=" + port, "--headless"));
      }
    };
  }

  private Gateway ours(int port, String cores, OursRoster roster)
      throws IOException, InterruptedException {
    Path home = Files.createTempDirectory(work, "home");
    Path config = Files.writeString(home.resolve("experts.yaml"), roster.yaml(upstream()));
    String command =
        options
            .oursCommand()
            .replace("{port}", Integer.toString(port))
            .replace("{upstream}", upstream());
    Map<String, String> environment = new HashMap<>();
    environment.put("CONSILIUM_HOME", home.toString());
    environment.put("CONSILIUM_CONFIG", config.toString());
    environment.put("CONSILIUM_ADMIN_KEY", KEY);
    environment.put("CONSILIUM_PORT", Integer.toString(port));
    if (roster == OursRoster.TOPICS) {
      environment.put("CONSILIUM_WORKER_ENABLED", "false"); // its experts would be chosen too
    }
    long started = System.nanoTime();
    PinnedProcess process =
        PinnedProcess.start(
            "ours",
            cores,
            List.of("sh", "-c", command),
            environment,
            options.root(),
            home.resolve("up.log"));
    Gateway ours = ready(Target.OURS, port, process, started, home.resolve("up.log"));
    process.adopt(home.resolve("run/orchestrator.pid"));
    return ours;
  }

  private Gateway start(Target target, int port, String cores, List<String> command)
      throws IOException, InterruptedException {
    Path log = work.resolve(target.word() + ".log");
    long started = System.nanoTime();
    PinnedProcess process =
        PinnedProcess.start(target.word(), cores, command, Map.of(), options.root(), log);
    return ready(target, port, process, started, log);
  }

  private Gateway ready(Target target, int port, PinnedProcess process, long started, Path log)
      throws IOException, InterruptedException {
    List<String> headers = headers(target);
    while (!answers(port, headers)) {
      if (!process.alive() || System.nanoTime() - started > PATIENCE.toNanos()) {
        process.close();
        throw new IOException(
            "%s did not come up; the end of its output:%n%s".formatted(target.word(), tail(log)));
      }
      TimeUnit.MILLISECONDS.sleep(25);
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return new Gateway(target, port, headers, Optional.of(process), seconds);
  }

  private List<String> headers(Target target) {
    return switch (target) {
      case DIRECT, THIN -> List.of();
      case OURS -> List.of("Authorization: Bearer " + KEY);
      case PORTKEY ->
          List.of(
              "Authorization: Bearer none",
              "x-portkey-provider: openai",
              "x-portkey-custom-host: " + upstream());
    };
  }

  /** The ids of all experts our service knows. */
  List<String> experts(Gateway ours) throws IOException, InterruptedException {
    HttpRequest request = request(ours.port(), "/v1/experts", ours.headers()).GET().build();
    String page = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return json.readTree(page)
        .path("data")
        .valueStream()
        .map(e -> e.path("id").asString())
        .toList();
  }

  private static HttpRequest.Builder request(int port, String path, List<String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(10));
    for (String line : headers) {
      int colon = line.indexOf(": ");
      request.header(line.substring(0, colon), line.substring(colon + 2));
    }
    return request;
  }

  private boolean answers(int port, List<String> headers) {
    HttpRequest.Builder request =
        request(port, "/v1/chat/completions", headers)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"instant\",\"messages\":[{\"role\":\"user\",\"content\":\"ready?\"}]}"));
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void install(Path folder) throws IOException, InterruptedException {
    if (Files.isDirectory(folder.resolve("node_modules/@portkey-ai/gateway"))) {
      return;
    }
    System.out.println("installing Portkey's gateway with npm (once)");
    Path log = work.resolve("npm.log");
    Process npm =
        new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (npm.waitFor() != 0) {
      throw new IOException(
          "npm could not install Portkey's gateway; leave it out with --targets ours,thin.%n%s"
              .formatted(tail(log)));
    }
  }

  private String upstream() {
    return "http://127.0.0.1:" + mockPort + "/v1";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String tail(Path log) throws IOException {
    if (!Files.exists(log)) {
      return "(none)";
    }
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
  }
}
