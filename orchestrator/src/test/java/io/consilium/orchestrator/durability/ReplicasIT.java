package io.consilium.orchestrator.durability;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcAnswers;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.testing.TestPostgres;
import io.consilium.orchestrator.cli.ConsiliumCli;
import io.consilium.orchestrator.net.ServiceProcess;
import io.consilium.router.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Two real services on one PostgreSQL, started at the same time, as on the first rollout. They do
 * not poll for cards and keys, so what one changes reaches the other by notice or not at all.
 */
@Timeout(600)
class ReplicasIT {
  private static final String QUESTION =
      """
      {"model":"plain","messages":[{"role":"user","content":"What is 2 + 3?"}]}\
      """;

  @Test
  void twoReplicasAreOneServiceAndOneThatIsKilledTakesNothingWithIt(@TempDir Path folder)
      throws Exception {
    var url = TestPostgres.freshDatabase();
    var starting = CompletableFuture.supplyAsync(() -> replica(folder.resolve("one"), url));
    try (var upstream = FakeUpstream.start();
        var two = replica(folder.resolve("two"), url);
        var one = starting.join()) {
      one.register("plain", upstream.url());
      Scene.await("the card", () -> two.get("/v1/experts/plain").statusCode() == 200);

      keysHoldOnBoth(one, two);
      routersServeOnBoth(one, two);
      feedbackIsTakenByEither(one, two);
      answersAreSharedUntilTheyAreCalledWrong(one, two);
      otherWordsAreKnownToBoth(one, two, url);
      whatIsForgottenIsGoneOnBoth(one, two, folder.resolve("one/journal"));
      var routed = List.of(routed(one), routed(two));

      var told = killedUnderLoad(one, two);
      try (var again = replica(folder.resolve("one"), url)) {
        Scene.await("what the killed one had told", () -> has(two, told));
        assertThat(again.get("/v1/experts/plain").statusCode()).isEqualTo(200);
        reworded(again, "Is this embedded now?"); // the first text waits for the model
        assertThat(cache(reworded(again, "In Python, how do I sort a list?")))
            .as("what both were asked before this start")
            .isEqualTo("semantic");
      }
      try (var database = Database.open(url, folder)) {
        for (var id : routed) {
          var route = new JdbcDecisions(database).find(id).orElseThrow().route();
          assertThat(route.seed())
              .as("chance depends on the decision and the router alone")
              .isEqualTo(Router.seed(id, route.routerVersion()));
        }
      }
    }
  }

  private static ServiceProcess replica(Path home, String url) {
    return ServiceProcess.replica(home, url, "--consilium.db.poll=1h");
  }

  private static void keysHoldOnBoth(ServiceProcess one, ServiceProcess two) {
    var made = json(one.post("/v1/keys", "{\"name\":\"replica\",\"role\":\"viewer\"}"));
    var key = made.path("key").asString("");
    Scene.await("the key", () -> two.status("/v1/models", key) == 200);
    assertThat(two.delete("/v1/keys/" + made.path("id").asString("")).statusCode()).isEqualTo(200);
    Scene.await("its end", () -> one.status("/v1/models", key) == 401);
  }

  private static void routersServeOnBoth(ServiceProcess one, ServiceProcess two) {
    var rows = Json.object().putArray("rows");
    for (int i = 0; i < 60; i++) {
      for (var expert : List.of("plain", "other")) {
        rows.addObject()
            .put(
                "question",
                "question %d of a replica about %s".formatted(i, i % 2 == 0 ? "law" : "sums"))
            .put("expert", expert)
            .put("correct", (i % 2 == 0) == expert.equals("plain"))
            .put("cost", 0.001)
            .put("category", i % 2 == 0 ? "law" : "sums");
      }
    }
    var added = one.post("/v1/outcomes", rows.toString());
    assertThat(added.statusCode()).as(added.body()).isEqualTo(200);
    var fitting = one.post("/v1/routers", "{\"seed\":1}");
    assertThat(fitting.statusCode()).as(fitting.body()).isEqualTo(202);
    var job = fitting.headers().firstValue("Location").orElseThrow();
    Scene.await("the fit", () -> !json(two.get(job)).path("finished").isNull());
    var version = json(two.get(job)).path("result").path("id").asString("");
    var promoted = one.post("/v1/routers/" + version + "/promote", "{}");
    assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(200);
    Scene.await(
        "the promoted router",
        () -> json(two.get("/v1/routers")).path("serving").asString("").equals(version));
  }

  private static void feedbackIsTakenByEither(ServiceProcess one, ServiceProcess two) {
    var id = ask(one);
    Scene.await(
        "the decision in the store", () -> two.get("/v1/decisions/" + id).statusCode() == 200);
    var feedback = "{\"decision\":\"%s\",\"score\":1}".formatted(id);
    var taken = two.post("/v1/feedback", feedback);
    assertThat(taken.statusCode()).as(taken.body()).isBetween(200, 201);
    assertThat(one.get("/v1/decisions/" + id).body()).contains("\"score\":1");
  }

  private static HttpResponse<String> steadily(ServiceProcess service, String text) {
    var response =
        service.post(
            "/v1/chat/completions",
            "{\"model\":\"plain\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(text));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response;
  }

  private static boolean known(HttpResponse<String> response) {
    return response.headers().firstValue("x-consilium-cache").isPresent();
  }

  private static String decision(HttpResponse<String> response) {
    return response.headers().firstValue("x-consilium-decision").orElseThrow();
  }

  /** One makes an answer and the other gives it again, until a third party calls it wrong. */
  private static void answersAreSharedUntilTheyAreCalledWrong(
      ServiceProcess one, ServiceProcess two) {
    var text = "What is 5 + 6, steadily?";
    var first = decision(steadily(one, text));
    Scene.await("the answer of the other", () -> known(steadily(two, text)));
    assertThat(known(steadily(one, text))).isTrue();
    Scene.await("the decision", () -> two.get("/v1/decisions/" + first).statusCode() == 200);

    var said = two.post("/v1/feedback", "{\"decision\":\"%s\",\"score\":0}".formatted(first));

    assertThat(said.statusCode()).as(said.body()).isBetween(200, 201);
    Scene.await("an answer made anew", () -> !known(steadily(one, text)));
  }

  /** What one was asked the other knows in other words, and does not take one thing for another. */
  private static void otherWordsAreKnownToBoth(ServiceProcess one, ServiceProcess two, String url) {
    reworded(two, "Is this embedded?"); // the first text waits for the model
    var first = decision(reworded(one, "How do I sort a list in Python?"));
    try (var database = Database.open(url, Path.of("unused"))) {
      var answers = new JdbcAnswers(database);
      Scene.await("its answer in the store", () -> holds(answers, first));
    }

    assertThat(cache(reworded(two, "How do I not sort a list in Python?"))).isEmpty();
    assertThat(cache(reworded(two, "How do I sort 2 lists in Python?"))).isEmpty();
    var found = reworded(two, "In Python, how can I sort a list?");

    assertThat(cache(found)).isEqualTo("semantic");
    assertThat(
            json(two.get("/v1/decisions/" + decision(found))).at("/cached/decision").asString(""))
        .isEqualTo(first);
  }

  private static boolean holds(JdbcAnswers answers, String decision) {
    var held = new AtomicBoolean();
    var _ =
        answers.forget(known -> {
          held.compareAndSet(false, known.decision().equals(decision));
          return false;
        });
    return held.get();
  }

  private static HttpResponse<String> reworded(ServiceProcess service, String text) {
    var response =
        service.post(
            "/v1/chat/completions",
            "{\"model\":\"plain\",\"consilium\":{\"cache\":\"semantic\"},\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(text));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response;
  }

  private static String cache(HttpResponse<String> response) {
    return response.headers().firstValue("x-consilium-cache").orElse("");
  }

  /** By the command line on one; the other had it in memory and in its journal. */
  private static void whatIsForgottenIsGoneOnBoth(
      ServiceProcess one, ServiceProcess two, Path journal) {
    var text = "When is my operation with Dr Gray?";
    var id = decision(steadily(one, text));
    assertThat(known(steadily(one, text))).isTrue();
    Scene.await("the decision", () -> two.get("/v1/decisions/" + id).statusCode() == 200);

    int code =
        ConsiliumCli.run(
            Map.of(
                "CONSILIUM_PORT",
                Integer.toString(two.port()),
                "CONSILIUM_ADMIN_KEY",
                ServiceProcess.KEY),
            "forget",
            "--question",
            text);

    assertThat(code).isZero();
    assertThat(one.get("/v1/decisions/" + id).statusCode()).isEqualTo(404);
    Scene.await("an answer made anew", () -> !known(steadily(one, text)));
    assertThat(one.get("/v1/forget").body()).contains("\"what\":\"question\"");
    Scene.await("its journal without it", () -> !mentions(journal, "\"id\":\"%s\"".formatted(id)));
  }

  private static boolean mentions(Path journal, String text) {
    try (var files = Files.list(journal)) {
      for (var file : files.filter(each -> each.toString().endsWith("ndjson")).toList()) {
        if (Files.readString(file).contains(text)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return true; // a file went while it was read
    }
  }

  private static String routed(ServiceProcess service) {
    var answer =
        service.post(
            "/v1/chat/completions",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"What is 17.5 % of 2,340 EUR?\"}],\"model\":\"consilium/auto\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("x-consilium-decision").orElseThrow();
  }

  /** Kills one while both are asked; the other answers everything. */
  private static List<String> killedUnderLoad(ServiceProcess one, ServiceProcess two)
      throws InterruptedException {
    List<String> told = new CopyOnWriteArrayList<>();
    List<String> failures = new CopyOnWriteArrayList<>();
    var done = new AtomicBoolean();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var service : List.of(one, two, one, two)) {
        callers.execute(() -> {
          while (!done.get()) {
            try {
              told.add(ask(service));
            } catch (UncheckedIOException e) {
              if (service == one) {
                return; // it was killed
              }
              failures.add(e.toString());
            } catch (AssertionError e) {
              failures.add(String.valueOf(e.getMessage()));
            }
          }
        });
      }
      Scene.await("some answers", () -> told.size() >= 200);
      one.kill();
      int before = told.size();
      Scene.await("answers of the other", () -> told.size() > before + 50);
      done.set(true);
    }
    assertThat(failures).isEmpty();
    return new ArrayList<>(told);
  }

  private static String ask(ServiceProcess service) {
    var response = service.post("/v1/chat/completions", QUESTION);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.headers().firstValue("x-consilium-decision").orElseThrow();
  }

  private static boolean has(ServiceProcess service, List<String> decisions) {
    return decisions.stream()
        .allMatch(id -> service.get("/v1/decisions/" + id).statusCode() == 200);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.MAPPER.readTree(response.body());
  }
}
