package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class OutcomesTest {
  private final RunningService service = RunningService.shared();

  private HttpResponse<String> send(String type, String body) {
    return service.send(
        service
            .request("/v1/outcomes")
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void csvLinesAndArraysAreAddedOnce() {
    var csv =
        send(
            "text/csv",
            "question,expert,correct,cost,category\nCsv 1?,csv-model,1,0.01,maths\nCsv 2?,csv-model,,,\n");
    var lines =
        send(
            "application/x-ndjson",
            "{\"question\":\"Lines?\",\"expert\":\"csv-model\",\"correct\":false,\"cost\":0,\"options\":[\"a\",\"b\"]}\n");
    var array =
        "[{\"question\":\"Array?\",\"expert\":\"csv-model@2\",\"correct\":0.5,\"cost\":null}]";
    var first = json(send("application/json", array));
    var again = json(send("application/json", "{\"outcomes\":" + array + "}"));

    assertThat(csv.statusCode()).as(csv.body()).isEqualTo(200);
    assertThat(json(csv).path("accepted").asInt()).isEqualTo(1);
    assertThat(json(csv).path("skipped").path("outcome missing").asInt()).isEqualTo(1);
    assertThat(lines.statusCode()).as(lines.body()).isEqualTo(200);
    assertThat(first.path("accepted").asInt()).isEqualTo(1);
    assertThat(again.path("accepted").asInt()).isZero();
    assertThat(again.path("skipped").path("already on record").asInt()).isEqualTo(1);
    var page = json(service.get("/v1/outcomes?expert=csv-model&limit=1"));
    assertThat(page.path("data").path(0).path("correct").asDouble()).isEqualTo(1);
    assertThat(page.path("next").isNull()).isFalse();
    assertThat(service.get("/v1/outcomes").body()).contains("\"expert\":\"csv-model@2\"");
  }

  @Test
  void countsComeInPagesAndAreFoundByNameAndByWhoIsRegistered() {
    service.expert("plain");
    send(
        "text/csv",
        """
        question,expert,correct,cost,category
        Counted 1?,plain@1,1,0.5,law
        Counted 2?,plain,0,,law
        Counted 3?,plain,1,0.25,
        Counted 1?,paged-a,1,0,law
        Counted 1?,paged-b@2,0,0,law
        """);

    var first = json(service.get("/v1/outcomes?q=PAGED&limit=1"));
    var second = json(service.get("/v1/outcomes?q=PAGED&limit=1&after=paged-a"));
    assertThat(first.path("data").findValuesAsString("expert")).containsExactly("paged-a");
    assertThat(first.path("next").asString()).isEqualTo("paged-a");
    assertThat(first.at("/total/experts").asInt()).isGreaterThan(3);
    assertThat(second.path("data").findValuesAsString("expert")).containsExactly("paged-b@2");
    assertThat(second.path("next").isNull()).isTrue();
    assertThat(second.has("total")).isFalse();

    var here = json(service.get("/v1/outcomes?registered=true")).path("data");
    var strange = json(service.get("/v1/outcomes?registered=false&q=pa")).path("data");
    assertThat(here.findValuesAsString("expert")).contains("plain", "plain@1");
    assertThat(here.findValuesAsString("registered")).contains("plain").doesNotContain("paged-a");
    assertThat(strange.findValuesAsString("expert")).contains("paged-a", "paged-b@2");

    var sums = json(service.get("/v1/outcomes?expert=plain&by=category")).path("data");
    var law =
        sums.valueStream()
            .filter(each -> each.path("category").asString().equals("law"))
            .findFirst()
            .orElseThrow();
    assertThat(law.path("outcomes").asInt()).isEqualTo(2);
    assertThat(law.path("correct").asDouble()).isEqualTo(0.5);
    assertThat(law.path("usd").asDouble()).isEqualTo(0.5);
    assertThat(json(service.get("/v1/outcomes?by=category")).path("parameter").asString())
        .isEqualTo("expert");
    assertThat(service.get("/v1/outcomes?expert=plain&by=month").statusCode()).isEqualTo(400);
  }

  @Test
  void whatIsWrongIsSaidWithItsPlaceAndNothingIsKept() {
    var response =
        send(
            "text/csv",
            "question,expert,correct,cost\nWrong 1?,wrong-model,1,0\nWrong 2?,wrong-model,1,-3\n");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(json(response).path("detail").asString()).contains("line 3", "'cost'");
    assertThat(service.get("/v1/outcomes").body()).doesNotContain("wrong-model");
  }

  @Test
  void brokenBodiesAreRefusedWithWhatFits() {
    assertThat(json(send("application/json", "[{\"question\":\"a\"}]")).path("detail").asString())
        .contains("expert");
    assertThat(
            json(send(
                    "application/json",
                    "[{\"question\":\"a\",\"expert\":\"e\",\"correct\":2,\"cost\":0}]"))
                .path("detail")
                .asString())
        .contains("element 1", "'correct'");
    assertThat(json(send("application/json", "{}")).path("detail").asString()).contains("array");
    assertThat(json(send("application/json", "[{]")).path("detail").asString())
        .contains("not valid JSON");
    assertThat(send("text/plain", "question,expert").statusCode()).isEqualTo(415);
    assertThat(service.get("/v1/outcomes?expertt=x").statusCode()).isEqualTo(400);
    assertThat(service.get("/v1/outcomes?expert=x&limit=0").statusCode()).isEqualTo(400);
    assertThat(service.get("/v1/outcomes?expert=x&after=zz").statusCode()).isEqualTo(400);
    assertThat(
            service
                .post(
                    "/v1/outcomes?source=gut",
                    "[{\"question\":\"a\",\"expert\":\"e\",\"correct\":1,\"cost\":0}]")
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void anIdCannotMeanTwoQuestions() {
    send(
        "application/json",
        "[{\"id\":\"same\",\"question\":\"One?\",\"expert\":\"e\",\"correct\":1,\"cost\":0}]");

    var other =
        send(
            "application/json",
            "[{\"id\":\"same\",\"question\":\"Two?\",\"expert\":\"e\",\"correct\":1,\"cost\":0}]");

    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(json(other).path("detail").asString()).contains("'same'");
  }

  @Test
  void aKeyThatForbidsKeepingContentsCannotBringQuestions() {
    var made =
        json(
            service.post(
                "/v1/keys",
                "{\"name\":\"silent operator\",\"role\":\"operator\",\"record_content\":false}"));

    var response =
        service.send(
            service
                .request("/v1/outcomes")
                .header("Authorization", "Bearer " + made.path("key").asString())
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "[{\"question\":\"Secret?\",\"expert\":\"e\",\"correct\":1,\"cost\":0}]")));

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(json(response).path("detail").asString()).contains("key");
  }

  @Test
  void aJobThatIsNotThereIsNotFound() {
    assertThat(service.get("/v1/jobs/job_none").statusCode()).isEqualTo(404);
    assertThat(service.delete("/v1/jobs/job_none").statusCode()).isEqualTo(404);
    assertThat(service.get("/v1/replays/job_none").statusCode()).isEqualTo(404);
    assertThat(service.get("/v1/jobs?limit=x").statusCode()).isEqualTo(400);
    assertThat(json(service.get("/v1/jobs")).path("data").isArray()).isTrue();
  }
}
