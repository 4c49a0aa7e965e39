package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class NativeApiTest {
  private final RunningService service = RunningService.shared();

  @Test
  void routingDecidesWithoutAsking() {
    service.expert("plain");
    var asked = service.upstream().exchanges("plain").size();

    var route = json(service.post("/v1/route", question("consilium/auto", "What is 2 + 2?")));

    assertThat(route.path("decision").asString()).startsWith("dec_");
    assertThat(route.path("plan").path("type").asString()).isIn("one", "abstain");
    var candidate = route.path("candidates").path(0);
    assertThat(candidate.path("p").doubleValue()).isBetween(0.0, 1.0);
    assertThat(candidate.path("low").doubleValue())
        .isLessThanOrEqualTo(candidate.path("p").doubleValue());
    assertThat(candidate.path("why").isObject()).isTrue();
    assertThat(service.upstream().exchanges("plain")).hasSize(asked);
  }

  @Test
  void anExpertIsAddedAskedChangedAndRetired() {
    var card = service.card("short-life", "plain");

    var added = service.post("/v1/experts", card);
    var again = service.post("/v1/experts", card);
    var asked = service.chat(question("short-life", "Hello?"));
    // as it is shown, with what only the service says of it
    var whole = (ObjectNode) json(service.get("/v1/experts/short-life"));
    var changed =
        service.send(
            service
                .request("/v1/experts/short-life")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(whole.put("description", "Changed.").toString())));
    var shown = service.get("/v1/experts/short-life");
    var retired = service.delete("/v1/experts/short-life");
    var gone = service.chat(question("short-life", "Hello?"));

    assertThat(added.statusCode()).isEqualTo(201);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(asked.statusCode()).isEqualTo(200);
    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(json(shown).path("description").asString()).isEqualTo("Changed.");
    assertThat(json(shown).path("version").asInt()).isEqualTo(2);
    assertThat(retired.statusCode()).isEqualTo(200);
    assertThat(gone.statusCode()).isEqualTo(404);
  }

  @Test
  void aFilterThatIsNoneSaysWhatThereIs() {
    for (var filter : new String[] {"kind=robot", "health=fine", "residency=frozen"}) {
      var refused = service.get("/v1/experts?" + filter);

      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("must be one of");
    }
    assertThat(service.get("/v1/experts?kind=tool&health=up&residency=awake").statusCode())
        .isEqualTo(200);
  }

  @Test
  void theListShowsHealthAndKind() {
    var calculator =
        json(service.get("/v1/experts"))
            .path("data")
            .valueStream()
            .filter(expert -> expert.path("id").asString().equals("calculator"))
            .findFirst()
            .orElseThrow();

    assertThat(calculator.path("kind").asString()).isEqualTo("tool");
    assertThat(calculator.path("owner").asString()).isEqualTo("bundled");
    assertThat(calculator.path("health").path("status").asString()).isIn("up", "unknown");
  }

  @Test
  void aBundledExpertBelongsToTheService() {
    var response = service.delete("/v1/experts/calculator");

    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(json(response).path("detail").asString()).isNotBlank();
  }

  @Test
  void addressesOfMetadataServicesAreRefused() {
    for (var url :
        new String[] {"http://169.254.169.254/v1", "http://metadata.google.internal/v1"}) {
      var response = service.post("/v1/experts", service.card("spy", "x").put("url", url));

      assertThat(response.statusCode()).as(url).isEqualTo(400);
      assertThat(json(response).path("detail").asString()).contains("refused");
    }
  }

  @Test
  void aSecretIsNeverShown() {
    var added =
        service.post(
            "/v1/experts", service.card("with-key", "plain").put("key", "sk-very-secret-value"));

    assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
    assertThat(added.body()).doesNotContain("sk-very-secret-value");
    assertThat(service.get("/v1/experts").body()).doesNotContain("sk-very-secret-value");
    service.chat(question("with-key", "Hello?"));
    assertThat(service.upstream().await("plain").header("authorization"))
        .isEqualTo("Bearer sk-very-secret-value");
  }

  @Test
  void anUnknownKeyOfACardNamesTheNearest() {
    var response = service.post("/v1/experts", service.card("typo", "x").put("descriptoin", "x"));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).path("detail").asString()).contains("description");
  }

  @Test
  void aDecisionIsOnRecordAsSoonAsItsAnswerIsThere() {
    var answered = service.chat(question(service.expert("plain"), "Hello, record?"));
    var id = answered.headers().firstValue("x-consilium-decision").orElseThrow();

    var decision = json(service.get("/v1/decisions/" + id));

    assertThat(decision.path("question").asString()).isEqualTo("Hello, record?");
    assertThat(decision.path("replies").path(0).path("expert").asString()).isEqualTo("plain");
    assertThat(decision.path("route").path("plan").path("type").asString()).isEqualTo("one");
  }

  @Test
  void feedbackIsKeptWithItsDecision() {
    var answered = service.chat(question(service.expert("plain"), "Hello?"));
    var id = answered.headers().firstValue("x-consilium-decision").orElseThrow();

    var kept =
        service.post(
            "/v1/feedback",
            "{\"decision\":\"%s\",\"thumb\":false,\"correction\":\"Hi.\"}".formatted(id));
    var decision = json(service.get("/v1/decisions/" + id));

    assertThat(kept.statusCode()).as(kept.body()).isEqualTo(201);
    assertThat(decision.path("feedback").path(0).path("score").asDouble()).isZero();
    assertThat(decision.path("feedback").path(0).path("correction").asString()).isEqualTo("Hi.");
  }

  @Test
  void feedbackOnNothingIsNotFound() {
    var response = service.post("/v1/feedback", "{\"decision\":\"dec_nothing\",\"score\":1}");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(service.post("/v1/feedback", "{\"decision\":\"x\",\"score\":2}").statusCode())
        .isIn(400, 404);
  }

  @Test
  void decisionsAreListedInPages() {
    for (int i = 0; i < 3; i++) {
      var answered = service.chat(question(service.expert("plain"), "Page " + i));
      service.post(
          "/v1/feedback",
          "{\"decision\":\"%s\",\"score\":1}"
              .formatted(answered.headers().firstValue("x-consilium-decision").orElseThrow()));
    }

    var first = json(service.get("/v1/decisions?limit=2&expert=plain"));
    var second =
        json(
            service.get(
                "/v1/decisions?limit=2&expert=plain&after=" + first.path("next").asString()));

    assertThat(first.path("data").size()).isEqualTo(2);
    assertThat(second.path("data").path(0).path("id"))
        .isNotIn(first.path("data").path(0).path("id"), first.path("data").path(1).path("id"));
    assertThat(service.get("/v1/decisions?limit=0").statusCode()).isEqualTo(400);
    assertThat(service.get("/v1/decisions?colour=red").statusCode()).isEqualTo(400);
  }

  @Test
  void modelsListPoliciesAndExperts() {
    var models = service.get("/v1/models");

    assertThat(models.body()).contains("\"consilium/auto\"", "\"calculator\"");
    assertThat(json(service.get("/v1/models/calculator")).path("object").asString())
        .isEqualTo("model");
    assertThat(service.get("/v1/models/consilium/economy").statusCode()).isEqualTo(200);
    assertThat(service.get("/v1/models/nobody").statusCode()).isEqualTo(404);
  }

  @Test
  void healthReadinessAndMetricsAreServed() {
    assertThat(service.get("/healthz").statusCode()).isEqualTo(200);
    assertThat(service.get("/readyz").statusCode()).isEqualTo(200);
    service.chat(question(service.expert("plain"), "Hello?"));
    assertThat(service.get("/actuator/prometheus").body())
        .contains("consilium_overhead_seconds", "gen_ai_server_request_duration");
  }
}
