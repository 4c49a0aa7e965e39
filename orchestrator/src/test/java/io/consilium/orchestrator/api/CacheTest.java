package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class CacheTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final RunningService service = RunningService.shared();

  /** An expert that answers with a number, another one each time. */
  private String counter() {
    var name = "counter-" + NUMBER.incrementAndGet();
    var asked = new AtomicInteger();
    service
        .upstream()
        .script(
            name,
            exchange ->
                exchange.json(
                    200,
                    """
                    {"id":"c","object":"chat.completion","created":1,"model":"c","choices":[{"index":0,\
                    "message":{"role":"assistant","content":"answer %d"},"finish_reason":"stop"}],\
                    "usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}\
                    """
                        .formatted(asked.incrementAndGet())));
    return service.expert(name);
  }

  private static ObjectNode steady(String model, String text) {
    return question(model, text).put("temperature", 0);
  }

  private static ObjectNode cached(ObjectNode body, String use) {
    body.putObject("consilium").put("cache", use);
    return body;
  }

  private static String text(HttpResponse<String> response) {
    return json(response).path("choices").path(0).path("message").path("content").asString();
  }

  private static String cache(HttpResponse<String> response) {
    return response.headers().firstValue("x-consilium-cache").orElse("");
  }

  private static String decision(HttpResponse<String> response) {
    return response.headers().firstValue("x-consilium-decision").orElseThrow();
  }

  private HttpResponse<String> with(String key, ObjectNode body) {
    return service.send(
        service
            .request("/v1/chat/completions")
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + key)
            .POST(BodyPublishers.ofString(body.toString())));
  }

  private String key(String tenant, String use, boolean record) {
    var body =
        Json.object()
            .put("name", tenant)
            .put("tenant", tenant)
            .put("cache", use)
            .put("record_content", record);
    return json(service.post("/v1/keys", body)).path("key").asString();
  }

  @Test
  void theSameRequestIsAnsweredOnceAndTheDecisionSaysSo() {
    var expert = counter();
    var first = service.chat(steady(expert, "How many?"));

    var second = service.chat(steady(expert, "How many?"));

    assertThat(cache(first)).isEmpty();
    assertThat(cache(second)).isEqualTo("exact");
    assertThat(second.headers().firstValue("x-consilium-expert")).hasValue(expert);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(service.upstream().exchanges(expert)).hasSize(1);
    var kept = json(service.get("/v1/decisions/" + decision(second)));
    assertThat(kept.path("cached").path("how").asString()).isEqualTo("exact");
    assertThat(kept.path("cached").path("decision").asString()).isEqualTo(decision(first));
    assertThat(kept.path("replies")).isEmpty();
    assertThat(kept.path("usd").doubleValue()).isZero();
    assertThat(kept.path("answer").asString()).isEqualTo("answer 1");
    assertThat(json(service.get("/v1/decisions/" + decision(first))).path("cached").isNull())
        .isTrue();
  }

  @Test
  void aKnownAnswerIsStreamedAndExplained() {
    var expert = counter();
    service.chat(steady(expert, "How many?"));
    var body = steady(expert, "How many?").put("stream", true);
    body.putObject("consilium").put("explain", true);

    var streamed = service.chat(body);

    assertThat(cache(streamed)).isEqualTo("exact");
    assertThat(streamed.body())
        .contains("answer 1", "\"finish_reason\":\"stop\"", "\"how\":\"exact\"")
        .endsWith("data: [DONE]\n\n");
    assertThat(service.upstream().exchanges(expert)).hasSize(1);
  }

  @Test
  void onlyWhatIsTheSameEachTimeIsKeptUnlessTheRequestSaysOtherwise() {
    var expert = counter();

    assertThat(text(service.chat(question(expert, "How many?")))).isEqualTo("answer 1");
    assertThat(text(service.chat(question(expert, "How many?")))).isEqualTo("answer 2");
    assertThat(text(service.chat(cached(question(expert, "How many?"), "exact"))))
        .isEqualTo("answer 3");
    assertThat(text(service.chat(cached(question(expert, "How many?"), "exact"))))
        .isEqualTo("answer 3");
    assertThat(text(service.chat(cached(steady(expert, "How many?"), "off"))))
        .isEqualTo("answer 4");
    assertThat(text(service.chat(steady(expert, "How many?")))).isEqualTo("answer 5");
  }

  @Test
  void whatMayChangeTheAnswerMakesItAnotherRequest() {
    var expert = counter();
    service.chat(steady(expert, "How many?"));

    assertThat(text(service.chat(steady(expert, "How many?").put("max_tokens", 5))))
        .isEqualTo("answer 2");
    var tools = steady(expert, "How many?");
    tools
        .putArray("tools")
        .addObject()
        .put("type", "function")
        .putObject("function")
        .put("name", "look");
    assertThat(text(service.chat(tools))).isEqualTo("answer 3");
    assertThat(text(service.chat(tools))).isEqualTo("answer 3");
    assertThat(text(service.chat(steady(expert, "How many?").put("user", "anna"))))
        .isEqualTo("answer 1");
  }

  @Test
  void anotherVersionOfTheExpertIsAskedAnew() {
    var expert = counter();
    service.chat(steady(expert, "How many?"));
    var card = service.card(expert, expert).put("description", "A changed model for tests.");
    service.send(
        service
            .request("/v1/experts/" + expert)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(card.toString())));

    assertThat(text(service.chat(steady(expert, "How many?")))).isEqualTo("answer 2");
  }

  @Test
  void answersAreNeverSharedAcrossTenants() {
    var expert = counter();
    var anna = key("cache-anna", "semantic", true);
    var ben = key("cache-ben", "semantic", true);

    assertThat(text(with(anna, steady(expert, "How many?")))).isEqualTo("answer 1");
    assertThat(text(with(ben, steady(expert, "How many?")))).isEqualTo("answer 2");
    assertThat(text(with(anna, steady(expert, "How many?")))).isEqualTo("answer 1");
  }

  @Test
  void aKeyMayForbidItWhateverTheRequestSays() {
    var expert = counter();
    var off = key("cache-off", "off", true);
    var unrecorded = key("cache-unrecorded", "semantic", false);

    for (var each : new String[] {off, unrecorded}) {
      var first = text(with(each, cached(steady(expert, "How many?"), "exact")));
      assertThat(text(with(each, cached(steady(expert, "How many?"), "exact"))))
          .isNotEqualTo(first);
    }
  }

  @Test
  void theSameQuestionInOtherWordsIsKnownWhereThatIsWished() {
    var expert = counter();
    service.chat(cached(question(expert, "How do I sort a list in Python?"), "semantic"));

    var other =
        service.chat(cached(question(expert, "In Python, how can I sort a list?"), "semantic"));
    var exact = service.chat(cached(question(expert, "In Python, how do I sort a list?"), "exact"));
    var hard = service.chat(cached(question(expert, "How do I sort a list in Ruby?"), "semantic"));

    assertThat(cache(other)).isEqualTo("semantic");
    assertThat(text(other)).isEqualTo("answer 1");
    assertThat(cache(exact)).isEmpty();
    assertThat(cache(hard)).isEmpty();
    var kept = json(service.get("/v1/decisions/" + decision(other))).path("cached");
    assertThat(kept.path("similarity").doubleValue()).isBetween(0.75, 1.0);
  }

  @Test
  void anEarlierTurnMakesItAnotherQuestion() {
    var expert = counter();
    var first = cached(question(expert, "How do I sort it?"), "semantic");
    ((tools.jackson.databind.node.ArrayNode) first.get("messages"))
        .insertObject(0)
        .put("role", "system")
        .put("content", "You know Python.");
    var second = first.deepCopy();
    ((ObjectNode) second.path("messages").path(0)).put("content", "You know Ruby.");
    service.chat(first);

    assertThat(cache(service.chat(second))).isEmpty();
  }

  @Test
  void anAnswerCalledWrongIsGivenNoMore() {
    var expert = counter();
    service.chat(steady(expert, "How many?"));
    var again = service.chat(steady(expert, "How many?"));
    var said = Json.object().put("decision", decision(again)).put("thumb", false);

    assertThat(service.post("/v1/feedback", said).statusCode()).isEqualTo(201);

    assertThat(text(service.chat(steady(expert, "How many?")))).isEqualTo("answer 2");
  }

  @Test
  void whatIsSaidUnderAKeyThatDoesNotTeachMakesNoOutcome() {
    var expert = counter();
    var body = Json.object().put("name", "quiet").put("learn", false);
    var quiet = json(service.post("/v1/keys", body)).path("key").asString();
    var decision = decision(with(quiet, question(expert, "How many?")));

    var said =
        json(service.post("/v1/feedback", "{\"decision\":\"%s\",\"score\":1}".formatted(decision)));

    assertThat(said.path("kept").booleanValue()).isTrue();
    assertThat(said.path("outcomes").intValue()).isZero();
  }

  @Test
  void toolsAreCalledEachTime() {
    var body = steady("calculator", "What is 17.5 % of 2,340 EUR?");

    service.chat(body);

    assertThat(cache(service.chat(body))).isEmpty();
  }

  @Test
  void anUnknownUseIsRefused() {
    var response = service.chat(cached(steady(counter(), "How many?"), "always"));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("off, exact, semantic", "consilium.cache");
  }

  @Test
  void theOverviewCountsAnswersOfTheCache() {
    var expert = counter();
    service.chat(steady(expert, "How many?"));
    var again = decision(service.chat(steady(expert, "How many?")));
    io.consilium.adapters.testing.FakeUpstream.await(
        "the store",
        () -> service.get("/v1/decisions?plan=cached&model=" + expert).body().contains(again));

    assertThat(json(service.get("/v1/overview?range=1h")).path("totals").path("cached").intValue())
        .isPositive();
  }
}
