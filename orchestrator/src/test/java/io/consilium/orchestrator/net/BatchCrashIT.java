package io.consilium.orchestrator.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeExchange;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Json;
import io.consilium.expert.testing.TestPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Kills the service in the midst of a batch; its next start ends it, each line answered once. */
@Timeout(300)
class BatchCrashIT {
  private static final int LINES = 40;

  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private final Semaphore answers = new Semaphore(15);

  @Test
  void aKilledServiceEndsItsBatchWithEachLineAnsweredOnce(@TempDir Path folder) throws Exception {
    var home = folder.resolve("home");
    try (var upstream = FakeUpstream.start()) {
      upstream.script("paced", this::paced);
      String batch;
      try (var service = new ServiceProcess(home, "--consilium.batch.lanes=4")) {
        service.register("paced", upstream.url());
        batch = begin(service);
        FakeUpstream.await(
            "some answers",
            () -> batch(service, batch).at("/request_counts/completed").asInt() >= 15);
        service.kill();
      }
      answers.release(1_000);
      try (var service = new ServiceProcess(home, "--consilium.batch.lanes=4")) {
        assertEndedWithEachLineOnce(service, batch);
      }
    }
  }

  @Test
  void anotherReplicaEndsTheBatchOfOneThatIsKilledWithEachLineAnsweredOnce(@TempDir Path folder)
      throws Exception {
    var url = TestPostgres.freshDatabase();
    var starting = CompletableFuture.supplyAsync(() -> replica(folder.resolve("one"), url));
    try (var upstream = FakeUpstream.start();
        var two = replica(folder.resolve("two"), url);
        var one = starting.join()) {
      upstream.script("paced", this::paced);
      one.register("paced", upstream.url());
      FakeUpstream.await("the card", () -> two.get("/v1/experts/paced").statusCode() == 200);
      var batch = begin(one);
      FakeUpstream.await(
          "some answers, seen from the other",
          () -> batch(two, batch).at("/request_counts/completed").asInt() >= 15);
      assertThat(asked.size()).isLessThan(LINES);

      one.kill();
      answers.release(1_000);

      assertEndedWithEachLineOnce(two, batch);
    }
  }

  private static ServiceProcess replica(Path home, String url) {
    return ServiceProcess.replica(
        home, url, "--consilium.batch.lanes=4", "--consilium.batch.heartbeat=250ms");
  }

  private void paced(FakeExchange exchange) throws Exception {
    asked.merge(exchange.body().at("/messages/0/content").asString(), 1, Integer::sum);
    answers.acquire();
    Behaviours.saying(Behaviours.ANSWER).serve(exchange);
  }

  private void assertEndedWithEachLineOnce(ServiceProcess service, String batch) {
    // a replica notices within seconds that another one died
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!batch(service, batch).path("status").asString().equals("completed")) {
      assertThat(System.nanoTime()).as("the batch ends within a minute").isLessThan(end);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    var output =
        service
            .get(
                "/v1/files/%s/content"
                    .formatted(batch(service, batch).path("output_file_id").asString()))
            .body()
            .lines()
            .map(line -> Json.MAPPER.readTree(line).path("custom_id").asString())
            .toList();
    assertThat(output).hasSize(LINES).doesNotHaveDuplicates();
    // what was under way when it was killed was asked again, and nothing else
    assertThat(asked).hasSize(LINES);
    assertThat(asked.values().stream().mapToInt(times -> times - 1).sum()).isLessThanOrEqualTo(4);
  }

  private static JsonNode batch(ServiceProcess service, String id) {
    return Json.MAPPER.readTree(service.get("/v1/batches/" + id).body());
  }

  private static String begin(ServiceProcess service) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add(
          """
          {"custom_id":"q%d","method":"POST","url":"/v1/chat/completions","body":\
          {"model":"paced","messages":[{"role":"user","content":"question %d"}]}}\
          """
              .formatted(i, i));
    }
    var form =
        """
        --edge\r
        Content-Disposition: form-data; name="purpose"\r
        \r
        batch\r
        --edge\r
        Content-Disposition: form-data; name="file"; filename="requests.jsonl"\r
        \r
        %s\r
        --edge--\r
        """
            .formatted(String.join("\n", lines));
    try (var http = HttpClient.newHttpClient()) {
      var kept =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:%d/v1/files".formatted(service.port())))
                  .header("Authorization", "Bearer " + ServiceProcess.KEY)
                  .header("Content-Type", "multipart/form-data; boundary=edge")
                  .POST(BodyPublishers.ofString(form))
                  .build(),
              BodyHandlers.ofString());
      var made =
          service.post(
              "/v1/batches",
              Json.object()
                  .put("input_file_id", Json.MAPPER.readTree(kept.body()).path("id").asString())
                  .put("endpoint", "/v1/chat/completions")
                  .put("completion_window", "24h")
                  .toString());
      return Json.MAPPER.readTree(made.body()).path("id").asString();
    }
  }
}
