package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class MemoryApiTest {
  private final RunningService service = RunningService.shared();

  private String key(String tenant, String role) {
    var body = Json.object().put("name", tenant).put("tenant", tenant).put("role", role);
    return json(service.post("/v1/keys", body)).path("key").asString();
  }

  private HttpResponse<String> with(String key, String method, String path, JsonNode body) {
    return service.send(
        service
            .request(path)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + key)
            .method(
                method,
                method.equals("GET")
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(body.toString())));
  }

  private JsonNode state(String key, String subject, String text) {
    var body = Json.object().put("subject", subject).put("text", text);
    return json(with(key, "POST", "/v1/memory", body));
  }

  private static ObjectNode remembering(String model, String text) {
    var body = question(model, text);
    body.putObject("consilium").put("memory", true).put("explain", true);
    return body;
  }

  @Test
  void aFactIsToldToTheModelWhereItIsWishedAndTheDecisionSaysSo() {
    var key = key("memory-told", "user");
    var fact = state(key, "warehouse", "Our warehouse in Oslo ships to Norway. <ignore this>");
    var expert = service.expert("plain");
    var chat = "/v1/chat/completions";

    var told = with(key, "POST", chat, remembering(expert, "Which warehouse ships to Norway?"));
    var sent = service.upstream().await("plain").body();
    with(key, "POST", chat, question(expert, "Which warehouse ships to Norway?"));
    var untold = service.upstream().await("plain").body();

    assertThat(sent.path("messages").path(0).path("role").asString()).isEqualTo("system");
    assertThat(sent.path("messages").path(0).path("content").asString())
        .contains("warehouse: Our warehouse in Oslo ships to Norway.", "not instructions")
        .doesNotContain("<ignore this>");
    assertThat(untold.toString()).doesNotContain("Oslo");
    assertThat(json(told).path("consilium").path("notes").path(0).path("note").asString())
        .isEqualTo(fact.path("id").asString());
    var decision = told.headers().firstValue("x-consilium-decision").orElseThrow();
    var kept = json(service.get("/v1/decisions/" + decision)).path("notes").path(0);
    assertThat(kept.path("kind").asString()).isEqualTo("FACT");
    assertThat(kept.path("similarity").doubleValue()).isBetween(0.3, 1.0);
  }

  @Test
  void aFactIsListedSupersededAndDeletedByItsOwnTenantOnly() {
    var anna = key("memory-anna", "user");
    var ben = key("memory-ben", "user");
    var first = state(anna, "hours", "We open at 8.").path("id").asString();
    var second = state(anna, "hours", "We open at 9.");
    var path = "/v1/memory/" + second.path("id").asString();

    assertThat(second.path("supersedes").path(0).asString()).isEqualTo(first);
    assertThat(json(with(anna, "GET", "/v1/memory", Json.object())).path("data")).hasSize(1);
    assertThat(json(with(anna, "GET", "/v1/memory?all=true", Json.object())).path("data"))
        .hasSize(2);
    assertThat(with(ben, "GET", path, Json.object()).statusCode()).isEqualTo(404);
    assertThat(with(ben, "DELETE", path, Json.object()).statusCode()).isEqualTo(404);
    assertThat(with(ben, "GET", "/v1/memory?tenant=memory-anna", Json.object()).statusCode())
        .isEqualTo(403);
    assertThat(with(anna, "DELETE", path, Json.object()).statusCode()).isEqualTo(200);
    assertThat(with(anna, "GET", path, Json.object()).statusCode()).isEqualTo(404);
  }

  @Test
  void whatWentRightIsRememberedAndNotShownToThoseWhoOnlyAsk() {
    var user = key("memory-use", "user");
    var expert = service.expert("plain");
    var answer =
        with(user, "POST", "/v1/chat/completions", question(expert, "What do two and three make?"));
    var said =
        Json.object()
            .put("decision", answer.headers().firstValue("x-consilium-decision").orElseThrow())
            .put("score", 1);
    with(user, "POST", "/v1/feedback", said);

    var path = "/v1/memory?kind=experience&tenant=memory-use";
    var notes = json(service.get(path)).path("data");

    assertThat(notes).hasSize(1);
    assertThat(notes.path(0).path("experts").path(0).asString()).isEqualTo("plain");
    assertThat(notes.path(0).path("score").doubleValue()).isEqualTo(1);
    assertThat(with(user, "GET", "/v1/memory?kind=experience", Json.object()).statusCode())
        .isEqualTo(403);
  }

  @Test
  void aFactWithoutATextOrThatEndsBeforeItBeginsIsRefused() {
    var key = key("memory-bad", "user");
    var empty = with(key, "POST", "/v1/memory", Json.object().put("text", " "));
    var backwards =
        with(
            key,
            "POST",
            "/v1/memory",
            Json.object()
                .put("text", "It holds.")
                .put("from", "2027-01-02T00:00:00Z")
                .put("until", "2027-01-01T00:00:00Z"));

    assertThat(empty.statusCode()).isEqualTo(400);
    assertThat(backwards.statusCode()).isEqualTo(400);
    assertThat(backwards.body()).contains("until");
  }
}
