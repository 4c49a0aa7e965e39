package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeExchange;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcSamples;
import io.consilium.orchestrator.judge.Judge;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Feedback, checks, a judge and the uniform sample, over HTTP; the judge is a fake. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AutomaticJudgementTest {
  private static final String TESTER =
      "if grep -q 'five'; then echo '{\"passed\":true}'; else echo '{\"passed\":false}'; fi";

  private final RunningService service =
      new RunningService(
          "--consilium.warm-up=0s",
          "--consilium.checks.audit=1",
          "--consilium.checks.judge.expert=the-judge",
          "--consilium.checks.judge.rate=1",
          "--consilium.checks.judge.budget-usd=1",
          "--consilium.checks.judge.every=1d",
          "--consilium.checks.runner.command[0]=/bin/sh",
          "--consilium.checks.runner.command[1]=-c",
          "--consilium.checks.runner.command[2]=" + TESTER);

  @BeforeAll
  void experts() {
    service.upstream().script("the-judge", Behaviours.saying(AutomaticJudgementTest::verdict));
    service.upstream().script("says-json", Behaviours.saying("{\"sum\":5}"));
    service.upstream().script("says-words", Behaviours.saying("it is five"));
    for (var id : List.of("the-judge", "plain", "says-json", "says-words")) {
      service.expert(id);
    }
  }

  /** Right for "five", wrong for "clear", and the first verdict, whatever it is, for the rest. */
  private static String verdict(FakeExchange exchange) {
    var prompt = exchange.body().at("/messages/0/content").asString("");
    int from = prompt.indexOf("\n\n{");
    if (from < 0) {
      return "I am a judge.";
    }
    var material = Json.MAPPER.readTree(prompt.substring(from));
    boolean rightFirst = material.at("/verdicts/1").asString().equals("right");
    var request = material.path("request").asString();
    return request.contains("five")
        ? rightFirst ? "1" : "2"
        : request.contains("clear") ? rightFirst ? "2" : "1" : "1";
  }

  @AfterAll
  void stop() {
    service.stop();
  }

  private String decided(String model, String text) {
    return decided(service.chat(question(model, text)));
  }

  private String decided(HttpResponse<String> answered) {
    assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
    var id = answered.headers().firstValue("x-consilium-decision").orElseThrow();
    FakeUpstream.await(
        "the decision in the store",
        () -> service.get("/v1/decisions?sample=audit").body().contains(id));
    return id;
  }

  private HttpResponse<String> say(String decision, String more) {
    return service.post("/v1/feedback", "{\"decision\":\"%s\",%s}".formatted(decision, more));
  }

  private List<JsonNode> outcomes(String expert, String source) {
    return json(service.get("/v1/outcomes?limit=500&expert=" + expert + "@1"))
        .path("data")
        .valueStream()
        .filter(each -> each.path("source").asString().equals(source))
        .toList();
  }

  @Test
  void aJudgeWhoseWordDoesNotTurnWithTheOrderGivesOutcomes() {
    var right = decided("plain", "What makes five?");
    var wrong = decided("plain", "What is clear?");
    var turned = decided("plain", "What else?");

    service.context().getBean(Judge.class).look();

    var judged = outcomes("plain", "judge");
    assertThat(judged)
        .anySatisfy(each -> {
          assertThat(each.path("item").asString()).isEqualTo(right);
          assertThat(each.path("correct").asDouble()).isEqualTo(1);
        });
    assertThat(judged)
        .anySatisfy(each -> {
          assertThat(each.path("item").asString()).isEqualTo(wrong);
          assertThat(each.path("correct").asDouble()).isZero();
        });
    assertThat(judged).noneMatch(each -> each.path("item").asString().equals(turned));
    assertThat(service.get("/v1/decisions?sample=waiting&limit=500").body())
        .contains(turned)
        .doesNotContain(right);
  }

  @Test
  void aJudgeDoesNotJudgeItself() {
    decided("the-judge", "What makes five, judge?");
    int asked = service.upstream().exchanges("the-judge").size();

    service.context().getBean(Judge.class).look();

    assertThat(
            service.upstream().exchanges("the-judge").stream()
                .skip(asked)
                .filter(each -> each.body().toString().contains("five, judge")))
        .isEmpty();
    assertThat(outcomes("the-judge", "judge")).isEmpty();
  }

  @Test
  void aDayWhoseMoneyIsSpentJudgesNoMore() {
    decided("plain", "What makes five today?");
    var samples = service.context().getBean(JdbcSamples.class);
    var today = LocalDate.now(ZoneOffset.UTC);
    samples.spend(today, 2);
    int asked = service.upstream().exchanges("the-judge").size();

    service.context().getBean(Judge.class).look();
    assertThat(service.upstream().exchanges("the-judge")).hasSize(asked);

    samples.spend(today, -2);
    service.context().getBean(Judge.class).look();
    assertThat(service.upstream().exchanges("the-judge").size()).isGreaterThan(asked);
  }

  @Test
  void theFormOfAnAnswerIsOnRecordAndMovesNoForecast() {
    for (var model : List.of("says-json", "says-words")) {
      var body = question(model, "What is 2 + 3, as JSON?");
      body.putObject("response_format")
          .put("type", "json_schema")
          .putObject("json_schema")
          .put("name", "sum")
          .putObject("schema")
          .put("type", "object")
          .putArray("required")
          .add("sum");
      decided(service.chat(body));
    }
    FakeUpstream.await(
        "both outcomes",
        () ->
            !outcomes("says-json", "form").isEmpty() && !outcomes("says-words", "form").isEmpty());
    assertThat(outcomes("says-json", "form").getFirst().path("correct").asDouble()).isEqualTo(1);
    assertThat(outcomes("says-words", "form").getFirst().path("correct").asDouble()).isZero();
  }

  @Test
  void aCorrectionAloneSaysThatTheAnswerWasWrongUnlessItSaysTheSame() {
    var id = decided("plain", "Correct me?");

    assertThat(say(id, "\"correction\":\"Six.\"").statusCode()).isEqualTo(201);
    assertThat(json(service.get("/v1/decisions/" + id)).at("/feedback/0/score").asDouble())
        .isZero();

    var other = decided("plain", "Correct me not?");
    say(other, "\"correction\":\"%s\"".formatted(Behaviours.ANSWER));
    assertThat(json(service.get("/v1/decisions/" + other)).at("/feedback/0/score").asDouble())
        .isEqualTo(1);
  }

  @Test
  void theVerdictOfTestsComesFromTheRunner() {
    var id = decided("plain", "Write code?");

    var said = say(id, "\"tests\":\"assert sum(2, 3) == 5\"");

    assertThat(said.statusCode()).as(said.body()).isEqualTo(201);
    var feedback = json(service.get("/v1/decisions/" + id)).at("/feedback/0");
    assertThat(feedback.path("score").asDouble()).isEqualTo(1);
    assertThat(feedback.path("check").asString()).isEqualTo("tests");
    assertThat(outcomes("plain", "check"))
        .anyMatch(each -> each.path("item").asString().equals(id));
  }

  @Test
  void testsWithoutARunnerAreRefusedWithTheWayToOne() {
    var shared = RunningService.shared();
    var answered = shared.chat(question(shared.expert("plain"), "Write code here?"));
    var id = answered.headers().firstValue("x-consilium-decision").orElseThrow();

    var refused =
        shared.post("/v1/feedback", "{\"decision\":\"%s\",\"tests\":\"x\"}".formatted(id));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).path("detail").asString()).contains("consilium.checks.runner");
  }

  @Test
  void theSameWordTwiceIsKeptOnceAndTheOppositeIsKeptAndSaysSo() {
    var id = decided("plain", "Twice?");

    var first = say(id, "\"thumb\":true");
    var twice = say(id, "\"thumb\":true");
    var opposite = say(id, "\"thumb\":false");

    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(json(first).path("outcomes").asInt()).isEqualTo(1);
    assertThat(twice.statusCode()).isEqualTo(200);
    assertThat(json(twice).path("kept").asBoolean(true)).isFalse();
    assertThat(opposite.statusCode()).isEqualTo(201);
    assertThat(json(opposite).has("contradicts")).isTrue();
    assertThat(json(opposite).path("outcomes").asInt()).isZero();
    assertThat(json(service.get("/v1/decisions/" + id)).path("feedback").size()).isEqualTo(2);
  }

  @Test
  void whatIsWrongWithFeedbackIsSaid() {
    var id = decided("plain", "Bad feedback?");

    assertThat(say(id, "\"thumb\":true,\"score\":0.1").body()).contains("contradict");
    assertThat(say(id, "\"check\":\"mine\"").statusCode()).isEqualTo(400);
    var long10 = say(id, "\"score\":0,\"correction\":\"%s\"".formatted("x".repeat(10 << 20)));
    assertThat(long10.statusCode()).isEqualTo(413);
    assertThat(json(long10).path("detail").asString()).contains("correction");
    assertThat(say("dec_nobody", "\"score\":1").statusCode()).isEqualTo(404);
    var key =
        json(service.post(
                "/v1/keys",
                Json.object().put("name", "x").put("role", "user").put("tenant", "else")))
            .path("key")
            .asString();
    var foreign =
        service.send(
            service
                .request("/v1/feedback")
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(
                    java.net.http.HttpRequest.BodyPublishers.ofString(
                        "{\"decision\":\"%s\",\"score\":1}".formatted(id))));
    assertThat(foreign.statusCode()).isEqualTo(404);
  }

  @Test
  void theUniformSampleStandsBesideFeedback() {
    var id = decided("plain", "Sampled?");
    assertThat(service.get("/v1/decisions?sample=waiting&limit=500").body()).contains(id);

    say(id, "\"score\":1");

    assertThat(service.get("/v1/decisions?sample=waiting&limit=500").body()).doesNotContain(id);
    var accuracy = json(service.get("/v1/learning?days=1")).path("accuracy");
    assertThat(accuracy.at("/audit/n").asInt()).isPositive();
    assertThat(accuracy.at("/audit/drawn").asInt())
        .isGreaterThanOrEqualTo(accuracy.at("/audit/n").asInt());
    assertThat(accuracy.at("/feedback/n").asInt()).isPositive();
    assertThat(accuracy.path("note").asString()).isNotEmpty();
    assertThat(service.get("/v1/learning?days=0").statusCode()).isEqualTo(400);
    assertThat(service.get("/v1/decisions?sample=some").statusCode()).isEqualTo(400);
  }
}
