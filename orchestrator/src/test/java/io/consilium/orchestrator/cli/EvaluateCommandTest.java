package io.consilium.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class EvaluateCommandTest {
  @TempDir private Path home;
  private HttpServer server;
  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private final ArrayNode recorded = Json.object().putArray("all");
  private double price = 0.01;
  private String printed = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::reply);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** A fake of the service: one model that always says 4, its price, and what was recorded. */
  private void reply(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    ObjectNode reply = Json.object();
    switch (path) {
      case "/v1/experts" -> {
        var data = reply.putArray("data");
        data.addObject().put("id", "small").put("kind", "llm").put("version", 3);
        data.addObject().put("id", "calculator").put("kind", "tool").put("version", 1);
      }
      case "/v1/chat/completions" -> {
        asked.add(Json.MAPPER.readTree(body));
        reply.put("id", "chatcmpl-1").putObject("usage").put("completion_tokens", 7);
        reply.putArray("choices").addObject().putObject("message").put("content", "It is 4.");
      }
      case "/v1/decisions/dec_1" -> reply.put("usd", price);
      case "/v1/outcomes" -> {
        if (exchange.getRequestMethod().equals("POST")) {
          Json.MAPPER.readTree(body).path("outcomes").forEach(recorded::add);
        } else {
          var data = reply.putArray("data");
          recorded.forEach(each -> data.addObject().put("item", each.path("id").asString("")));
          reply.putNull("next");
        }
      }
      default -> throw new IOException("nothing at " + path);
    }
    byte[] bytes = Json.bytes(reply);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private int run(String budget) throws IOException {
    var questions =
        Files.writeString(
            home.resolve("q.csv"),
            "id,question,answer,check,category\n1,2 + 2?,4,number,sums\n2,3 + 3?,6,number,sums\n3,1 + 3?,4,number,sums\n");
    var out = new ByteArrayOutputStream();
    var real = System.out;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      return ConsiliumCli.run(
          Map.of(
              "CONSILIUM_PORT",
              Integer.toString(server.getAddress().getPort()),
              "CONSILIUM_HOME",
              home.toString()),
          "evaluate",
          "--questions",
          questions.toString(),
          "--budget",
          budget);
    } finally {
      System.setOut(real);
      printed = out.toString(StandardCharsets.UTF_8);
    }
  }

  @Test
  void answersAreCheckedAndRecordedWithTheirPrice() throws IOException {
    assertThat(run("1")).isZero();

    assertThat(recorded).hasSize(3);
    assertThat(recorded.get(0).path("expert").asString()).isEqualTo("small@3");
    assertThat(recorded.get(0).path("correct").asDouble()).isEqualTo(1);
    assertThat(recorded.get(1).path("correct").asDouble()).isZero();
    assertThat(recorded.get(0).path("cost").asDouble()).isEqualTo(0.01);
    assertThat(recorded.get(0).path("tokens").asDouble()).isEqualTo(7);
    assertThat(printed).contains("66.7 %", "$0.0300");
    assertThat(asked.getFirst().path("consilium").path("pin").path(0).asString())
        .isEqualTo("small");
    assertThat(recorded.get(0).path("right").asString()).isEqualTo("4");
  }

  @Test
  void whatIsOnRecordIsNotAskedAgain() throws IOException {
    run("1");
    int before = asked.size();

    run("1");

    assertThat(asked).hasSize(before);
    assertThat(printed).contains("3 of 3 answers are on record");
  }

  @Test
  void itStopsBeforeTheBudgetIsPassedAndGoesOnLater() throws IOException {
    price = 0.4;
    run("0.9");

    assertThat(recorded).hasSize(2);
    assertThat(printed).contains("Stopped before the budget");
    double left = asked.get(1).path("consilium").path("budget_usd").asDouble();
    assertThat(left).isBetween(0.49, 0.51);

    run("0.9");
    assertThat(recorded).hasSize(3);
  }
}
