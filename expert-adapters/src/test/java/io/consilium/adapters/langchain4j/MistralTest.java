package io.consilium.adapters.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeExchange;
import io.consilium.expert.Provider;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MistralTest extends JsonProviderContract {
  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":6,\"total_tokens\":17}";

  @Override
  Provider provider() {
    return Provider.MISTRAL;
  }

  @Override
  URI url() {
    return upstream.url();
  }

  @Override
  JsonNode maxTokens(JsonNode body) {
    return body.path("max_tokens");
  }

  private static void piece(FakeExchange exchange, String delta, String end) throws IOException {
    exchange.event(
        "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"x\",\"created\":1,\"choices\":[{\"index\":0,\"delta\":{%s}%s"
            .formatted(delta, end));
  }

  @Override
  void begin(FakeExchange exchange) throws IOException {
    exchange.open();
    piece(exchange, "\"role\":\"assistant\",\"content\":\"The \"", "}]}");
  }

  @Override
  void say(FakeExchange exchange) throws IOException {
    assertThat(exchange.path()).isEqualTo("/v1/chat/completions");
    assertThat(exchange.header("authorization")).isEqualTo("Bearer " + KEY);
    if (exchange.streamed()) {
      begin(exchange);
      piece(exchange, "\"content\":\"answer is 5.\"", "}]}");
      piece(exchange, "\"content\":\"\"", ",\"finish_reason\":\"stop\"}]," + USAGE + "}");
      exchange.done();
    } else {
      exchange.json(
          200,
          """
          {"id":"c","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,
           "message":{"role":"assistant","content":"The answer is 5."},"finish_reason":"stop"}],%s}\
          """
              .formatted(USAGE));
    }
  }

  @Override
  void call(FakeExchange exchange) throws IOException {
    var calls =
        "\"content\":\"\",\"tool_calls\":[{\"id\":\"c1\",\"index\":0,\"type\":\"function\",\"function\":{\"name\":\"look_up\",\"arguments\":\"{\\\"word\\\":\\\"five\\\"}\"}}]";
    if (exchange.streamed()) {
      exchange.open();
      piece(exchange, calls, ",\"finish_reason\":\"tool_calls\"}]," + USAGE + "}");
      exchange.done();
    } else {
      exchange.json(
          200,
          """
          {"id":"c","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,
           "message":{"role":"assistant",%s},"finish_reason":"tool_calls"}],%s}\
          """
              .formatted(calls, USAGE));
    }
  }

  @Test
  void jsonModeGoesDown() {
    var body = body(false);
    body.putObject("response_format").put("type", "json_object");
    ask(expert(), body);
    assertThat(sent().path("response_format").path("type").asString()).isEqualTo("json_object");
  }
}
