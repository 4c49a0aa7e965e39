package io.consilium.adapters.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.consilium.adapters.testing.FakeUpstream.Behaviour;
import io.consilium.expert.Json;
import io.consilium.expert.Usage;
import io.consilium.expert.wire.ChatReplies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What the models of a {@link FakeUpstream} can do, good and bad. */
public final class Behaviours {
  /** What {@code plain} answers. */
  public static final String ANSWER = "Two and three make five.";

  private Behaviours() {}

  /** The models every fake server has from the start. */
  static Map<String, Behaviour> all() {
    return Map.ofEntries(
        Map.entry("plain", saying(ANSWER)),
        Map.entry("echo", Behaviours::echo),
        Map.entry("json", saying("{\"sum\":5}")),
        Map.entry("no-usage", answering(message(ANSWER), "stop", false)),
        Map.entry(
            "reasoning",
            answering(message(ANSWER).put("reasoning_content", "2 + 3"), "stop", true)),
        Map.entry(
            "refusal",
            answering(
                Json.object().putNull("content").put("refusal", "I will not."), "stop", true)),
        Map.entry("tools", answering(tools(), "tool_calls", true)),
        Map.entry("logprobs", Behaviours::logprobs),
        Map.entry("unknown-fields", Behaviours::unknownFields),
        Map.entry("embed", Behaviours::embeddings),
        Map.entry(
            "empty-stream",
            exchange -> {
              exchange.open();
              exchange.done();
            }),
        Map.entry(
            "html",
            exchange ->
                exchange.answer(
                    200,
                    Map.of("Content-Type", "text/html"),
                    "<!DOCTYPE html><html><body>Sign in</body></html>".getBytes(UTF_8))),
        Map.entry("not-json", exchange -> exchange.json(200, "five, I think")),
        Map.entry(
            "not-http",
            exchange -> {
              exchange.write("SSH-2.0-OpenSSH_9.2\r\n");
              exchange.close();
            }),
        Map.entry("hang", FakeExchange::hang),
        Map.entry(
            "hang-in-stream",
            exchange -> {
              exchange.open();
              exchange.event(chunk(message("Two "), null));
              exchange.hang();
            }),
        Map.entry("hang-up", FakeExchange::close),
        Map.entry(
            "cut-stream",
            exchange -> {
              exchange.open();
              exchange.event(chunk(message("Two "), null));
              exchange.close();
            }),
        Map.entry(
            "cut-before-first",
            exchange -> {
              exchange.open();
              exchange.event(chunk(Json.object().put("role", "assistant"), null));
              exchange.close();
            }),
        Map.entry(
            "end-without-finish",
            exchange -> {
              exchange.open();
              exchange.event(chunk(message("Two "), null));
              exchange.end();
            }),
        Map.entry(
            "cut-body",
            exchange -> {
              exchange.write(
                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"choices\":[");
              exchange.close();
            }),
        Map.entry(
            "bad-sse",
            exchange -> {
              exchange.open();
              exchange.event("{\"choices\":[");
              exchange.done();
            }),
        Map.entry(
            "bad-sse-later",
            exchange -> {
              exchange.open();
              exchange.event(chunk(message("Two "), null));
              exchange.event("{\"choices\":[");
              exchange.done();
            }),
        Map.entry(
            "error-in-stream",
            exchange -> {
              exchange.open();
              exchange.event(
                  chunk(Json.object().put("role", "assistant").put("content", ""), null));
              exchange.event(
                  "{\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\",\"code\":429}}");
              exchange.done();
            }),
        Map.entry(
            "error-after-piece",
            exchange -> {
              exchange.open();
              exchange.event(chunk(message("Two "), null));
              exchange.event("{\"error\":{\"message\":\"the GPU fell off\",\"code\":500}}");
              exchange.done();
            }),
        Map.entry("401", failing(401, "Incorrect API key provided", "invalid_api_key")),
        Map.entry("413", failing(413, "Request entity too large", "too_large")),
        Map.entry("429", failing(429, "Rate limit reached", "rate_limit_exceeded")),
        Map.entry(
            "429-retry-after",
            exchange ->
                exchange.answer(
                    429,
                    Map.of("Content-Type", "application/json", "Retry-After", "7"),
                    error("Rate limit reached", "rate_limit_exceeded").getBytes(UTF_8))),
        Map.entry("500", failing(500, "The server had an error", "server_error")),
        Map.entry("rejects", failing(400, "Invalid value for 'temperature'", "invalid_value")),
        Map.entry(
            "too-long",
            failing(
                400,
                "This model's maximum context length is 8192 tokens.",
                "context_length_exceeded")),
        Map.entry(
            "huge",
            exchange ->
                exchange.answer(
                    200, Map.of("Content-Type", "application/json"), new byte[80 << 20])));
  }

  /** Answers a text, streamed word by word when asked to. */
  public static Behaviour saying(String text) {
    return answering(message(text), "stop", true);
  }

  /** Answers what the function makes of the request. */
  public static Behaviour saying(Function<FakeExchange, String> text) {
    return exchange -> saying(text.apply(exchange)).serve(exchange);
  }

  /** Streams the pieces, each once the semaphore hands out a permit; then finishes. */
  public static Behaviour paced(Semaphore permits, String... pieces) {
    return exchange -> {
      exchange.open();
      for (var piece : pieces) {
        permits.acquire();
        exchange.event(chunk(message(piece), null));
      }
      exchange.event(chunk(Json.object(), "stop"));
      exchange.done();
    };
  }

  /** Sends nothing, not even the head of a reply, until the latch opens; then answers. */
  public static Behaviour slow(CountDownLatch until, String text) {
    return exchange -> {
      until.await();
      saying(text).serve(exchange);
    };
  }

  /** Fails the first {@code times}, then behaves. */
  public static Behaviour after(int times, Behaviour failing, Behaviour then) {
    var left = new AtomicInteger(times);
    return exchange -> (left.getAndDecrement() > 0 ? failing : then).serve(exchange);
  }

  /** Fails with a status and an error body as OpenAI writes them. */
  public static Behaviour failing(int status, String message, String code) {
    return exchange -> exchange.json(status, error(message, code));
  }

  /** An error body as OpenAI writes it. */
  public static String error(String message, String code) {
    var root = Json.object();
    root.putObject("error")
        .put("message", message)
        .put("type", "invalid_request_error")
        .putNull("param")
        .put("code", code);
    return text(root);
  }

  private static Behaviour answering(ObjectNode message, String finish, boolean usage) {
    return exchange -> {
      if (exchange.streamed()) {
        exchange.open();
        exchange.event(chunk(Json.object().put("role", "assistant").put("content", ""), null));
        for (var piece : pieces(message)) {
          exchange.event(chunk(piece, null));
        }
        exchange.event(chunk(Json.object(), finish));
        if (usage
            && exchange.body().path("stream_options").path("include_usage").asBoolean(false)) {
          var last = envelope("chat.completion.chunk");
          last.putArray("choices");
          exchange.event(text(last.set("usage", usage())));
        }
        exchange.done();
      } else {
        exchange.json(200, whole(message, finish, usage, Json.object()));
      }
    };
  }

  /** Words one by one, other fields at once. */
  private static List<ObjectNode> pieces(ObjectNode message) {
    var pieces = new ArrayList<ObjectNode>();
    for (var field : message.properties()) {
      if (field.getKey().equals("content") && field.getValue().isString()) {
        for (var word : field.getValue().stringValue().split("(?<= )", -1)) {
          pieces.add(message(word));
        }
      } else if (field.getKey().equals("tool_calls")) {
        var call = (ObjectNode) field.getValue().get(0).deepCopy();
        call.put("index", 0);
        var piece = Json.object();
        piece.putArray("tool_calls").add(call);
        pieces.add(piece);
      } else if (!field.getValue().isNull()) {
        var piece = Json.object();
        piece.set(field.getKey(), field.getValue());
        pieces.add(piece);
      }
    }
    return pieces;
  }

  private static String whole(
      ObjectNode message, String finish, boolean usage, ObjectNode choiceExtras) {
    var root = envelope("chat.completion");
    var choice = root.putArray("choices").addObject().put("index", 0);
    choice.set("message", message.deepCopy().put("role", "assistant"));
    choice.setAll(choiceExtras);
    choice.put("finish_reason", finish);
    if (usage) {
      root.set("usage", usage());
    }
    return text(root);
  }

  private static void echo(FakeExchange exchange) throws Exception {
    saying(new String(exchange.bytes(), UTF_8)).serve(exchange);
  }

  private static void logprobs(FakeExchange exchange) throws Exception {
    var extras = Json.object();
    extras
        .putObject("logprobs")
        .putArray("content")
        .addObject()
        .put("token", "five")
        .put("logprob", -0.25);
    if (!exchange.streamed()) {
      exchange.json(200, whole(message("five"), "stop", true, extras));
      return;
    }
    exchange.open();
    var root = Json.object(chunk(message("five"), null).getBytes(UTF_8), "chunk");
    ((ObjectNode) root.path("choices").path(0)).setAll(extras);
    exchange.event(text(root));
    exchange.event(chunk(Json.object(), "stop"));
    exchange.done();
  }

  private static void unknownFields(FakeExchange exchange) throws Exception {
    exchange.json(
        200,
        "{\"id\":\"x\",\"future\":{\"n\":1.50,\"big\":123456789012345678901234567890},\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"ok\",\"novel\":true},\"finish_reason\":\"stop\"}]}");
  }

  private static void embeddings(FakeExchange exchange) throws Exception {
    exchange.json(
        200,
        "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.6,0.8]}],\"model\":\"embed\",\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}");
  }

  private static ObjectNode tools() {
    var message = Json.object().putNull("content");
    message
        .putArray("tool_calls")
        .addObject()
        .put("id", "call_1")
        .put("type", "function")
        .putObject("function")
        .put("name", "look_up")
        .put("arguments", "{\"word\":\"five\"}");
    return message;
  }

  private static ObjectNode message(String content) {
    return Json.object().put("content", content);
  }

  private static ObjectNode usage() {
    return ChatReplies.usage(new Usage(11, 7, 3, 2, false));
  }

  /** One streamed chunk. */
  public static String chunk(ObjectNode delta, @Nullable String finish) {
    var root = envelope("chat.completion.chunk");
    var choice = root.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    choice.put("finish_reason", finish);
    return text(root);
  }

  private static ObjectNode envelope(String object) {
    return Json.object()
        .put("id", "chatcmpl-1")
        .put("object", object)
        .put("created", 1_790_000_000)
        .put("model", "fake-1");
  }

  private static String text(Object node) {
    return new String(Json.bytes(node), UTF_8);
  }
}
