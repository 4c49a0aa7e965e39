package io.consilium.adapters.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeExchange;
import io.consilium.expert.Provider;
import io.consilium.expert.Usage;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GeminiTest extends JsonProviderContract {
  @Override
  Provider provider() {
    return Provider.GEMINI;
  }

  @Override
  boolean namesModel() {
    return false;
  }

  @Override
  URI url() {
    return upstream.url();
  }

  @Override
  JsonNode maxTokens(JsonNode body) {
    return body.path("generationConfig").path("maxOutputTokens");
  }

  private static String reply(String part, String end) {
    return "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[%s]}%s"
        .formatted(part, end);
  }

  private static String last(String part) {
    return reply(
        part,
        ",\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":11,\"candidatesTokenCount\":6,\"totalTokenCount\":17}}");
  }

  private static boolean streamed(FakeExchange exchange) {
    return exchange.path().contains("streamGenerateContent");
  }

  @Override
  void begin(FakeExchange exchange) throws IOException {
    exchange.open();
    exchange.event(reply("{\"text\":\"The \"}", "}]}"));
  }

  @Override
  void say(FakeExchange exchange) throws IOException {
    assertThat(exchange.path()).startsWith("/v1/models/says:");
    assertThat(exchange.header("x-goog-api-key")).isEqualTo(KEY);
    if (streamed(exchange)) {
      begin(exchange);
      exchange.event(last("{\"text\":\"answer is 5.\"}"));
      exchange.end();
    } else {
      exchange.json(200, last("{\"text\":\"The answer is 5.\"}"));
    }
  }

  @Override
  void call(FakeExchange exchange) throws IOException {
    var call = "{\"functionCall\":{\"name\":\"look_up\",\"args\":{\"word\":\"five\"}}}";
    if (streamed(exchange)) {
      exchange.open();
      exchange.event(last(call));
      exchange.end();
    } else {
      exchange.json(200, last(call));
    }
  }

  @Test
  void thoughtsAreReasoningAndCountAsOutput() {
    var thinking =
        expert(
            "thinks",
            exchange ->
                exchange.json(
                    200,
                    reply(
                        "{\"text\":\"2 and 3\",\"thought\":true},{\"text\":\"5\"}",
                        ",\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":11,\"candidatesTokenCount\":6,\"thoughtsTokenCount\":4,\"totalTokenCount\":21}}")));
    var answer = ask(thinking, body(false));
    assertThat(answer.reasoning()).isEqualTo("2 and 3");
    assertThat(answer.text()).isEqualTo("5");
    assertThat(answer.usage()).isEqualTo(new Usage(11, 10, 0, 4, false));
  }

  @Test
  void jsonModeGoesDown() {
    var body = body(false);
    body.putObject("response_format").put("type", "json_object");
    ask(expert(), body);
    assertThat(sent().path("generationConfig").path("responseMimeType").asString())
        .isEqualTo("application/json");
  }
}
