package io.consilium.orchestrator.net;

import io.consilium.orchestrator.OrchestratorApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The real service in a process of its own, so that it can be killed and its memory seen. */
public final class ServiceProcess implements AutoCloseable {
  /** The administrator's key of every such service. */
  public static final String KEY = "sk-consilium-0123456789abcdef0123456789abcdef0123456789abcdef";

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;
  private final Path log;
  private final Process process;

  /** Starts one with this data folder and these further settings, and waits until it is ready. */
  public ServiceProcess(Path home, String... settings) {
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    log = home.resolveSibling(home.getFileName() + ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx768m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                OrchestratorApplication.class.getName(),
                "--consilium.port=" + port,
                "--consilium.home=" + home));
    command.addAll(List.of(settings));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("CONSILIUM_ADMIN_KEY", KEY);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitReady();
  }

  /** Starts one of several that share a PostgreSQL. */
  public static ServiceProcess replica(Path home, String url, String... settings) {
    List<String> all =
        new ArrayList<>(List.of("--consilium.db.url=" + url, "--consilium.warm-up=0s"));
    all.addAll(List.of(settings));
    return new ServiceProcess(home, all.toArray(String[]::new));
  }

  private void awaitReady() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        if (get("/readyz").statusCode() == 200) {
          return;
        }
      } catch (UncheckedIOException e) {
        // not listening yet
      }
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new AssertionError("the service did not start:\n" + log());
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  /** What it said. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  public int port() {
    return port;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  public HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  public HttpResponse<String> post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** The status of a request with another key. */
  public int status(String path, String key) {
    return send(request(path).setHeader("Authorization", "Bearer " + key).GET()).statusCode();
  }

  public HttpResponse<String> delete(String path) {
    return send(request(path).DELETE());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + KEY);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Registers a model of an OpenAI-compatible server as an expert of the same name. */
  public void register(String model, URI server) {
    var response =
        post(
            "/v1/experts",
            """
            {"id":"%s","kind":"llm","description":"A fake model.","url":"%s","model":"%s"}\
            """
                .formatted(model, server, model));
    if (response.statusCode() != 201) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
  }

  /** The most memory it has held, in MiB. */
  public long peakMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(kibibytes -> Long.parseLong(kibibytes) / 1024)
        .findFirst()
        .orElseThrow();
  }

  /** Asks it to end, as SIGTERM does, and does not wait. */
  public void terminate() {
    process.destroy();
  }

  /** Waits until it has ended. */
  public void awaitEnd() throws InterruptedException {
    if (!process.waitFor(Duration.ofSeconds(90))) {
      throw new AssertionError("the service does not end:\n" + log());
    }
  }

  /** Kills it without a word, as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Asks it to end, and kills it when it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(Duration.ofSeconds(60))) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
