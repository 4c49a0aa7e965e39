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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class RoutersCommandTest {
  @TempDir private Path home;
  private HttpServer server;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final AtomicInteger looks = new AtomicInteger();
  private String ending = "done";
  private boolean any = true;
  private String serving = "cold-2";
  private final List<String> gone = new ArrayList<>();

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

  /** A fake of the service: one version, and a job that is done when it is looked at again. */
  private void reply(HttpExchange exchange) throws IOException {
    var call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    calls.add(body.isEmpty() ? call : call + " " + body);
    ObjectNode reply = Json.object();
    int status = 200;
    switch (call) {
      case "GET /v1/routers" -> {
        var data = reply.putArray("data");
        if (any) {
          data.add(version("draft"));
        }
        reply.put("serving", serving);
      }
      case "GET /v1/routers/router_1" -> {
        reply = version("draft");
        gone.forEach(reply.putArray("not_registered")::add);
      }
      case "GET /v1/experts" -> reply.putArray("data");
      case "POST /v1/routers/router_1/promote" -> reply = version("promoted");
      case "POST /v1/routers" -> {
        status = 202;
        reply.put("id", "job_1").put("state", "queued").put("progress", 0).put("doing", "waiting");
      }
      case "GET /v1/jobs/job_1" -> {
        boolean over = looks.incrementAndGet() > 1;
        reply.put("id", "job_1").put("state", over ? ending : "running").put("progress", 0.4);
        reply.put("doing", "fitting 10 questions");
        reply.set("result", version("draft"));
        reply.put("failure", "too little to learn from");
      }
      default -> {
        status = 404;
        reply.put("detail", "nothing at " + call);
      }
    }
    byte[] bytes = Json.bytes(reply);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static ObjectNode version(String state) {
    var node = Json.object().put("id", "router_1").put("state", state);
    node.put("created", "2026-11-24T20:00:00.123Z").put("serving", state.equals("promoted"));
    node.put("fingerprint", "abc").putObject("metrics").put("accuracy", 0.75).put("questions", 120);
    node.putObject("planner").put("co_failure", "spread 1.9, measured on 120 questions");
    node.putArray("experts").add("small").add("large");
    node.putArray("known_by_card_only").add("calculator");
    return node;
  }

  private record Ran(int code, String out, String err) {}

  private Ran run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var oldOut = System.out;
    var oldErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int code =
          ConsiliumCli.run(
              Map.of(
                  "CONSILIUM_PORT",
                  Integer.toString(server.getAddress().getPort()),
                  "CONSILIUM_HOME",
                  home.toString()),
              arguments);
      return new Ran(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(oldOut);
      System.setErr(oldErr);
    }
  }

  @Test
  void versionsAreListedWithWhatTheyReachedAndWhichServes() {
    var ran = run("routers", "list");

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("router_1", "draft", "75.0 %", "120", "Serving: cold-2");
  }

  @Test
  void theDoctorSaysThatARouterWasFittedOnOthers() {
    assertThat(run("doctor").out()).contains("cold-2; no fitted version serves");
    serving = "router_1";
    assertThat(run("doctor").out())
        .contains("ok    Router", "router_1 knows 2 experts by outcomes and 1 by their card only");
    gone.addAll(List.of("small", "large"));

    var ran = run("doctor");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains("warn  Router", "knows 0 experts", "fitted on small, large as well", "aliases");
    assertThat(run("routers", "show", "router_1").out())
        .contains("Not here now", "small, large", "By card only", "calculator");
  }

  @Test
  void withoutAVersionItSaysHowToFitOne() {
    any = false;

    assertThat(run("routers").out()).contains("./consilium routers fit", "Serving: cold-2");
  }

  @Test
  void aVersionIsShownWithWhatThePlannerLearnt() {
    var ran = run("routers", "show", "router_1");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains("router_1", "accuracy", "0.7500", "co failure", "spread 1.9, measured on 120")
        .contains("small, large", "By card only calculator")
        .doesNotContain("Not here now");
  }

  @Test
  void fittingWaitsForTheJobShowsProgressAndSaysHowToPromote() {
    var ran = run("routers", "fit", "--seed", "7");

    assertThat(ran.code()).isZero();
    assertThat(calls).first().isEqualTo("POST /v1/routers {\"seed\":7}");
    assertThat(ran.out())
        .containsSubsequence("waiting", "40 %  fitting 10 questions", "Version      router_1")
        .contains("./consilium routers promote router_1");
  }

  @Test
  void aJobThatFailsIsAFailureWithItsReason() {
    for (var state : List.of("failed", "cancelled", "interrupted")) {
      ending = state;
      looks.set(0);
      var ran = run("routers", "fit");

      assertThat(ran.code()).isNotZero();
      assertThat(ran.err()).contains(state + ": too little to learn from");
    }
  }

  @Test
  void promotingSaysThatItServes() {
    var ran = run("routers", "promote", "router_1");

    assertThat(ran.code()).isZero();
    assertThat(calls).containsExactly("POST /v1/routers/router_1/promote {}");
    assertThat(ran.out()).contains("promoted, serving");
  }

  @Test
  void aVersionThatIsNotThereIsSaidToBeMissing() {
    var ran = run("routers", "show", "router_9");

    assertThat(ran.code()).isNotZero();
    assertThat(ran.err()).contains("nothing at GET /v1/routers/router_9");
  }
}
