package io.consilium.adapters.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeExchange;
import io.consilium.expert.Provider;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OllamaTest extends JsonProviderContract {
  @Override
  Provider provider() {
    return Provider.OLLAMA;
  }

  @Override
  URI url() {
    return URI.create(upstream.url().toString().replace("/v1", ""));
  }

  @Override
  Map<String, String> options() {
    return Map.of("num_ctx", "8192");
  }

  @Override
  JsonNode maxTokens(JsonNode body) {
    return body.path("options").path("num_predict");
  }

  private static String line(String message, String end) {
    return "{\"model\":\"x\",\"created_at\":\"2026-11-24T12:00:00Z\",\"message\":{\"role\":\"assistant\",%s},%s}\n"
        .formatted(message, end);
  }

  private static String last(String message) {
    return line(
        message,
        "\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":11,\"eval_count\":6");
  }

  @Override
  void begin(FakeExchange exchange) throws IOException {
    exchange.open();
    exchange.chunk(line("\"content\":\"The \"", "\"done\":false"));
  }

  @Override
  void say(FakeExchange exchange) throws IOException {
    assertThat(exchange.path()).isEqualTo("/api/chat");
    if (exchange.streamed()) {
      begin(exchange);
      exchange.chunk(line("\"content\":\"answer is 5.\"", "\"done\":false"));
      exchange.chunk(last("\"content\":\"\""));
      exchange.end();
    } else {
      exchange.json(200, last("\"content\":\"The answer is 5.\""));
    }
  }

  @Override
  void call(FakeExchange exchange) throws IOException {
    var calls =
        "\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"look_up\",\"arguments\":{\"word\":\"five\"}}}]";
    if (exchange.streamed()) {
      exchange.open();
      exchange.chunk(line(calls, "\"done\":false"));
      exchange.chunk(last("\"content\":\"\""));
      exchange.end();
    } else {
      exchange.json(200, last(calls));
    }
  }

  @Test
  void theContextWindowIsAsConfigured() {
    ask(expert(), body(false));
    assertThat(sent().path("options").path("num_ctx").intValue()).isEqualTo(8192);
  }

  @Test
  void reasoningIsKept() {
    var thinking =
        expert(
            "thinks",
            exchange -> exchange.json(200, last("\"content\":\"5\",\"thinking\":\"2 and 3\"")));
    assertThat(ask(thinking, body(false)).reasoning()).isEqualTo("2 and 3");
  }
}
