package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.expert.Embedder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a service buys before it routes, and how it tries others, over HTTP. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EvidenceTest {
  private final RunningService service =
      new RunningService(
          "--consilium.evidence.writer=scribe",
          "--consilium.evidence.bids=2",
          "--consilium.evidence.budget-usd=0.01",
          "--consilium.evidence.time=30s",
          "--consilium.explore.epsilon=0.5",
          "--consilium.explore.within=1",
          "--consilium.warm-up=0s");

  @BeforeAll
  void experts() {
    service
        .upstream()
        .script(
            "scribe", Behaviours.saying("A task about contracts, which needs knowledge of law."));
    for (var id : new String[] {"modest", "bold"}) {
      service
          .upstream()
          .script(
              id,
              Behaviours.saying(exchange ->
                  exchange.body().toString().contains("How likely is it")
                      ? id.equals("bold") ? "95" : "30"
                      : "yes"));
    }
    add(service.card("scribe", "scribe").put("description", "Writes."));
    add(service.card("modest", "modest").put("description", "Knows how to cook."));
    add(service.card("bold", "bold").put("description", "Contracts and law."));
  }

  private void add(ObjectNode card) {
    card.putObject("price").put("input", 1).put("output", 2);
    var added = service.post("/v1/experts", card);
    assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
  }

  @AfterAll
  void stop() {
    service.stop();
  }

  private JsonNode decision(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    var id = response.headers().firstValue("x-consilium-decision").orElseThrow();
    return json(service.get("/v1/decisions/" + id));
  }

  private static ObjectNode asked(String text) {
    var body = question("consilium/auto", text);
    body.putObject("consilium")
        .put("minimum", 0)
        .put("explain", true)
        .putArray("pin")
        .add("modest")
        .add("bold");
    return body;
  }

  @Test
  void aDescriptionAndBidsAreBoughtPricedJournaledAndHeard() {
    var response = service.chat(asked("Is this contract void?"));

    var decision = decision(response);
    var bought = decision.path("bought");
    assertThat(bought.findValuesAsString("expert")).startsWith("scribe").hasSize(3);
    assertThat(bought.path(0).path("text").asString()).contains("knowledge of law");
    assertThat(bought.path(1).path("p").asDouble() + bought.path(2).path("p").asDouble())
        .isCloseTo(1.25, within(1e-9));
    double paid = bought.valueStream().mapToDouble(told -> told.path("usd").asDouble()).sum();
    assertThat(paid).isPositive();
    assertThat(decision.path("usd").asDouble())
        .isCloseTo(
            paid
                + decision
                    .path("replies")
                    .valueStream()
                    .mapToDouble(told -> told.path("usd").asDouble())
                    .sum(),
            within(1e-12));
    assertThat(json(response).path("consilium").path("bought").size()).isEqualTo(3);
    var calls = service.upstream().exchanges("scribe").size();
    // the same question in other case and spacing is not paid for twice
    assertThat(decision(service.chat(asked("is this  CONTRACT void?"))).path("bought").size())
        .isZero();
    assertThat(service.upstream().exchanges("scribe")).hasSize(calls);
    // asking who would answer reads what is there, and buys nothing
    var route = json(service.post("/v1/route", asked("Is this contract void?")));
    assertThat(route.path("candidates").toString()).contains("\"instruction\"", "knowledge of law");
    assertThat(json(service.post("/v1/route", asked("What of another one?"))).toString())
        .doesNotContain("\"instruction\"");
    assertThat(service.upstream().exchanges("scribe")).hasSize(calls);
  }

  @Test
  void bidsAreScoredByOutcomes() {
    var first = decision(service.chat(asked("Does a minor sign?"))).path("id").asString();
    var said =
        service.post(
            "/v1/feedback",
            "{\"decision\":\"%s\",\"score\":1,\"correction\":\"yes\",\"check\":\"exact\"}"
                .formatted(first));
    assertThat(said.statusCode()).as(said.body()).isEqualTo(201);

    var later = decision(service.chat(asked("Does a major sign?"))).path("route");

    assertThat(later.path("forecasts").toString()).contains("\"bid\"", "over 1");
  }

  @Test
  void whatPeopleSayOfAnswersMovesForecastsAtOnce() {
    var first = decision(service.chat(asked("Who pays when a handshake binds?")));
    var expert = first.path("replies").path(0).path("expert").asString();
    double before = p(first, expert);
    int heard = json(service.get("/v1/learning")).path("heard").asInt();
    for (int i = 0; i < 4; i++) {
      var id =
          decision(service.chat(asked("Who pays when a handshake binds? Case " + i))).path("id");
      var said =
          service.post(
              "/v1/feedback", "{\"decision\":\"%s\",\"thumb\":false}".formatted(id.asString()));
      assertThat(json(said).path("outcomes").asInt()).as(said.body()).isOne();
      var again =
          service.post(
              "/v1/feedback", "{\"decision\":\"%s\",\"thumb\":true}".formatted(id.asString()));
      assertThat(json(again).path("outcomes").asInt(-1)).as("the first word counts").isZero();
    }

    long end = System.nanoTime() + 60_000_000_000L;
    var learning = json(service.get("/v1/learning"));
    while (learning.path("heard").asInt() < heard + 4 && System.nanoTime() < end) {
      learning = json(service.get("/v1/learning"));
    }
    assertThat(learning.path("heard").asInt()).isGreaterThanOrEqualTo(heard + 4);
    assertThat(learning.path("data").findValuesAsString("expert")).contains(expert + "@1");
    var later = decision(service.chat(asked("Who pays when a handshake binds?")));
    assertThat(p(later, expert)).isLessThan(before - 0.05);
    assertThat(later.path("route").path("forecasts").toString()).contains("\"use\"", "since");
  }

  private static double p(JsonNode decision, String expert) {
    return decision
        .path("route")
        .path("forecasts")
        .valueStream()
        .filter(each -> each.path("expert").asString().equals(expert))
        .findFirst()
        .orElseThrow()
        .path("p")
        .asDouble();
  }

  @Test
  void aWriterThatHangsOrFailsCostsNoAnswer() {
    for (var behaviour : new String[] {"500", "hang-up"}) {
      var card = service.card("scribe", behaviour).put("description", "Writes.");
      var put =
          service.send(
              service
                  .request("/v1/experts/scribe")
                  .header("Content-Type", "application/json")
                  .PUT(BodyPublishers.ofString(card.toString())));
      assertThat(put.statusCode()).isEqualTo(200);

      var decision = decision(service.chat(asked("Who owns what " + behaviour + " broke?")));

      assertThat(decision.path("answer").asString()).isEqualTo("yes");
      assertThat(decision.path("bought").path(0).path("failure").isNull()).isFalse();
    }
    var card = service.card("scribe", "scribe").put("description", "Writes.");
    card.putObject("price").put("input", 1).put("output", 2);
    service.send(
        service
            .request("/v1/experts/scribe")
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(card.toString())));
  }

  @Test
  void gatesOnCardsAreHeardAndCheckedAgainstTheEmbedder() {
    var embedder = service.context().getBean(Embedder.class);
    var wrong = service.card("gated", "modest");
    var gate = wrong.putObject("gate").put("embedder", embedder.id());
    gate.putArray("vector").add(1).add(2);
    var refused = service.post("/v1/experts", wrong);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body())
        .contains("has a vector of 2 numbers", "have " + embedder.dimension());

    for (var id : new String[] {"gate-law", "gate-food"}) {
      var card = service.card(id, "modest").put("description", "Somebody.");
      var vector = card.putObject("gate").put("embedder", embedder.id()).putArray("vector");
      for (float value :
          embedder.embed(id.equals("gate-law") ? "Is this contract void?" : "Bake bread.")) {
        vector.add(value);
      }
      add(card);
    }
    var body = question("consilium/auto", "Is this contract void?");
    body.putObject("consilium").put("minimum", 0).putArray("pin").add("gate-law").add("gate-food");
    var route = json(service.post("/v1/route", body));

    assertThat(gate(route, "gate-law")).isGreaterThan(0.5);
    assertThat(gate(route, "gate-food")).isLessThan(0.5);
    assertThat(route.path("plan").path("expert").asString()).isEqualTo("gate-law");
    assertThat(json(service.get("/v1/experts/gate-law")).path("gate").path("vector").size())
        .isEqualTo(embedder.dimension());
  }

  private static double gate(JsonNode route, String expert) {
    return route
        .path("candidates")
        .valueStream()
        .filter(each -> each.path("expert").asString().equals(expert))
        .findFirst()
        .orElseThrow()
        .path("why")
        .path("gate")
        .path("p")
        .asDouble();
  }

  @Test
  void othersAreTriedWithTheChancesOnRecordAndNeverWherePinned() {
    var body = question("consilium/auto", "Is a handshake a contract?");
    body.putObject("consilium").put("minimum", 0);
    var decision = decision(service.chat(body));

    var route = decision.path("route");
    var choices = route.path("choices");
    assertThat(choices.size()).isGreaterThan(1);
    assertThat(choices.valueStream().mapToDouble(each -> each.path("propensity").asDouble()).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(
            choices
                .valueStream()
                .anyMatch(each ->
                    each.path("plan").equals(route.path("plan"))
                        && each.path("propensity").equals(route.path("propensity"))))
        .isTrue();
    assertThat(json(service.post("/v1/route", body)).path("choices").size()).isGreaterThan(1);
    assertThat(
            decision(service.chat(asked("Is a nod a contract?")))
                .path("route")
                .path("choices")
                .size())
        .isZero();
    var named = decision(service.chat(question("bold", "Is a wink a contract?")));
    assertThat(named.path("route").path("propensity").asDouble()).isEqualTo(1);
    assertThat(named.path("bought").size()).isZero();
  }
}
