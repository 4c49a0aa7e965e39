package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcBatches;
import io.consilium.expert.jdbc.JdbcFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Files and batches, over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchesTest {
  private static final String CHAT = "/v1/chat/completions";

  private final CountDownLatch never = new CountDownLatch(1);
  private final AheadClock clock = new AheadClock();
  private final RunningService service =
      new RunningService(
          clock,
          "--consilium.batch.max-file=64KB",
          "--consilium.batch.max-lines=200",
          "--consilium.batch.lanes=2",
          "--consilium.batch.attempts=2",
          "--consilium.batch.first-wait=10ms",
          "--consilium.warm-up=0s");

  /** The system's clock, put forward by tests. */
  private static final class AheadClock extends Clock {
    private volatile Duration ahead = Duration.ZERO;

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeAll
  void experts() {
    service.upstream().script("one-of-two", Behaviours.saying("one"));
    service.upstream().script("other-of-two", Behaviours.saying("other"));
    service.upstream().script("for-good", Behaviours.slow(never, "never"));
    service.upstream().script("too-long", Behaviours.slow(never, "never"));
    service.upstream().script("for-a-key", Behaviours.slow(never, "never"));
    service
        .upstream()
        .script(
            "at-second",
            Behaviours.after(
                1, Behaviours.failing(503, "come again", "busy"), Behaviours.saying("at last")));
    for (var id :
        List.of(
            "one-of-two",
            "other-of-two",
            "for-good",
            "too-long",
            "for-a-key",
            "at-second",
            "plain",
            "embed",
            "500")) {
      service.expert(id);
    }
  }

  @AfterAll
  void stop() {
    never.countDown();
    service.stop();
  }

  private static String line(String id, String model) {
    return line(id, CHAT, question(model, "What is 2 + 3, asked as " + id + "?"));
  }

  private static String line(String id, String url, JsonNode body) {
    return Json.object()
        .put("custom_id", id)
        .put("method", "POST")
        .put("url", url)
        .set("body", body)
        .toString();
  }

  private HttpResponse<String> upload(String content, String... headers) {
    return send("batch", content, headers);
  }

  private HttpResponse<String> send(String purpose, String content, String... headers) {
    var form =
        """
        --edge\r
        Content-Disposition: form-data; name="purpose"\r
        \r
        %s\r
        --edge\r
        Content-Disposition: form-data; name="file"; filename="requests.jsonl"\r
        Content-Type: application/octet-stream\r
        \r
        %s\r
        --edge--\r
        """
            .formatted(purpose, content);
    var request =
        service
            .request("/v1/files")
            .header("Content-Type", "multipart/form-data; boundary=edge")
            .POST(BodyPublishers.ofString(form));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return service.send(request);
  }

  private static String id(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response).path("id").asString();
  }

  private HttpResponse<String> make(String file, String endpoint) {
    return service.post(
        "/v1/batches",
        Json.object()
            .put("input_file_id", file)
            .put("endpoint", endpoint)
            .put("completion_window", "24h"));
  }

  private JsonNode ended(String id) {
    var last = new JsonNode[1];
    FakeUpstream.await(
        "the end of " + id,
        () -> {
          last[0] = json(service.get("/v1/batches/" + id));
          return List.of("completed", "failed", "expired", "cancelled")
              .contains(last[0].path("status").asString());
        });
    return last[0];
  }

  private JsonNode answered(String endpoint, String... lines) {
    return ended(id(make(id(upload(String.join("\n", lines))), endpoint)));
  }

  private List<JsonNode> lines(JsonNode batch, String file) {
    var id = batch.path(file).asString("");
    return id.isEmpty()
        ? List.of()
        : service
            .get("/v1/files/" + id + "/content")
            .body()
            .lines()
            .map(Json.MAPPER::readTree)
            .toList();
  }

  private static List<String> custom(List<JsonNode> lines) {
    return lines.stream().map(line -> line.path("custom_id").asString("")).toList();
  }

  @Test
  void everyLineIsAnsweredAndAskedOfOneExpertAfterTheOther() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      lines.add(line("q" + i, i % 2 == 0 ? "one-of-two" : "other-of-two"));
    }
    int before = service.upstream().exchanges().size();

    var batch = answered(CHAT, lines.toArray(String[]::new));

    assertThat(batch.path("status").asString()).isEqualTo("completed");
    assertThat(batch.path("request_counts").toString())
        .isEqualTo("{\"total\":12,\"completed\":12,\"failed\":0}");
    assertThat(batch.path("error_file_id").isNull()).isTrue();
    var output = lines(batch, "output_file_id");
    assertThat(custom(output))
        .containsExactly("q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11");
    var first = output.getFirst();
    assertThat(first.path("error").isNull()).isTrue();
    assertThat(first.path("response").path("status_code").asInt()).isEqualTo(200);
    assertThat(first.at("/response/body/choices/0/message/content").asString()).isEqualTo("one");
    assertThat(
            service
                .get("/v1/decisions/" + first.at("/response/request_id").asString())
                .statusCode())
        .isEqualTo(200);
    var asked =
        service.upstream().exchanges().stream()
            .skip(before)
            .map(exchange -> exchange.body().path("model").asString())
            .filter(model -> model.endsWith("-of-two"))
            .collect(Collectors.toList());
    assertThat(asked).hasSize(12);
    int changes = 0;
    for (int i = 1; i < asked.size(); i++) {
      changes += asked.get(i).equals(asked.get(i - 1)) ? 0 : 1;
    }
    assertThat(changes).as(asked.toString()).isEqualTo(1);
  }

  @Test
  void embeddingsAndCompletionsAreAnsweredToo() {
    var embedded =
        answered(
            "/v1/embeddings",
            line(
                "e", "/v1/embeddings", Json.object().put("model", "embed").put("input", "a text")));
    assertThat(lines(embedded, "output_file_id").getFirst().at("/response/body/data/0/embedding"))
        .isNotEmpty();
    var completed =
        answered(
            "/v1/completions",
            line("c", "/v1/completions", Json.object().put("model", "plain").put("prompt", "Say")));
    assertThat(
            lines(completed, "output_file_id")
                .getFirst()
                .at("/response/body/choices/0/text")
                .asString())
        .isEqualTo(Behaviours.ANSWER);
  }

  @Test
  void aLineThatCannotBeAskedIsInTheErrorFileWithItsNumberAndTheOthersAreAnswered() {
    var batch =
        answered(
            CHAT,
            line("good", "plain"),
            "{\"custom_id\": \"broken\", ",
            "",
            line("good", "plain"),
            line("elsewhere", "/v1/embeddings", Json.object()),
            line("streamed", CHAT, question("plain", "hello").put("stream", true)),
            "{\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{}}",
            line("nobody", "no-such-model"),
            line("fails", "500"),
            line("busy", "at-second"));

    assertThat(batch.path("status").asString()).isEqualTo("completed");
    assertThat(batch.path("request_counts").toString())
        .isEqualTo("{\"total\":9,\"completed\":2,\"failed\":7}");
    assertThat(custom(lines(batch, "output_file_id"))).containsExactly("good", "busy");
    var errors = lines(batch, "error_file_id");
    assertThat(
            errors.stream()
                .limit(6)
                .map(line ->
                    line.path("error").path("line").asString("")
                        + line.path("error").path("code").asString("")
                        + line.at("/response/status_code").asString("")
                        + line.at("/response/body/error/code").asString(""))
                .toList())
        .containsExactly(
            "2invalid_json_line",
            "4duplicate_custom_id",
            "5mismatched_endpoint",
            "6unsupported_parameter",
            "7missing_required_parameter",
            "404model_not_found");
    assertThat(errors.get(6).at("/response/status_code").asInt()).isGreaterThanOrEqualTo(500);
    assertThat(custom(errors).get(1)).isEqualTo("good");
  }

  @Test
  void aBatchOfWhichNothingCanBeAskedFailsAndSaysWhy() {
    var broken = answered(CHAT, "{", "[]");
    assertThat(broken.path("status").asString()).isEqualTo("failed");
    assertThat(broken.at("/errors/data/1/line").asInt()).isEqualTo(2);

    var blank = answered(CHAT, " ", "\t");
    assertThat(blank.at("/errors/data/0/code").asString()).isEqualTo("empty_file");

    var many = new String[201];
    for (int i = 0; i < many.length; i++) {
      many[i] = line("q" + i, "plain");
    }
    assertThat(answered(CHAT, many).at("/errors/data/0/code").asString())
        .isEqualTo("too_many_lines");
  }

  @Test
  void aCancelledBatchStopsAndKeepsWhatWasAnswered() {
    var file =
        id(
            upload(
                String.join(
                    "\n",
                    line("a", "plain"),
                    line("b", "for-good"),
                    line("c", "for-good"),
                    line("d", "for-good"))));
    var id = id(make(file, CHAT));
    FakeUpstream.await(
        "one answer and two that wait",
        () ->
            json(service.get("/v1/batches/" + id)).at("/request_counts/completed").asInt() == 1
                || service.upstream().exchanges("for-good").size() >= 2);
    assertThat(service.delete("/v1/files/" + file).statusCode()).isEqualTo(409);

    var cancelled =
        service.send(
            service.request("/v1/batches/" + id + "/cancel").POST(BodyPublishers.noBody()));

    assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(200);
    assertThat(json(cancelled).path("status").asString()).isEqualTo("cancelling");
    var batch = ended(id);
    assertThat(batch.path("status").asString()).isEqualTo("cancelled");
    assertThat(batch.path("error_file_id").isNull()).isTrue();
    assertThat(new HashSet<>(custom(lines(batch, "output_file_id")))).isSubsetOf("a");
    var again = service.post("/v1/batches/" + id + "/cancel", "{}");
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("is cancelled");
    assertThat(service.delete("/v1/files/" + file).statusCode()).isEqualTo(200);
    assertThat(service.get("/v1/files/" + file).statusCode()).isEqualTo(404);
  }

  @Test
  void anotherKeySeesNeitherFilesNorBatches() {
    var file = id(upload(line("mine", "plain")));
    var batch = id(make(file, CHAT));
    var key =
        json(service.post("/v1/keys", Json.object().put("name", "other").put("role", "user")))
            .path("key")
            .asString();

    for (var path :
        List.of("/v1/files/" + file, "/v1/files/" + file + "/content", "/v1/batches/" + batch)) {
      var seen = service.send(service.request(path).header("Authorization", "Bearer " + key));
      assertThat(seen.statusCode()).as(path).isEqualTo(404);
    }
    var made =
        service.send(
            service
                .request("/v1/batches")
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"input_file_id\":\"%s\",\"endpoint\":\"%s\",\"completion_window\":\"24h\"}"
                            .formatted(file, CHAT))));
    assertThat(made.statusCode()).isEqualTo(404);
    assertThat(json(made).at("/error/param").asString()).isEqualTo("input_file_id");
    var listed = json(service.get("/v1/files?purpose=batch&limit=1"));
    assertThat(listed.path("data").size()).isEqualTo(1);
    assertThat(json(service.get("/v1/batches?limit=1")).path("data").size()).isEqualTo(1);
  }

  @Test
  void aKeyThatIsNotRecordedKeepsItsFilesForADay() {
    var key =
        json(service.post(
                "/v1/keys",
                Json.object()
                    .put("name", "quiet")
                    .put("role", "user")
                    .put("record_content", false)))
            .path("key")
            .asString();

    var kept = json(upload(line("mine", "plain"), "Authorization", "Bearer " + key));
    var usual = json(upload(line("mine", "plain")));

    assertThat(kept.path("expires_at").asLong() - kept.path("created_at").asLong())
        .isEqualTo(86_400);
    assertThat(usual.path("expires_at").asLong() - usual.path("created_at").asLong())
        .isEqualTo(30 * 86_400);
  }

  private long kept(JsonNode file) {
    return file.path("expires_at").asLong() - file.path("created_at").asLong();
  }

  @Test
  void filesAreKeptAsLongAsIsAskedAndSoIsWhatABatchMakes() {
    var form =
        """
        --edge\r
        Content-Disposition: form-data; name="purpose"\r
        \r
        batch\r
        --edge\r
        Content-Disposition: form-data; name="expires_after[anchor]"\r
        \r
        created_at\r
        --edge\r
        Content-Disposition: form-data; name="expires_after[seconds]"\r
        \r
        %s\r
        --edge\r
        Content-Disposition: form-data; name="file"; filename="requests.jsonl"\r
        \r
        %s\r
        --edge--\r
        """;
    var uploaded = service.send(form(form.formatted("7200", line("a", "plain"))));
    var tooShort = service.send(form(form.formatted("60", line("a", "plain"))));
    var body =
        Json.object()
            .put("input_file_id", id(uploaded))
            .put("endpoint", CHAT)
            .put("completion_window", "1h");
    body.putObject("output_expires_after").put("anchor", "created_at").put("seconds", 3_600);

    var batch = ended(id(service.post("/v1/batches", body)));

    assertThat(kept(json(uploaded))).isEqualTo(7_200);
    assertThat(tooShort.statusCode()).isEqualTo(400);
    assertThat(tooShort.body()).contains("expires_after[seconds]", "3600");
    var output = json(service.get("/v1/files/" + batch.path("output_file_id").asString()));
    assertThat(kept(output)).isEqualTo(3_600);
    assertThat(kept(batch)).isEqualTo(3_600); // its window
  }

  private HttpRequest.Builder form(String form) {
    return service
        .request("/v1/files")
        .header("Content-Type", "multipart/form-data; boundary=edge")
        .POST(BodyPublishers.ofString(form));
  }

  @Test
  void whenItsTimeIsOverABatchEndsWithWhatWasAnsweredAndSaysWhichLinesWereNot() {
    var file =
        id(
            upload(
                String.join(
                    "\n",
                    line("a", "plain"),
                    line("b", "too-long"),
                    line("c", "too-long"),
                    line("d", "too-long"))));
    var id =
        id(
            service.post(
                "/v1/batches",
                Json.object()
                    .put("input_file_id", file)
                    .put("endpoint", CHAT)
                    .put("completion_window", "1m")));
    FakeUpstream.await(
        "requests that wait", () -> service.upstream().exchanges("too-long").size() >= 2);
    try {
      clock.ahead = Duration.ofSeconds(61);

      var batch = ended(id);

      assertThat(batch.path("status").asString()).isEqualTo("expired");
      assertThat(batch.path("expired_at").asLong()).isPositive();
      var answered = custom(lines(batch, "output_file_id"));
      assertThat(answered).isSubsetOf("a");
      var errors = lines(batch, "error_file_id");
      assertThat(errors)
          .extracting(line -> line.at("/error/code").asString())
          .containsOnly("batch_expired");
      assertThat(custom(errors)).contains("b", "c", "d").doesNotContainAnyElementsOf(answered);
    } finally {
      clock.ahead = Duration.ZERO;
    }
  }

  @Test
  void aKeyThatIsRevokedEndsItsBatchAndMayReadItNoMore() {
    var made = json(service.post("/v1/keys", Json.object().put("name", "leaver")));
    var bearer = "Bearer " + made.path("key").asString();
    var content = String.join("\n", line("a", "for-a-key"), line("b", "for-a-key"));
    var file = id(upload(content, "Authorization", bearer));
    var body =
        Json.object()
            .put("input_file_id", file)
            .put("endpoint", CHAT)
            .put("completion_window", "24h");
    var id =
        id(
            service.send(
                service
                    .request("/v1/batches")
                    .header("Authorization", bearer)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body.toString()))));
    FakeUpstream.await(
        "requests that wait", () -> !service.upstream().exchanges("for-a-key").isEmpty());

    assertThat(service.delete("/v1/keys/" + made.path("id").asString()).statusCode())
        .isEqualTo(200);

    var read = service.send(service.request("/v1/batches/" + id).header("Authorization", bearer));
    assertThat(read.statusCode()).isEqualTo(401);
    var batches = service.context().getBean(JdbcBatches.class);
    FakeUpstream.await(
        "the end of the batch", () -> batches.find(id).orElseThrow().state().ended());
    var batch = batches.find(id).orElseThrow();
    assertThat(batch.counts().failed()).isEqualTo(2);
    assertThat(contents(batch.error()))
        .allSatisfy(
            line -> assertThat(line.at("/error/code").asString()).isEqualTo("invalid_api_key"));
  }

  /** Of a file that no key may read any more. */
  private List<JsonNode> contents(@Nullable String file) {
    try (var in =
        service.context().getBean(JdbcFiles.class).contents(Objects.requireNonNull(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(Json.MAPPER::readTree)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsWrongWithAFileIsSaid() {
    assertThat(upload("").statusCode()).isEqualTo(400);
    assertThat(send("fine-tune", "{}").body()).contains("must be 'batch'");
    assertThat(upload("x".repeat(70_000)).statusCode()).isEqualTo(413);
    assertThat(service.post("/v1/files", "{}").statusCode()).isEqualTo(400);
    assertThat(service.get("/v1/files/file-nobody").statusCode()).isEqualTo(404);
    var page = upload(line("a", "plain"), "Origin", "https://elsewhere.example");
    assertThat(page.statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endpoint|\"/v1/images\"",
        "endpoint|null",
        "completion_window|\"soon\"",
        "completion_window|\"8d\"",
        "input_file_id|\"file-nobody\"",
        "metadata|{\"a\":1}",
        "output_expires_after|{\"anchor\":\"created_at\",\"seconds\":1}",
        "windw|\"24h\"",
      })
  void whatIsWrongWithABatchIsSaid(String field, String value) {
    var file = id(upload(line("a", "plain")));
    var body =
        Json.object()
            .put("input_file_id", file)
            .put("endpoint", CHAT)
            .put("completion_window", "24h");
    body.set(field, Json.MAPPER.readTree(value));

    var refused = service.post("/v1/batches", body);

    assertThat(refused.statusCode()).isBetween(400, 404);
    assertThat(json(refused).at("/error/param").asString()).startsWith(field);
    assertThat(service.get("/v1/batches/batch_nobody").statusCode()).isEqualTo(404);
  }
}
