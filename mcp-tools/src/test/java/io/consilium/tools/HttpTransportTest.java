package io.consilium.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.ToolSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The client side over Streamable HTTP, against a fake server on a real socket. */
class HttpTransportTest {
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger brokenOff = new AtomicInteger();
  private final AtomicBoolean forgetful = new AtomicBoolean();
  private HttpServer http;
  private McpConnection connection;

  @BeforeEach
  void serve() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/mcp", this::answer);
    http.start();
    connection = connection("right");
  }

  @AfterEach
  void close() {
    connection.close();
    http.stop(0);
  }

  private McpConnection connection(String key) {
    var url = URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/mcp");
    var settings =
        McpServerSettings.of(
                "far", new McpServerSettings.Http(url, Map.of("Authorization", "Bearer " + key)))
            .withMaxResultBytes(10_000)
            .withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60));
    return new McpConnection(settings, tools -> {}, InstantSource.system());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(exchange.getRequestMethod().equals("GET") ? 405 : 200, -1);
        return;
      }
      if (forgetful.get()
          && !("s" + sessions.get()).equals(exchange.getRequestHeaders().getFirst("Mcp-Session-Id"))
          && !new String(body, UTF_8).contains("\"initialize\"")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      if (!"Bearer right".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      var message = Json.MAPPER.readTree(body);
      switch (message.path("method").asString("")) {
        case "initialize" -> {
          exchange.getResponseHeaders().set("Mcp-Session-Id", "s" + sessions.incrementAndGet());
          var result = Json.object().put("protocolVersion", "2025-06-18");
          result.putObject("capabilities").putObject("tools");
          result.putObject("serverInfo").put("name", "far").put("version", "1");
          reply(exchange, message, result);
        }
        case "tools/list" -> {
          var result = Json.object();
          var tool = result.putArray("tools").addObject().put("name", "repeat");
          tool.putObject("inputSchema").put("type", "object");
          reply(exchange, message, result);
        }
        case "tools/call" -> {
          if (message.path("params").path("name").asString().equals("flood")) {
            flood(exchange, message);
            return;
          }
          var result = Json.object();
          int times = message.path("params").path("arguments").path("times").asInt(1);
          result.putArray("content").addObject().put("type", "text").put("text", "x".repeat(times));
          reply(exchange, message, result);
        }
        default -> exchange.sendResponseHeaders(202, -1);
      }
    }
  }

  /** Answers with more than anybody should read: as JSON, as an event, with its id last. */
  private void flood(HttpExchange exchange, JsonNode message) throws IOException {
    var how = message.path("params").path("arguments").path("how").asString();
    var id = "\"id\":" + message.path("id");
    var begin = how.equals("id last") ? "{" : "{\"jsonrpc\":\"2.0\"," + id + ",";
    var end = how.equals("id last") ? "]},\"jsonrpc\":\"2.0\"," + id + "}" : "]}}";
    boolean events = how.equals("event");
    exchange
        .getResponseHeaders()
        .set("Content-Type", events ? "text/event-stream" : "application/json");
    exchange.sendResponseHeaders(200, 0);
    try (var out = exchange.getResponseBody()) {
      if (events) {
        var progress =
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":\"busy\"}}";
        out.write(
            ("event: message\ndata: " + progress + "\n\nevent: message\ndata: ").getBytes(UTF_8));
      }
      out.write((begin + "\"result\":{\"content\":[{\"id\":7}").getBytes(UTF_8));
      var more =
          ",{\"id\":8,\"type\":\"text\",\"text\":\"%s\"}"
              .formatted("x".repeat(1_000))
              .getBytes(UTF_8);
      int times = how.equals("endless") ? Integer.MAX_VALUE : 10_000;
      for (int i = 0; i < times; i++) {
        out.write(more);
      }
      out.write((end + "\n\n").getBytes(UTF_8));
    } catch (IOException e) {
      brokenOff.incrementAndGet();
      throw e;
    }
  }

  private static void reply(HttpExchange exchange, JsonNode message, ObjectNode result)
      throws IOException {
    var answer = Json.object().put("jsonrpc", "2.0");
    answer.set("id", message.get("id"));
    answer.set("result", result);
    var bytes = answer.toString().getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static void assertFails(Runnable call, FailureKind kind, String words) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).as(e.message()).isEqualTo(kind);
              assertThat(e.message()).contains(words);
            });
  }

  private ToolResult call(int times) {
    return connection.call("repeat", Map.of("times", times), Instant.now().plusSeconds(60));
  }

  @Test
  void toolsAreListedAndCalledWithTheConfiguredHeadersOverOneSession() {
    assertThat(connection.tools()).extracting(ToolSpec::name).containsExactly("repeat");
    assertThat(call(3).text()).isEqualTo("xxx");
    assertThat(call(4).text()).isEqualTo("xxxx");
    assertThat(sessions).hasValue(1);
  }

  @Test
  void aWrongKeyIsTheOperatorsBusiness() {
    connection = connection("wrong");

    assertFails(() -> call(1), FailureKind.UPSTREAM_AUTH, "credentials");
  }

  @Test
  void aServerThatIsAwayIsUnavailable() {
    http.stop(0);

    assertFails(() -> call(1), FailureKind.UNAVAILABLE, "far");
  }

  @Test
  void aServerThatGoesAwayLaterIsUnavailable() {
    call(1);
    http.stop(0);

    assertFails(() -> call(1), FailureKind.UNAVAILABLE, "far");
  }

  @Test
  void aResultBeyondTheLimitIsRefused() {
    assertFails(() -> call(20_000), FailureKind.UPSTREAM_INVALID, "max_result_bytes = 10000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"id first", "id last", "event"})
  void ofTenMegabytesNoMoreThanTheLimitIsKept(String how) {
    assertFails(
        () -> connection.call("flood", Map.of("how", how), Instant.now().plusSeconds(60)),
        FailureKind.UPSTREAM_INVALID,
        "max_result_bytes = 10000");
    assertThat(call(2).text()).as("the session goes on").isEqualTo("xx");
    assertThat(sessions).hasValue(1);
  }

  @Test
  void anAnswerWithoutEndIsReadNoFurther() {
    assertFails(
        () -> connection.call("flood", Map.of("how", "endless"), Instant.now().plusSeconds(60)),
        FailureKind.UPSTREAM_INVALID,
        "max_result_bytes = 10000");

    var until = Instant.now().plusSeconds(60);
    while (brokenOff.get() == 0) {
      assertThat(Instant.now()).as("the connection is closed").isBefore(until);
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(call(2).text()).isEqualTo("xx");
  }

  @Test
  void aSessionTheServerHasForgottenIsBegunAnew() {
    call(1);
    forgetful.set(true);
    sessions.incrementAndGet(); // as after a restart: ours is not known any more

    assertFails(() -> call(1), FailureKind.UNAVAILABLE, "far");

    var until = Instant.now().plusSeconds(60);
    String text = "";
    while (text.isEmpty()) {
      assertThat(Instant.now()).isBefore(until);
      try {
        text = call(2).text();
      } catch (ExpertException e) {
        LockSupport.parkNanos(5_000_000);
      }
    }
    assertThat(text).isEqualTo("xx");
  }

  @Test
  void anAddressThatIsNoneIsRefused() {
    assertFails(
        () -> new McpServerSettings.Http(URI.create("ftp://host/mcp"), Map.of()),
        FailureKind.INVALID_REQUEST,
        "http(s)://");
  }
}
