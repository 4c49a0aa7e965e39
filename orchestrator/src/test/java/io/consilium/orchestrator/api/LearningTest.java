package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * From outcomes to a router that serves, over HTTP. A service of its own: what is learnt depends on
 * everything that is on record, and a promoted router would decide for other tests too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LearningTest {
  private static final String[] SUBJECTS = {
    "the integral of x squared over the interval from %d to ten",
    "which court hears an appeal against a contract of sale number %d"
  };

  private final RunningService service = new RunningService("--consilium.warm-up=0s");
  private String plainly = "";

  @BeforeAll
  void outcomesOfTwoExperts() {
    for (var id : new String[] {"learn-maths", "learn-law", "learn-new"}) {
      var card = service.card(id, "plain");
      card.putObject("price").put("output", 10);
      card.putObject("claimed").putObject("accuracy").put("their own test", 0.99);
      if (id.equals("learn-law")) {
        card.putArray("aliases").add("law-as-recorded");
      }
      assertThat(service.post("/v1/experts", card).statusCode()).isEqualTo(201);
    }
    plainly =
        json(service.chat(question("learn-new", "What do you say?")))
            .path("choices")
            .path(0)
            .path("message")
            .path("content")
            .asString();
    var rows = Json.object().putArray("rows");
    for (int i = 0; i < 300; i++) {
      boolean maths = i % 2 == 0;
      row(rows.addObject(), i, "learn-maths", maths != (i % 20 == 0));
      row(rows.addObject(), i, "law-as-recorded@2", !maths);
    }
    var added = service.post("/v1/outcomes", rows);
    assertThat(added.statusCode()).as(added.body()).isEqualTo(200);
  }

  private void row(ObjectNode row, int i, String expert, boolean correct) {
    row.put("question", SUBJECTS[i % 2].formatted(i))
        .put("expert", expert)
        .put("correct", correct)
        .put("cost", 0.001)
        .put("tokens", expert.equals("learn-maths") ? 2_000 : 20)
        .put("answer", correct ? "so" : "not so")
        .put("category", i % 2 == 0 ? "maths" : "law")
        .put("right", i % 2 == 0 ? plainly : "something else")
        .put("check", "exact");
  }

  @AfterAll
  void stop() {
    service.stop();
  }

  private JsonNode done(HttpResponse<String> taken) {
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    var place = taken.headers().firstValue("Location").orElseThrow();
    long end = System.nanoTime() + 240_000_000_000L;
    while (System.nanoTime() < end) {
      var job = json(service.get(place));
      if (!job.path("finished").isNull()) {
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("done");
        return job.path("result");
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("the job did not end");
  }

  private static double p(JsonNode route, String expert) {
    return candidate(route, expert).path("p").asDouble(-1);
  }

  private static JsonNode candidate(JsonNode route, String expert) {
    return route
        .path("candidates")
        .valueStream()
        .filter(each -> each.path("expert").asString().equals(expert))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aFittedRouterServesOncePromotedAndExplainsItself() {
    var version = done(service.post("/v1/routers", "{\"seed\":1}"));
    var id = version.path("id").asString();
    assertThat(version.path("state").asString()).isEqualTo("draft");
    assertThat(version.path("metrics").path("outcomes").asInt()).isGreaterThanOrEqualTo(240);
    assertThat(version.path("known_by_card_only").toString()).contains("calculator");
    assertThat(version.path("experts").toString()).contains("learn-law");
    assertThat(version.path("planner").path("co_failure").asString())
        .contains("measured on 300 questions of 2 experts", "measured on their answers");
    assertThat(version.path("planner").path("output_length").asString()).startsWith("measured of ");

    var promoted = service.post("/v1/routers/" + id + "/promote", "{}");

    assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(200);
    assertThat(json(promoted).path("serving").asBoolean()).isTrue();
    assertThat(json(service.get("/v1/routers")).path("serving").asString()).isEqualTo(id);
    var route =
        json(service.post("/v1/route", question("consilium/auto", SUBJECTS[1].formatted(1_000))));
    assertThat(route.path("router").asString()).isEqualTo(id);
    assertThat(p(route, "learn-law")).isGreaterThan(p(route, "learn-maths") + 0.3);
    var law = candidate(route, "learn-law");
    assertThat(law.path("low").asDouble()).isLessThanOrEqualTo(law.path("p").asDouble());
    assertThat(law.path("high").asDouble()).isGreaterThanOrEqualTo(law.path("p").asDouble());
    assertThat(law.path("why").size()).isGreaterThan(1);
    assertThat(candidate(route, "learn-new").path("why").size()).isPositive();
    // who writes a hundred times as much costs as much more
    assertThat(law.path("usd").asDouble()).isBetween(0.0001, 0.0006);
    assertThat(candidate(route, "learn-maths").path("usd").asDouble()).isBetween(0.01, 0.06);
    assertThat(service.get("/v1/routers/" + id).statusCode()).isEqualTo(200);

    var risky = question("consilium/auto", SUBJECTS[1].formatted(1_000));
    risky.putObject("consilium").put("risk", 0.4);
    assertThat(json(service.post("/v1/route", risky)).path("why").asString())
        .contains("learn-law is the most useful; at most 40 % of such answers are wrong");
    risky.putObject("consilium").put("risk", 0.001);
    var refused = json(service.chat(risky)).path("choices").path(0).path("message");
    assertThat(refused.path("refusal").asString())
        .startsWith("abstained because at most 0.1 % of answers may be wrong");
  }

  @Test
  void aVersionIsScoredShadowedCanariedAndTakenBack() {
    var id = done(service.post("/v1/routers", "{\"seed\":2}")).path("id").asString();
    var path = "/v1/routers/" + id;

    var scored = done(service.post(path + "/evaluate", "{\"days\":1}"));
    assertThat(scored.path("verdict").asString()).isEqualTo("unknown");
    assertThat(scored.path("refusal").asString()).isNotEmpty();

    var shadow = json(service.post(path + "/shadow", "{}"));
    assertThat(shadow.path("state").asString()).isEqualTo("shadow");
    var asked = question("consilium/auto", SUBJECTS[0].formatted(2_000));
    assertThat(json(service.post("/v1/route", asked)).path("router").asString()).isNotEqualTo(id);
    long end = System.nanoTime() + 60_000_000_000L;
    var trial = json(service.get(path)).path("trial");
    while (trial.path("questions").asInt() == 0 && System.nanoTime() < end) {
      trial = json(service.get(path)).path("trial");
    }
    assertThat(trial.path("questions").asInt()).isPositive();

    var canary = json(service.post(path + "/canary", "{\"share\":1}"));
    assertThat(canary.path("state").asString()).isEqualTo("canary");
    assertThat(canary.path("trial").path("verdict").asString()).isEqualTo("wait");
    assertThat(json(service.post("/v1/route", asked)).path("router").asString()).isEqualTo(id);

    var back = json(service.post("/v1/routers/rollback", "{}"));
    assertThat(back.path("id").asString()).isEqualTo(id);
    assertThat(back.path("state").asString()).isEqualTo("draft");
    assertThat(json(service.post("/v1/route", asked)).path("router").asString()).isNotEqualTo(id);
    for (var wrong : new String[] {"{}", "{\"share\":0}", "{\"share\":2}", "{\"part\":1}"}) {
      var refused = service.post(path + "/canary", wrong);
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
      assertThat(refused.body()).containsAnyOf("share", "part");
    }
    assertThat(service.post("/v1/routers/none/shadow", "{}").statusCode()).isEqualTo(404);
    assertThat(service.post(path + "/demote", "{}").body()).contains("/canary");
  }

  @Test
  void aReplayComparesThePolicyWithItsBaselines() {
    var rows = Json.object().putArray("rows");
    for (int i = 0; i < 200; i++) {
      row(rows.addObject(), i, "a", i % 2 == 0);
      row(rows.addObject(), i, "b", i % 2 == 1);
    }
    var body = Json.object().put("policy", "quality");
    body.set("records", rows);

    var result = done(service.post("/v1/replays", body));

    assertThat(result.path("lines").findValuesAsString("name"))
        .contains("policy", "random", "best_single", "oracle");
    var oracle = result.path("lines").path(3);
    assertThat(oracle.path("accuracy").asDouble()).isEqualTo(1);
    assertThat(result.path("lines").path(0).path("accuracy").asDouble()).isGreaterThan(0.8);
  }

  @Test
  void aReplayTakesThoseWhoAreRegisteredAndThoseWhoAreAdded() {
    var rows = Json.object().putArray("rows");
    for (int i = 0; i < 100; i++) {
      row(rows.addObject(), i, "learn-maths", i % 4 == 1);
      row(rows.addObject(), i, "learn-law", i % 4 == 2);
      row(rows.addObject(), i, "stranger", true);
    }
    var body = Json.object().put("policy", "quality").put("registered", true);
    body.set("records", rows);
    var taken = service.post("/v1/replays", body);
    assertThat(json(taken).at("/asked/registered").asBoolean()).isTrue();
    var here = done(taken);
    body.remove("registered");
    body.putArray("added").add("stranger");
    var more = done(service.post("/v1/replays", body));

    assertThat(here.at("/lines/3/name").asString()).isEqualTo("oracle");
    assertThat(here.at("/lines/3/accuracy").asDouble()).isBetween(0.3, 0.7);
    assertThat(more.at("/lines/3/accuracy").asDouble()).isEqualTo(1);
    body.putArray("added").add("nobody");
    assertThat(service.post("/v1/replays", body).body()).contains("no outcomes of nobody");

    var jobs = json(service.get("/v1/jobs?kind=replay&limit=1"));
    var older = json(service.get("/v1/jobs?kind=replay&after=" + jobs.path("next").asString()));
    assertThat(jobs.at("/data/0/asked/added/0").asString()).isEqualTo("stranger");
    assertThat(older.path("data").findValuesAsString("id"))
        .isNotEmpty()
        .doesNotContain(jobs.at("/data/0/id").asString());
    assertThat(service.get("/v1/jobs?after=job_none").statusCode()).isEqualTo(400);
  }

  @Test
  void anInterviewGivesAnAbilityWithAnInterval() {
    var result = done(service.post("/v1/experts/learn-new/interview", "{\"budget_usd\":1}"));

    assertThat(result.path("asked").asInt()).isBetween(5, 60);
    var accuracy = result.path("accuracy");
    assertThat(accuracy.path("low").asDouble()).isLessThan(accuracy.path("value").asDouble());
    assertThat(result.path("deviation").asDouble())
        .isLessThan(result.path("deviation_before").asDouble());
    assertThat(service.get("/v1/outcomes").body()).contains("learn-new@");

    var shown = json(service.get("/v1/experts/learn-new")).path("interview");
    assertThat(shown.path("accuracy").path("value").asDouble())
        .isEqualTo(accuracy.path("value").asDouble());
    assertThat(shown.path("asked").asInt()).isEqualTo(result.path("asked").asInt());
    assertThat(shown.path("claimed").path("overstated").asBoolean()).isTrue();
    assertThat(shown.path("claimed").path("gap").asDouble()).isPositive();
    var route = json(service.post("/v1/route", question("consilium/auto", "What is it called?")));
    if (!route.path("router").asString().startsWith("router_")) {
      var found = candidate(route, "learn-new");
      assertThat(found.path("why").has("interview")).as(found.toString()).isTrue();
      assertThat(found.path("p").asDouble()).isEqualTo(accuracy.path("value").asDouble());
    }
  }

  @Test
  void aTeamIsRecruitedForExamples() {
    var body = Json.object().put("name", "lawyers").put("size", 2);
    body.putArray("examples").addObject().put("question", SUBJECTS[1].formatted(5_000));

    var response = service.post("/v1/recruit", body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(json(response).path("experts").path(0).asString()).isEqualTo("learn-law");
    assertThat(json(response).path("consilium").path("pin").size()).isPositive();
    assertThat(json(response).path("name").asString()).isEqualTo("lawyers");

    // its questions were read for that, and are found from now on
    var near = json(service.get("/v1/outcomes?limit=3&near=an+appeal+against+a+contract+of+sale"));
    assertThat(near.path("data").valueStream().map(each -> each.path("item").asString()).distinct())
        .hasSize(3);
    assertThat(near.path("data").valueStream().map(each -> each.path("category").asString()))
        .containsOnly("law");
    assertThat(near.path("data").path(0).path("cosine").asDouble(0)).isGreaterThan(0.5);
    assertThat(service.get("/v1/outcomes?near=+").statusCode()).isEqualTo(400);
  }

  @Test
  void whatIsWrongIsSaidWithWhatToDo() {
    assertThat(service.get("/v1/routers/router_none").statusCode()).isEqualTo(404);
    assertThat(service.post("/v1/routers/router_none/promote", "{}").statusCode()).isEqualTo(404);
    assertThat(service.post("/v1/routers/router_none/demote", "{}").statusCode()).isEqualTo(404);
    assertThat(service.post("/v1/routers", "{\"seed\":1.5}").statusCode()).isEqualTo(400);
    assertThat(service.post("/v1/routers", "{\"sead\":1}").statusCode()).isEqualTo(400);
    assertThat(service.post("/v1/experts/nobody/interview", "{}").statusCode()).isEqualTo(404);
    assertThat(service.post("/v1/experts/learn-new/exam", "{}").statusCode()).isEqualTo(404);
    assertThat(service.post("/v1/experts/learn-new/interview", "{\"budget_usd\":-1}").statusCode())
        .isEqualTo(400);
    assertThat(service.post("/v1/recruit", "{}").statusCode()).isEqualTo(400);
    assertThat(
            json(service.post(
                    "/v1/recruit",
                    "{\"examples\":[{\"question\":\"x\",\"correct\":{\"learn-law\":2}}]}"))
                .path("detail")
                .asString())
        .contains("examples[0].correct.learn-law");
    assertThat(service.post("/v1/replays", "{\"policy\":\"best\"}").statusCode()).isEqualTo(400);
    assertThat(service.post("/v1/replays", "{\"policy\":{\"valeu\":1}}").statusCode())
        .isEqualTo(400);
    assertThat(service.post("/v1/replays", "{\"train\":\"0.6\"}").statusCode()).isEqualTo(400);
    assertThat(
            json(service.post(
                    "/v1/replays",
                    "{\"records\":[{\"question\":\"x\",\"expert\":\"e\",\"correct\":1,\"cost\":0}]}"))
                .path("detail")
                .asString())
        .contains("at least two experts");
  }
}
