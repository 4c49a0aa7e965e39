package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Json;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ForgetTest {
  private final RunningService service = RunningService.shared();

  private String key(String tenant) {
    var body = Json.object().put("name", tenant).put("tenant", tenant);
    return json(service.post("/v1/keys", body)).path("key").asString();
  }

  private HttpResponse<String> with(String key, String path, JsonNode body) {
    return service.send(
        service
            .request(path)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + key)
            .POST(BodyPublishers.ofString(body.toString())));
  }

  /** Asks, says it was right, and gives the decision's id. */
  private String asked(String key, String text) {
    var body = question(service.expert("plain"), text).put("temperature", 0);
    var answer = with(key, "/v1/chat/completions", body);
    var decision = answer.headers().firstValue("x-consilium-decision").orElseThrow();
    with(key, "/v1/feedback", Json.object().put("decision", decision).put("score", 1));
    return decision;
  }

  private static ObjectNode what(String field, String value) {
    return Json.object().put(field, value);
  }

  private String journal() throws IOException {
    var all = new StringBuilder();
    try (var files = Files.list(service.home().resolve("journal"))) {
      for (var file : files.filter(each -> each.toString().endsWith("ndjson")).toList()) {
        all.append(Files.readString(file, StandardCharsets.UTF_8));
      }
    }
    return all.toString();
  }

  @Test
  void aDecisionIsGoneFromStoreJournalCacheAndMemoryAndTheReceiptSaysSo() throws IOException {
    var key = key("forget-one");
    var decision = asked(key, "When is my operation with Dr Gray?");
    assertThat(journal()).contains("operation with Dr Gray");

    var receipt = json(with(key, "/v1/forget", what("decision", decision)));

    assertThat(receipt.path("removed").path("decisions").intValue()).isEqualTo(1);
    assertThat(receipt.path("removed").path("outcomes").intValue()).isEqualTo(1);
    assertThat(receipt.path("removed").path("notes").intValue()).isEqualTo(1);
    assertThat(receipt.path("removed").path("cached").intValue()).isEqualTo(1);
    assertThat(receipt.toString()).doesNotContain("operation").doesNotContain(decision);
    assertThat(service.get("/v1/decisions/" + decision).statusCode()).isEqualTo(404);
    assertThat(journal()).doesNotContain("operation with Dr Gray");
    assertThat(json(service.get("/v1/forget")).path("data").path(0)).isEqualTo(receipt);
    assertThat(service.get("/v1/audit?about=forget").body())
        .contains(receipt.path("id").asString());
    var again =
        with(
            key,
            "/v1/chat/completions",
            question("plain", "When is my operation with Dr Gray?").put("temperature", 0));
    assertThat(again.headers().firstValue("x-consilium-cache")).isEmpty();
  }

  @Test
  void aQuestionIsForgottenWhateverItsCaseForItsOwnTenantOnly() {
    var anna = key("forget-anna");
    var ben = key("forget-ben");
    var first = asked(anna, "Who owes me money?");
    var second = asked(anna, "WHO owes  me money?");
    var others = asked(ben, "Who owes me money?");

    var receipt = json(with(anna, "/v1/forget", what("question", "who owes me money?")));

    assertThat(receipt.path("removed").path("decisions").intValue()).isEqualTo(2);
    for (var gone : new String[] {first, second}) {
      assertThat(service.get("/v1/decisions/" + gone).statusCode()).isEqualTo(404);
    }
    assertThat(service.get("/v1/decisions/" + others).statusCode()).isEqualTo(200);
    assertThat(with(anna, "/v1/forget", what("decision", others)).statusCode()).isEqualTo(404);
  }

  @Test
  void aTenantIsForgottenByAnAdministratorOnly() {
    var key = key("forget-all");
    var decision = asked(key, "What did we sell in May?");
    with(key, "/v1/memory", what("text", "We sell bicycles."));

    var refused = with(key, "/v1/forget", what("tenant", "forget-all"));
    var receipt = json(service.post("/v1/forget", what("tenant", "forget-all")));

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(receipt.path("what").asString()).isEqualTo("tenant");
    assertThat(receipt.path("removed").path("notes").intValue()).isEqualTo(2);
    assertThat(service.get("/v1/decisions/" + decision).statusCode()).isEqualTo(404);
    assertThat(service.post("/v1/forget", what("tenant", "forget-all")).statusCode())
        .isEqualTo(404);
  }

  @Test
  void itMustBeClearWhatIsMeant() {
    var both = what("decision", "dec_1").put("question", "What?");

    assertThat(service.post("/v1/forget", both).statusCode()).isEqualTo(400);
    assertThat(service.post("/v1/forget", Json.object()).body()).contains("exactly one");
    assertThat(service.post("/v1/forget", what("decision", "dec_none")).statusCode())
        .isEqualTo(404);
  }
}
