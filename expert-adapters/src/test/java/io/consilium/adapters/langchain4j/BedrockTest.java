package io.consilium.adapters.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeExchange;
import io.consilium.expert.Provider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;
import tools.jackson.databind.JsonNode;

class BedrockTest extends ProviderContract {
  @Override
  Provider provider() {
    return Provider.BEDROCK;
  }

  @Override
  boolean namesModel() {
    return false;
  }

  @Override
  Map<String, String> options() {
    return Map.of("region", "eu-central-1");
  }

  @Override
  URI url() {
    return URI.create(upstream.url().toString().replace("/v1", ""));
  }

  @Override
  JsonNode maxTokens(JsonNode body) {
    return body.path("inferenceConfig").path("maxTokens");
  }

  private static boolean streamed(FakeExchange exchange) {
    return exchange.path().endsWith("converse-stream");
  }

  private static void event(ByteArrayOutputStream into, String type, String payload) {
    new Message(
            Map.of(
                ":message-type", HeaderValue.fromString("event"),
                ":event-type", HeaderValue.fromString(type),
                ":content-type", HeaderValue.fromString("application/json")),
            payload.getBytes(StandardCharsets.UTF_8))
        .encode(into);
  }

  private static void stream(FakeExchange exchange, String stop, String... events)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    event(bytes, "messageStart", "{\"role\":\"assistant\"}");
    for (int i = 0; i < events.length; i += 2) {
      event(bytes, events[i], events[i + 1]);
    }
    event(bytes, "contentBlockStop", "{\"contentBlockIndex\":0}");
    event(bytes, "messageStop", "{\"stopReason\":\"" + stop + "\"}");
    event(
        bytes,
        "metadata",
        "{\"usage\":{\"inputTokens\":11,\"outputTokens\":6,\"totalTokens\":17},\"metrics\":{\"latencyMs\":1}}");
    exchange.answer(
        200, Map.of("Content-Type", "application/vnd.amazon.eventstream"), bytes.toByteArray());
  }

  private static String reply(String content, String stop) {
    return "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[%s]}},\"stopReason\":\"%s\",\"usage\":{\"inputTokens\":11,\"outputTokens\":6,\"totalTokens\":17},\"metrics\":{\"latencyMs\":1}}"
        .formatted(content, stop);
  }

  @Override
  void say(FakeExchange exchange) throws IOException {
    assertThat(exchange.path()).startsWith("/model/says/converse");
    assertThat(exchange.header("authorization")).isEqualTo("Bearer " + KEY);
    if (streamed(exchange)) {
      stream(
          exchange,
          "end_turn",
          "contentBlockDelta",
          "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"The \"}}",
          "contentBlockDelta",
          "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"answer is 5.\"}}");
    } else {
      exchange.json(200, reply("{\"text\":\"The answer is 5.\"}", "end_turn"));
    }
  }

  @Override
  void call(FakeExchange exchange) throws IOException {
    if (streamed(exchange)) {
      stream(
          exchange,
          "tool_use",
          "contentBlockStart",
          "{\"contentBlockIndex\":0,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"look_up\"}}}",
          "contentBlockDelta",
          "{\"contentBlockIndex\":0,\"delta\":{\"toolUse\":{\"input\":\"{\\\"word\\\":\\\"five\\\"}\"}}}");
    } else {
      exchange.json(
          200,
          reply(
              "{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"look_up\",\"input\":{\"word\":\"five\"}}}",
              "tool_use"));
    }
  }

  @Test
  void aCutStreamIsBroken() {
    var cut =
        expert(
            "cut",
            exchange -> {
              exchange.write(
                  "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nContent-Length: 9999\r\n\r\n");
              exchange.close();
            });
    assertThat(failure(() -> ask(cut, body(true))).kind().retryable()).isTrue();
  }
}
