package io.consilium.adapters.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeExchange;
import io.consilium.expert.Assembly;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Provider;
import io.consilium.expert.Usage;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AnthropicTest extends JsonProviderContract {
  private static final String START =
      """
      {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"model":"x","stop_reason":null,"usage":{"input_tokens":11,"output_tokens":1}}}\
      """;

  @Override
  Provider provider() {
    return Provider.ANTHROPIC;
  }

  @Override
  URI url() {
    return upstream.url();
  }

  @Override
  JsonNode maxTokens(JsonNode body) {
    return body.path("max_tokens");
  }

  private static void event(FakeExchange exchange, String name, String data) throws IOException {
    exchange.chunk("event: " + name + "\ndata: " + data + "\n\n");
  }

  @Override
  void begin(FakeExchange exchange) throws IOException {
    exchange.open();
    event(exchange, "message_start", START);
    event(
        exchange,
        "content_block_start",
        "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}");
    text(exchange, "The ");
  }

  private static void text(FakeExchange exchange, String text) throws IOException {
    event(
        exchange,
        "content_block_delta",
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}"
            .formatted(text));
  }

  private static void stop(FakeExchange exchange, String reason, int tokens) throws IOException {
    event(exchange, "content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}");
    event(
        exchange,
        "message_delta",
        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"%s\"},\"usage\":{\"output_tokens\":%d}}"
            .formatted(reason, tokens));
    event(exchange, "message_stop", "{\"type\":\"message_stop\"}");
    exchange.end();
  }

  @Override
  void say(FakeExchange exchange) throws IOException {
    assertThat(exchange.path()).isEqualTo("/v1/messages");
    assertThat(exchange.header("x-api-key")).isEqualTo(KEY);
    if (exchange.streamed()) {
      begin(exchange);
      text(exchange, "answer is 5.");
      stop(exchange, "end_turn", 6);
    } else {
      exchange.json(
          200,
          """
          {"id":"m","type":"message","role":"assistant","model":"x","content":[{"type":"text","text":"The answer is 5."}],
           "stop_reason":"end_turn","usage":{"input_tokens":11,"output_tokens":6}}\
          """);
    }
  }

  @Override
  void call(FakeExchange exchange) throws IOException {
    if (exchange.streamed()) {
      exchange.open();
      event(exchange, "message_start", START);
      event(
          exchange,
          "content_block_start",
          "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"look_up\",\"input\":{}}}");
      for (var piece : new String[] {"{\\\"word\\\":", "\\\"five\\\"}"}) {
        event(
            exchange,
            "content_block_delta",
            "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"%s\"}}"
                .formatted(piece));
      }
      stop(exchange, "tool_use", 6);
    } else {
      exchange.json(
          200,
          """
          {"id":"m","type":"message","role":"assistant","model":"x",
           "content":[{"type":"tool_use","id":"toolu_1","name":"look_up","input":{"word":"five"}}],
           "stop_reason":"tool_use","usage":{"input_tokens":11,"output_tokens":6}}\
          """);
    }
  }

  @Test
  void reasoningAndCachedTokensAreKept() {
    var thinking =
        expert(
            "thinks",
            exchange ->
                exchange.json(
                    200,
                    """
                    {"id":"m","type":"message","role":"assistant","model":"x",
                     "content":[{"type":"thinking","thinking":"2 and 3 make 5","signature":"s"},{"type":"text","text":"5"}],
                     "stop_reason":"end_turn","usage":{"input_tokens":3,"cache_read_input_tokens":8,"output_tokens":6}}\
                    """));
    var answer = ask(thinking, body(false));
    assertThat(answer.reasoning()).isEqualTo("2 and 3 make 5");
    assertThat(answer.usage()).isEqualTo(new Usage(11, 6, 8, 0, false));
  }

  @Test
  void reasoningIsStreamed() {
    var thinking =
        expert(
            "thinks",
            exchange -> {
              exchange.open();
              event(exchange, "message_start", START);
              event(
                  exchange,
                  "content_block_start",
                  "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}}");
              event(
                  exchange,
                  "content_block_delta",
                  "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}}");
              stop(exchange, "end_turn", 6);
            });
    var assembly = new Assembly();
    thinking.answer(asked(body(true)), assembly);
    assertThat(assembly.answer(Usage.NONE).reasoning()).isEqualTo("hm");
  }

  @Test
  void aStructuredAnswerNeedsASchemaHere() {
    var body = body(false);
    body.putObject("response_format").put("type", "json_object");
    assertThat(failure(() -> ask(expert(), body)).kind()).isEqualTo(FailureKind.UNSUPPORTED);
    var schema =
        body.putObject("response_format").put("type", "json_schema").putObject("json_schema");
    schema
        .put("name", "sum")
        .putObject("schema")
        .put("type", "object")
        .putObject("properties")
        .putObject("sum")
        .put("type", "integer")
        .put("minimum", 0);
    ask(expert(), body);
    assertThat(sent().path("output_config").toString()).contains("\"sum\"", "\"minimum\":0");
  }

  @Test
  void tooLongAQuestionIsSaidToBeTooLong() {
    var full =
        expert(
            "full",
            exchange ->
                exchange.json(
                    400,
                    "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 210000 tokens > 200000 maximum\"}}"));
    assertThat(failure(() -> ask(full, body(false))).kind())
        .isEqualTo(FailureKind.CONTEXT_TOO_LONG);
  }
}
