package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Json;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToolSearchTest {
  private final RunningService service = RunningService.shared();

  @Test
  void theToolForAStepIsFoundWithItsScoreAndWhy() {
    var response =
        service.post(
            "/v1/tools/search",
            Json.object().put("request", "how many kilometres are 26 miles").put("limit", 2));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    var found = json(response);
    assertThat(found.path("searched").asInt()).isGreaterThanOrEqualTo(3);
    assertThat(found.path("data")).hasSize(2);
    var best = found.path("data").path(0);
    assertThat(best.path("id").asString()).isEqualTo("unit-converter");
    assertThat(best.path("server").asString()).isEqualTo("everyday");
    assertThat(best.path("schema").path("properties").isEmpty()).isFalse();
    assertThat(best.path("score").doubleValue())
        .isGreaterThan(found.path("data").path(1).path("score").doubleValue());
    assertThat(best.path("why").path("meaning").doubleValue()).isPositive();
  }

  @Test
  void onlyTheToolsOfTheServersAskedForAreSearched() {
    var asked = Json.object().put("request", "the weekday of a date");
    asked.putArray("servers").add("everyday");

    var found = json(service.post("/v1/tools/search", asked));
    asked.putArray("servers").add("no-such-server");
    var unknown = service.post("/v1/tools/search", asked);

    assertThat(found.path("data").path(0).path("id").asString()).isEqualTo("date-calculator");
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(json(unknown).path("detail").asString()).contains("no-such-server", "everyday");
  }

  @Test
  void aSearchWithoutARequestOrWithAnUnknownKeyIsRefused() {
    var empty = service.post("/v1/tools/search", Json.object());
    var unknown =
        service.post("/v1/tools/search", Json.object().put("request", "x").put("topk", 3));
    var many = service.post("/v1/tools/search", Json.object().put("request", "x").put("limit", 0));
    var endless =
        service.post("/v1/tools/search", Json.object().put("request", "x ".repeat(20_000)));

    Map<String, HttpResponse<String>> refused =
        Map.of("request", empty, "topk", unknown, "limit", many, "characters", endless);
    refused.forEach((word, response) -> {
      assertThat(response.statusCode()).as(word).isEqualTo(400);
      assertThat(json(response).path("detail").asString()).contains(word);
    });
  }
}
