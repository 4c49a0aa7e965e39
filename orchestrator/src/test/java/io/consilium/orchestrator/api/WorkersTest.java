package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The service with its own worker process; slow to start, so it is started once. */
class WorkersTest {
  private static RunningService service;

  @BeforeAll
  static void start() {
    service = new RunningService("--consilium.worker.enabled=true");
  }

  /** Tests come in any order, and some kill the worker. */
  @BeforeEach
  void answers() {
    await(() ->
        state().equals("awake") && service.get("/v1/experts/local/triage").statusCode() == 200);
  }

  @AfterAll
  static void stop() {
    service.stop();
  }

  private static JsonNode worker() {
    return json(service.get("/v1/workers/local"));
  }

  private static String state() {
    return worker().path("state").asString("");
  }

  /** Looks again and again until it holds, for a minute at most. */
  private static void await(BooleanSupplier holds) {
    var end = Instant.now().plus(Duration.ofMinutes(1));
    var pause = new Semaphore(0);
    while (!holds.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      try {
        assertThat(pause.tryAcquire(20, TimeUnit.MILLISECONDS)).isFalse();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private static JsonNode ask(String model, String text) {
    var body = Json.object().put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    var response = service.chat(body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response);
  }

  private static String said(JsonNode answer) {
    return answer.at("/choices/0/message/content").asString("");
  }

  @Test
  void whatTheWorkerServesIsShownAndIsAnExpert() {
    var worker = worker();

    assertThat(worker.path("engine").asString("")).isEqualTo("embedded");
    assertThat(worker.path("models").valueStream().map(m -> m.path("expert").asString("")))
        .contains("local/consilium-demo", "local/triage", "local/extract", "local/normalise");
    var expert = json(service.get("/v1/experts/local/triage"));
    assertThat(expert.path("kind").asString("")).isEqualTo("adapter");
  }

  @Test
  void theRouterFindsTheAdapterAndTheAnswerSaysWhoGaveIt() {
    var answer = ask("consilium/auto", "Which intent is this? turn on the lights in the kitchen");

    assertThat(said(answer)).isEqualTo("lights");
    assertThat(answer.at("/worker/adapters/0/name").asString("")).isEqualTo("triage");
    assertThat(answer.at("/worker/active_experts").asInt()).isEqualTo(2);
  }

  @Test
  void aPanelOfAdaptersIsAnsweredInOneGenerationThatMixesThem() {
    var composition = Json.object().put("id", "mix").put("kind", "composition");
    composition.put("description", "What the adapters of the demo know, mixed by the question.");
    composition.put("plan", "panel").put("aggregator", "adapter_mix:local/consilium-demo");
    composition.putArray("members").add("local/triage").add("local/extract");
    var declared = service.post("/v1/experts", composition);
    assertThat(declared.statusCode()).as(declared.body()).isEqualTo(201);

    var body = Json.object().put("model", "mix");
    body.putObject("consilium").put("contrast", true);
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", "Which intent is this? turn on the lights in the kitchen");
    var response = service.chat(body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(said(json(response))).isNotBlank();
    assertThat(response.body()).contains("mixed in at");
  }

  @Test
  void onlyABaseModelOfAWorkerMixesAdapters() {
    var body = Json.object().put("model", "consilium/panel");
    body.putObject("consilium").put("aggregator", "adapter_mix:calculator");
    body.putArray("messages").addObject().put("role", "user").put("content", "What is 2 + 2?");

    var refused = service.chat(body);

    assertThat(refused.statusCode()).as(refused.body()).isBetween(400, 499);
    assertThat(refused.body()).contains("no model of an inference worker");
  }

  @Test
  void anAdapterComesSleepsWithTheWorkerAndGoes() {
    var path = service.home().resolve("worker/demo/demo-triage.gguf").toAbsolutePath().toString();
    var loaded =
        service.post(
            "/v1/workers/local/load", Json.object().put("adapter", "more").put("path", path));
    assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
    assertThat(said(ask("local/more", "Intent: call Anna"))).isEqualTo("call");

    var asleep = json(service.post("/v1/workers/local/sleep", Json.object()));
    assertThat(asleep.path("state").asString("")).isEqualTo("asleep");
    var residency = json(service.get("/v1/experts/local/triage")).path("residency");
    assertThat(residency.path("state").asString("")).isEqualTo("asleep");
    assertThat(residency.path("wait_ms").asDouble()).isPositive();
    var awake = json(service.post("/v1/workers/local/wake", Json.object()));
    assertThat(awake.path("state").asString("")).isEqualTo("awake");

    var unloaded = service.post("/v1/workers/local/unload", Json.object().put("adapter", "more"));
    assertThat(unloaded.statusCode()).isEqualTo(200);
    assertThat(service.get("/v1/experts/local/more").body()).doesNotContain("\"routable\"");
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    assertThat(service.get("/v1/workers/nobody").statusCode()).isEqualTo(404);
    assertThat(service.post("/v1/workers/local/dance", Json.object()).statusCode()).isEqualTo(404);
    var stranger =
        service.post(
            "/v1/workers/local/load",
            Json.object().put("adapter", "x").put("path", "/etc/hostname"));
    assertThat(stranger.statusCode()).isGreaterThanOrEqualTo(400);
    assertThat(stranger.body()).contains("may not be loaded");
  }

  @Test
  void aWorkerThatIsKilledIsThereAgain() throws IOException {
    var file = service.home().resolve("run/worker.pid");
    var pid = Long.parseLong(Files.readString(file));

    ProcessHandle.of(pid).orElseThrow().destroyForcibly();

    await(() -> !pid(file).equals(Long.toString(pid)) && state().equals("awake"));
    assertThat(said(ask("local/triage", "Intent: call Anna"))).isEqualTo("call");
  }

  @Test
  void streamsThatTheDeathOfTheWorkerCutsEndAndSaySo() throws Exception {
    var body = Json.object().put("model", "local/consilium-demo").put("stream", true);
    body.put("temperature", 1).put("max_tokens", 400).put("seed", 3);
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", "Say it again. ".repeat(20));
    var begun = new CountDownLatch(1);
    List<Future<String>> streams = new ArrayList<>();
    try (var http = HttpClient.newHttpClient();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        streams.add(threads.submit(() -> read(http, body, begun)));
      }
      assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
      var file = service.home().resolve("run/worker.pid");
      ProcessHandle.of(Long.parseLong(Files.readString(file))).orElseThrow().destroyForcibly();

      for (var stream : streams) {
        assertThat(stream.get(1, TimeUnit.MINUTES))
            .satisfiesAnyOf(
                text -> assertThat(text).endsWith("[DONE]"),
                text -> assertThat(text).contains("\"error\""));
      }
    }
    assertThat(said(ask("calculator", "What is 2 + 2?"))).contains("4");
    await(() -> state().equals("awake"));
  }

  private static String read(HttpClient http, JsonNode body, CountDownLatch begun)
      throws IOException, InterruptedException {
    var lines =
        http.send(
                service
                    .request("/v1/chat/completions")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofLines())
            .body();
    var text = new StringBuilder();
    try {
      for (var line : (Iterable<String>) lines::iterator) {
        if (!line.isBlank()) {
          text.append(line).append('\n');
          begun.countDown();
        }
      }
    } catch (UncheckedIOException e) {
      // a stream that broke off is not ended as a whole one is
    }
    return text.toString().strip();
  }

  private static String pid(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
