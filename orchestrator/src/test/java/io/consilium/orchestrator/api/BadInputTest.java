package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputTest {
  private final RunningService service = RunningService.shared();

  @Test
  void malformedJsonNamesThePlace() {
    var response = service.chat("{\"model\": \"x\",\n \"messages\": [}");

    failsWith(response, 400, "invalid_request");
    assertThat(message(response)).contains("line 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"text\"", "17", "null"})
  void aBodyThatIsNoObjectIsRefused(String body) {
    failsWith(service.chat(body), 400, "invalid_request");
  }

  @Test
  void anEmptyBodyIsRefused() {
    failsWith(service.chat(""), 400, "invalid_request");
  }

  @Test
  void anUnknownModelListsNearNames() {
    var response = service.chat(question("calculatr", "2+2"));

    failsWith(response, 404, "model_not_found");
    assertThat(message(response)).contains("calculator");
    assertThat(error(response, "param")).isEqualTo("model");
  }

  @Test
  void anUnknownPolicyListsNearNames() {
    var response = service.chat(question("consilium/economi", "2+2"));

    failsWith(response, 404, "model_not_found");
    assertThat(message(response)).contains("consilium/economy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "temperature|\"hot\"",
        "temperature|-1",
        "temperature|3",
        "top_p|-0.1",
        "presence_penalty|-3",
        "max_tokens|-5",
        "max_tokens|1.5",
        "max_tokens|\"ten\"",
        "n|0",
        "stream|\"yes\"",
        "tools|{}",
        "response_format|\"json\""
      })
  void wrongTypesAndRangesNameTheField(String field, String value) {
    service.expert("plain");
    var response =
        service.chat(
            "{\"model\":\"plain\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"%s\":%s}"
                .formatted(field, value));

    failsWith(response, 400, "invalid_request");
    assertThat(error(response, "param")).startsWith(field);
  }

  @Test
  void notANumberIsNoJson() {
    failsWith(
        service.chat(
            "{\"model\":\"plain\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"temperature\":NaN}"),
        400,
        "invalid_request");
  }

  @Test
  void noMessagesAreRefused() {
    var response = service.chat("{\"model\":\"calculator\",\"messages\":[]}");

    failsWith(response, 400, "invalid_request");
    assertThat(error(response, "param")).isEqualTo("messages");
  }

  @Test
  void aBodyOfTwentyMegabytesIsTooLarge() {
    var response = service.chat("{\"model\":\"" + "x".repeat(20_000_000) + "\"}");

    failsWith(response, 413, "too_large");
  }

  @Test
  void aBodyOfUnknownLengthIsCutOffAtTheLimit() {
    var response =
        service.send(
            service
                .request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofInputStream(() ->
                        new java.io.ByteArrayInputStream(
                            ("{\"model\":\"" + "x".repeat(20_000_000) + "\"}")
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII)))));

    failsWith(response, 413, "too_large");
  }

  @Test
  void aPromptOfAMillionTokensFitsNobodyWhoSaysHowMuchTheyRead() {
    var card = service.card("small", "plain").put("context", 8192);
    service.post("/v1/experts", card);
    var prompt = "word ".repeat(1_000_000);

    var pinned = service.chat(question("small", prompt));
    var body = question("consilium/auto", prompt);
    body.putObject("consilium").putArray("pin").add("small");
    var routed = service.chat(body);

    failsWith(pinned, 400, "context_length_exceeded");
    assertThat(message(pinned)).contains("8,192");
    failsWith(routed, 503, "no_expert");
    assertThat(message(routed)).contains("small").contains("8192");
  }

  @Test
  void anotherContentTypeIsRefused() {
    var response =
        service.send(
            service
                .request("/v1/chat/completions")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(question("plain", "x").toString())));

    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(message(response)).contains("application/json", "text/plain");
  }

  @Test
  void anotherMethodIsRefusedAndTheRightOneNamed() {
    var response = service.get("/v1/chat/completions");

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("POST");
  }

  @Test
  void anUnknownPathIsNotFoundInTheShapeOfItsFace() {
    assertThat(error(service.get("/v1/nothing"), "code")).isEqualTo("not_found");
    assertThat(json(service.get("/nothing")).path("status").asInt(0)).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "telepathy|there are: weighted_vote, majority_vote",
        "majority_vot|the nearest is majority_vote",
        "synthesis|write 'synthesis:EXPERT'",
        "majority_vote:plain|asks no expert",
      })
  void anUnknownAggregatorListsThoseThereAre(String aggregator, String says) {
    service.expert("plain");
    var body = question("consilium/panel", "2 + 2?");
    body.putObject("consilium").put("aggregator", aggregator);

    var response = service.chat(body);

    failsWith(response, 400, "invalid_request");
    assertThat(message(response)).contains(says);
    assertThat(error(response, "param")).isEqualTo("consilium.aggregator");
  }

  @Test
  void anAggregatorsExpertMustBeThere() {
    var body = question("consilium/panel", "2 + 2?");
    body.putObject("consilium").put("aggregator", "synthesis:nobody-here");

    var response = service.chat(body);

    failsWith(response, 404, "model_not_found");
    assertThat(error(response, "param")).isEqualTo("consilium.aggregator");
  }

  @Test
  void anUnknownWishNamesTheNearest() {
    var body = question("consilium/auto", "x");
    body.putObject("consilium").put("polcy", "economy");

    var response = service.chat(body);

    failsWith(response, 400, "invalid_request");
    assertThat(message(response)).contains("consilium.policy");
    assertThat(error(response, "param")).isEqualTo("consilium.polcy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "budget_usd|0",
        "budget_usd|-1",
        "deadline_ms|0",
        "deadline_ms|\"soon\"",
        "minimum|2",
        "risk|-0.5",
        "explain|1",
        "policy|\"cheap\"",
        "pin|\"plain\"",
        "conversation|\"\""
      })
  void wishesOutOfRangeNameTheField(String field, String value) {
    var response =
        service.chat(
            "{\"model\":\"consilium/auto\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"consilium\":{\"%s\":%s}}"
                .formatted(field, value));

    failsWith(response, 400, "invalid_request");
    assertThat(error(response, "param")).isEqualTo("consilium." + field);
  }

  @Test
  void aPinnedExpertThatDoesNotExistIsAnUnknownModel() {
    var body = question("consilium/auto", "x");
    body.putObject("consilium").putArray("pin").add("calculater");

    var response = service.chat(body);

    failsWith(response, 404, "model_not_found");
    assertThat(error(response, "param")).isEqualTo("consilium.pin");
  }

  @Test
  void anExpiredDeadlineEndsTheWait() {
    service.expert("hang");
    var body = question("hang", "x");
    body.putObject("consilium").put("deadline_ms", 300);

    var response = service.chat(body);

    failsWith(response, 504, "deadline_exceeded");
  }

  @ParameterizedTest
  @CsvSource({
    "html,502,upstream_invalid",
    "not-json,502,upstream_invalid",
    "hang-up,503,unavailable",
    "cut-body,502,stream_broken",
    "401,502,upstream_auth",
    "429,429,rate_limit_exceeded",
    "429-retry-after,429,rate_limit_exceeded",
    "500,503,unavailable",
    "rejects,400,upstream_rejected",
    "too-long,400,context_length_exceeded"
  })
  void whatAnUpstreamDoesWrongIsAStatusOfOurs(String behaviour, int status, String code) {
    var response = service.chat(question(service.expert(behaviour), "x"));

    failsWith(response, status, code);
  }

  @Test
  void theWaitAnUpstreamAsksForIsPassedOn() {
    var response = service.chat(question(service.expert("429-retry-after"), "x"));

    assertThat(response.headers().firstValue("Retry-After")).hasValue("7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"html", "bad-sse", "cut-before-first", "hang-up", "empty-stream"})
  void aStreamThatBreaksBeforeItsFirstPieceIsAStatusAndNoStream(String behaviour) {
    var response = service.chat(question(service.expert(behaviour), "x").put("stream", true));

    assertThat(response.statusCode()).as(response.body()).isBetween(500, 599);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
  }

  @Test
  void aRightKeyIsNeededWhereOneIsSent() {
    var response =
        service.send(service.request("/v1/models").header("Authorization", "Bearer nonsense"));

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(error(response, "code")).isEqualTo("invalid_api_key");
  }

  private static void failsWith(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(error(response, "code")).isEqualTo(code);
    assertThat(message(response)).isNotBlank();
  }

  private static String message(HttpResponse<String> response) {
    return error(response, "message");
  }

  private static String error(HttpResponse<String> response, String field) {
    return json(response).path("error").path(field).asString("");
  }
}
