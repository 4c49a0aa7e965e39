package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.Behaviours;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {
  private final RunningService service = RunningService.shared();

  @Test
  void aNamedExpertsReplyPassesThroughByteForByte() {
    var body =
        "{\"id\":\"x\",  \"future\":1.50,\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"ok\",\"novel\":true},\"finish_reason\":\"stop\"}]}";
    service.upstream().script("odd-spacing", exchange -> exchange.json(200, body));

    var response = service.chat(question(service.expert("odd-spacing"), "Hello?"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(body);
  }

  @Test
  void unknownFieldsReachTheExpertAndOurOwnDoNot() {
    var body = question(service.expert("plain"), "Hello?");
    body.putObject("consilium").put("deadline_ms", 60_000);

    service.chat(body.toString().replaceFirst("\\{", "{\"some_new_field\":12.50,"));

    var sent = service.upstream().await("plain").body();
    assertThat(sent.path("some_new_field").toString()).isEqualTo("12.50");
    assertThat(sent.has("consilium")).isFalse();
  }

  @Test
  void aReplySaysWhatWasDecidedAndWhatItCostInTime() {
    var response =
        service.send(
            service
                .request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .header("x-request-id", "mine-42")
                .POST(
                    BodyPublishers.ofString(
                        question(service.expert("plain"), "Hello?").toString())));

    var headers = response.headers();
    assertThat(headers.firstValue("x-consilium-decision").orElse("")).startsWith("dec_");
    assertThat(headers.firstValue("x-consilium-plan")).hasValue("one");
    assertThat(headers.firstValue("x-consilium-expert")).hasValue("plain");
    assertThat(Double.parseDouble(headers.firstValue("x-consilium-overhead-ms").orElse("x")))
        .isBetween(0.0, 60_000.0);
    assertThat(headers.firstValue("x-request-id")).hasValue("mine-42");
  }

  @Test
  void streamedFramesPassThroughByteForByte() {
    List<String> frames =
        List.of(
            "{\"id\": \"u\",  \"odd\":1.0, \"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}",
            "{\"id\":\"u\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}",
            "{\"id\":\"u\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
    service
        .upstream()
        .script(
            "frames",
            exchange -> {
              exchange.open();
              for (var frame : frames) {
                exchange.event(frame);
              }
              exchange.done();
              exchange.end();
            });

    var response = service.chat(question(service.expert("frames"), "Hello?").put("stream", true));

    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(response.body())
        .isEqualTo("data: " + String.join("\n\ndata: ", frames) + "\n\ndata: [DONE]\n\n");
  }

  @Test
  void usageIsStreamedOnlyToThoseWhoAsk() {
    var plain = question(service.expert("plain"), "Hello?").put("stream", true);
    var asking = plain.deepCopy();
    asking.putObject("stream_options").put("include_usage", true);

    assertThat(service.chat(plain).body()).doesNotContain("\"prompt_tokens\"");
    assertThat(service.chat(asking).body()).containsOnlyOnce("\"prompt_tokens\"");
  }

  @Test
  void anExpertWithoutFramesIsRenderedAsAWholeStream() {
    var body = question("calculator", "What is 17.5 % of 2,340 EUR?").put("stream", true);
    body.putObject("stream_options").put("include_usage", true);

    var events = events(service.chat(body).body());

    assertThat(events.getFirst()).contains("\"role\":\"assistant\"");
    assertThat(String.join("", events)).contains("409.50", "\"finish_reason\":\"stop\"");
    assertThat(events.get(events.size() - 2)).contains("prompt_tokens");
    assertThat(events.getLast()).isEqualTo("[DONE]");
  }

  @Test
  void theOlderCompletionsFormatIsServedByChatModels() {
    var whole =
        service.post(
            "/v1/completions",
            "{\"model\":\"%s\",\"prompt\":\"Hello?\"}".formatted(service.expert("plain")));
    var streamed =
        service.post(
            "/v1/completions", "{\"model\":\"plain\",\"prompt\":\"Hello?\",\"stream\":true}");

    assertThat(json(whole).path("object").asString()).isEqualTo("text_completion");
    assertThat(json(whole).path("choices").path(0).path("text").asString())
        .isEqualTo(Behaviours.ANSWER);
    assertThat(events(streamed.body()).getFirst()).contains("\"object\":\"text_completion\"");
    assertThat(events(streamed.body()).getLast()).isEqualTo("[DONE]");
  }

  @Test
  void embeddingsComeFromAnUpstreamOrFromThisProcess() {
    var upstream =
        service.post(
            "/v1/embeddings",
            "{\"model\":\"%s\",\"input\":\"Hello\"}".formatted(service.expert("embed")));
    var ours = service.post("/v1/embeddings", "{\"model\":\"minilm\",\"input\":[\"a\",\"b\"]}");

    assertThat(json(upstream).path("data").path(0).path("embedding").size()).isEqualTo(2);
    assertThat(json(ours).path("data").size()).isEqualTo(2);
    assertThat(json(ours).path("data").path(1).path("embedding").size()).isEqualTo(384);
  }

  @Test
  void explainingAddsTheDecisionToTheReply() {
    var body = question(service.expert("plain"), "Hello?");
    body.putObject("consilium").put("explain", true);

    var explained = json(service.chat(body)).path("consilium");

    assertThat(explained.path("decision").asString()).startsWith("dec_");
    assertThat(explained.path("plan").path("type").asString()).isEqualTo("one");
    assertThat(explained.path("candidates").path(0).path("expert").asString()).isEqualTo("plain");
  }

  @Test
  void explainingAStreamAddsAnEventBeforeTheEnd() {
    var body = question(service.expert("plain"), "Hello?").put("stream", true);
    body.putObject("consilium").put("explain", true);

    var events = events(service.chat(body).body());

    assertThat(events.get(events.size() - 2)).contains("\"choices\":[]", "\"consilium\":{");
  }

  @Test
  void theRightBundledExpertAnswers() {
    var body = question("consilium/auto", "What is 17.5 % of 2,340 EUR?");
    // whom it takes for the best, whatever it thinks the chances are
    body.putObject("consilium").put("minimum", 0);

    var response = service.chat(body);

    assertThat(response.headers().firstValue("x-consilium-expert")).hasValue("calculator");
    assertThat(json(response).path("choices").path(0).path("message").path("content").asString())
        .contains("409.50");
  }

  @Test
  void abstainingIsAnAnswerWithARefusal() {
    var body = question("consilium/auto", "What will my neighbour dream of tonight?");
    body.putObject("consilium").put("minimum", 1);

    var whole = service.chat(body);
    var streamed = events(service.chat(body.put("stream", true)).body());

    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.headers().firstValue("x-consilium-plan")).hasValue("abstain");
    assertThat(json(whole).path("choices").path(0).path("message").path("refusal").asString())
        .isNotBlank();
    assertThat(String.join("", streamed)).contains("\"refusal\":\"");
    assertThat(streamed.getLast()).isEqualTo("[DONE]");
  }

  @Test
  void anotherExpertIsAskedWhenOneFailsBeforeTheFirstByte() {
    service.expert("500");
    var spare = service.card("spare", "plain");
    spare.putObject("price").put("call", 0.001);
    service.post("/v1/experts", spare);
    for (boolean stream : new boolean[] {false, true}) {
      var body = question("consilium/auto", "Who are you?").put("stream", stream);
      var wishes = body.putObject("consilium").put("minimum", 0);
      wishes.putArray("pin").add("500").add("spare");

      var response = service.chat(body);

      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(response.headers().firstValue("x-consilium-expert")).hasValue("spare");
    }
    assertThat(service.upstream().exchanges("500")).isNotEmpty();
  }

  @Test
  void aFailureAfterTheFirstPieceIsAnErrorEventAndABrokenConnection() throws Exception {
    service.expert("error-after-piece");
    var body = question("error-after-piece", "Hello?").put("stream", true).toString();

    try (var socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                  .formatted(body.length(), body)
                  .getBytes(StandardCharsets.US_ASCII));
      var heard = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(heard).startsWith("HTTP/1.1 200").contains("Two ", "{\"error\":{");
      assertThat(heard).doesNotContain("[DONE]").doesNotEndWith("0\r\n\r\n");
    }
  }

  private static List<String> events(String body) {
    return Arrays.stream(body.split("\n\n"))
        .map(event -> event.substring("data: ".length()))
        .toList();
  }
}
