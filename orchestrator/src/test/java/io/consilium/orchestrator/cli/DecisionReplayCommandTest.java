package io.consilium.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DecisionReplayCommandTest {
  private static final String FUSED =
      """
      {"plan":{"type":"one"},"answer":{"text":"The answer is 5."},"failure":null,
       "missing":[{"expert":"hang","why":"it was cancelled before it answered"}],
       "diff":{"before":"The answer is 4.","after":"The answer is 5.","same_answer":false,
               "plan_before":"panel","plan_after":"one"},
       "contrast":{"groups":[{"answer":"5","given":true,"experts":["says-5","says-five"]}]}}
      """;

  @TempDir Path home;

  private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
  private HttpServer server;
  private int status = 200;
  private String reply = FUSED;
  private String printed = "";
  private String complained = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/decisions/dec_1/replay",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          var bytes = reply.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private int run(String... arguments) {
    var environment =
        Map.of(
            "CONSILIUM_PORT",
            Integer.toString(server.getAddress().getPort()),
            "CONSILIUM_HOME",
            home.toString());
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var realOut = System.out;
    var realErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      return ConsiliumCli.run(environment, arguments);
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
      printed = out.toString(StandardCharsets.UTF_8);
      complained = err.toString(StandardCharsets.UTF_8);
    }
  }

  private JsonNode sent() throws InterruptedException {
    return Json.MAPPER.readTree(bodies.take());
  }

  @Test
  void whatIsToBeOtherwiseIsSentAndNothingElse() throws InterruptedException {
    assertThat(run("decisions", "replay", "dec_1")).isZero();
    assertThat(sent().toString()).isEqualTo("{\"without\":[]}");

    assertThat(
            run(
                "decisions",
                "replay",
                "dec_1",
                "--without",
                "says-4",
                "--without",
                "says-four",
                "--aggregator",
                "majority_vote",
                "--policy",
                "economy"))
        .isZero();
    assertThat(sent().toString())
        .isEqualTo(
            "{\"without\":[\"says-4\",\"says-four\"],\"aggregator\":\"majority_vote\","
                + "\"policy\":\"economy\"}");
  }

  @Test
  void itShowsBeforeAndAfterWhoSaidWhatAndWhoIsMissing() {
    assertThat(run("decisions", "replay", "dec_1", "--without", "says-4")).isZero();

    assertThat(printed)
        .contains("Before    The answer is 4.")
        .contains("After     The answer is 5.")
        .contains("The same  no")
        .contains("Plan      one, was panel")
        .contains("Missing   hang: it was cancelled before it answered")
        .contains("says-5, says-five");
  }

  @Test
  void whereNobodyIsLeftItSaysWhy() {
    reply = "{\"failure\":{\"message\":\"no expert is left\"},\"diff\":{\"before\":null}}";

    assertThat(run("decisions", "replay", "dec_1")).isZero();

    assertThat(printed).contains("After     nobody answered: no expert is left");
  }

  @Test
  void jsonIsPrintedAsItCame() {
    assertThat(run("decisions", "replay", "dec_1", "--json")).isZero();

    assertThat(Json.MAPPER.readTree(printed)).isEqualTo(Json.MAPPER.readTree(FUSED));
  }

  @Test
  void aRefusalIsOneSentenceAndExitCodeOne() {
    status = 409;
    reply = "{\"detail\":\"nothing can be played again\"}";

    assertThat(run("decisions", "replay", "dec_1")).isEqualTo(1);

    assertThat(complained).isEqualTo("consilium: nothing can be played again\n");
  }
}
