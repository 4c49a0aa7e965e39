package io.consilium.bench.gateway;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OpenAI-compatible upstream that answers at once, late or in paced frames, as {@link MockMode}
 * reads from the model's name. Bound to loopback; one process serves every scenario.
 */
public final class MockUpstream {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final byte[] REPLY =
      """
      {"id":"chatcmpl-bench","object":"chat.completion","created":1790000000,"model":"bench-mock",\
      "choices":[{"index":0,"message":{"role":"assistant","content":"%s"},"logprobs":null,\
      "finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":128,\
      "total_tokens":140},"system_fingerprint":"bench-mock"}\
      """
          .formatted("A bench-mock answer of fixed length. ".repeat(18).trim())
          .getBytes(StandardCharsets.UTF_8);
  private static final byte[] MODELS =
      "{\"object\":\"list\",\"data\":[{\"id\":\"instant\",\"object\":\"model\",\"created\":1790000000,\"owned_by\":\"bench-mock\"}]}"
          .getBytes(StandardCharsets.UTF_8);

  private MockUpstream() {}

  /** What the mock reads of a request. */
  record Asked(String model, boolean stream, boolean usage) {

    static Asked read(byte[] body) {
      String model = "";
      boolean stream = false;
      boolean usage = false;
      try (JsonParser parser = JSON.createParser(body)) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          JsonToken value = parser.nextToken();
          switch (name) {
            case "model" -> model = parser.getString();
            case "stream" -> stream = value == JsonToken.VALUE_TRUE;
            case "stream_options" ->
                usage =
                    JSON.reader()
                        .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .readTree(parser)
                        .path("include_usage")
                        .asBoolean(false);
            default -> parser.skipChildren();
          }
        }
      }
      return new Asked(model, stream, usage);
    }
  }

  /** Starts the mock: {@code MockUpstream <port>}; port 0 takes a free one and prints it. */
  public static void main(String[] args) {
    WebServer server = start(args.length > 0 ? Integer.parseInt(args[0]) : 0);
    System.out.println("mock upstream on port " + server.port());
  }

  static WebServer start(int port) {
    Logger.getLogger("io.helidon").setLevel(Level.WARNING);
    return WebServer.builder()
        .host("127.0.0.1")
        .port(port)
        .shutdownHook(false)
        .routing(routing ->
            routing
                .post("/v1/chat/completions", MockUpstream::chat)
                .get("/v1/models", (request, response) -> json(response, MODELS)))
        .build()
        .start();
  }

  private static void chat(ServerRequest request, ServerResponse response) {
    Asked asked = Asked.read(request.content().as(byte[].class));
    Optional<MockMode> named = MockMode.of(asked.model());
    if (named.isEmpty()) {
      response.status(404);
      json(
          response,
          "{\"error\":{\"message\":\"no such mock mode: use instant, delay-<ms> or paced-<n>x<ms>\",\"type\":\"invalid_request_error\",\"code\":\"model_not_found\"}}"
              .getBytes(StandardCharsets.UTF_8));
      return;
    }
    MockMode mode = named.get();
    if (!mode.delay().isZero()) {
      parkUntil(System.nanoTime() + mode.delay().toNanos());
    }
    if (asked.stream()) {
      stream(response, mode, asked.usage());
    } else {
      json(response, REPLY);
    }
  }

  private static void json(ServerResponse response, byte[] body) {
    response.headers().set(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(body);
  }

  private static void stream(ServerResponse response, MockMode mode, boolean usage) {
    response.headers().set(HeaderNames.CONTENT_TYPE, "text/event-stream");
    response.headers().set(HeaderNames.CACHE_CONTROL, "no-cache");
    long pause = mode.pause().toNanos();
    long due = System.nanoTime();
    try (OutputStream out = response.outputStream()) {
      for (int i = 0; i < mode.frames(); i++) {
        due += pause;
        if (pause > 0) {
          parkUntil(due);
        }
        out.write(frame(i));
        out.flush();
      }
      out.write(last(usage));
    } catch (IOException gone) {
      throw new UncheckedIOException("the caller left the stream", gone);
    }
  }

  /** Content frame number {@code i}, as it goes over the wire. */
  static byte[] frame(int i) {
    return ("data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"bench-mock\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"t"
            + i
            + " \"},\"finish_reason\":null}]}\n\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] last(boolean usage) {
    String head =
        "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"bench-mock\",\"choices\":[";
    String end =
        head
            + "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + (usage
                ? head
                    + "],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":64,\"total_tokens\":76}}\n\n"
                : "")
            + "data: [DONE]\n\n";
    return end.getBytes(StandardCharsets.US_ASCII);
  }

  private static void parkUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
