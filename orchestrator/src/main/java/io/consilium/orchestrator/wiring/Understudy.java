package io.consilium.orchestrator.wiring;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A model server for the {@link Rehearsal}: on loopback, with one answer, whole or streamed. */
final class Understudy implements AutoCloseable {
  private static final String WORDS =
      "Every question asks for an answer, and this one is as good as any other. ".repeat(8).strip();
  private static final byte[] WHOLE =
      """
      {"id":"chatcmpl-rehearsal","object":"chat.completion","created":1,"model":"rehearsal",\
      "choices":[{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":9,"completion_tokens":99,"total_tokens":108}}\
      """
          .formatted(WORDS)
          .getBytes(StandardCharsets.UTF_8);
  private static final byte[] STREAMED = streamed();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  Understudy() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", Understudy::answer);
    server.setExecutor(threads);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:%d/v1".formatted(server.getAddress().getPort()));
  }

  private static byte[] streamed() {
    var frames = new StringBuilder();
    for (var word : WORDS.split(" ", 16)) {
      frames.append(frame("{\"content\":\"%s \"}".formatted(word), "null"));
    }
    return frames
        .append(frame("{}", "\"stop\""))
        .append("data: [DONE]\n\n")
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String frame(String delta, String finish) {
    return """
    data: {"id":"chatcmpl-rehearsal","object":"chat.completion.chunk","created":1,\
    "model":"rehearsal","choices":[{"index":0,"delta":%s,"finish_reason":%s}]}

    """
        .formatted(delta, finish);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      boolean stream = asked.contains("\"stream\":true");
      exchange
          .getResponseHeaders()
          .set("Content-Type", stream ? "text/event-stream" : "application/json");
      var reply = stream ? STREAMED : WHOLE;
      exchange.sendResponseHeaders(200, stream ? 0 : reply.length);
      exchange.getResponseBody().write(reply);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
