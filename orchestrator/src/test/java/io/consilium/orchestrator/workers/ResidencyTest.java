package io.consilium.orchestrator.workers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Forecast;
import io.consilium.expert.Json;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Residency;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.card.InferenceServer;
import io.consilium.expert.registry.CardStore;
import io.consilium.expert.registry.SnapshotRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fake worker, which keeps one adapter in memory and notes what it is asked. */
class ResidencyTest {
  private final SnapshotRegistry registry = new SnapshotRegistry(CardStore.inMemory());
  private final List<String> touched = new ArrayList<>();
  private final HttpServer http;
  private volatile String resident = "a";
  private volatile boolean asleep;
  private final AtomicInteger woken = new AtomicInteger();
  private volatile Instant now = Instant.parse("2026-11-30T12:00:00Z");
  private final Workers workers =
      new Workers(registry, key -> "", new OutboundRules(true, Set.of()), () -> now);

  ResidencyTest() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/v1/models", exchange -> say(exchange, models()));
    http.createContext(
        "/is_sleeping", exchange -> say(exchange, "{\"is_sleeping\": %s}".formatted(asleep)));
    http.createContext(
        "/sleep",
        exchange -> {
          asleep = true;
          say(exchange, "{}");
        });
    http.createContext(
        "/wake_up",
        exchange -> {
          woken.incrementAndGet();
          asleep = false;
          say(exchange, "{}");
        });
    http.createContext(
        "/v1/completions",
        exchange -> {
          resident =
              Json.MAPPER
                  .readTree(exchange.getRequestBody().readAllBytes())
                  .path("model")
                  .asString("");
          touched.add(resident);
          say(exchange, "{}");
        });
  }

  private static void say(HttpExchange exchange, String body) throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String models() {
    var root = Json.object();
    var data = root.putArray("data");
    data.addObject().put("id", "base").put("kind", "base");
    for (var name : List.of("a", "b", "c")) {
      data.addObject()
          .put("id", name)
          .put("kind", "adapter")
          .put("parent", "base")
          .put("resident", !asleep && name.equals(resident));
    }
    return root.toString();
  }

  @BeforeEach
  void attach() {
    http.start();
    workers.add(
        new InferenceServer(
            "w",
            URI.create("http://127.0.0.1:" + http.getAddress().getPort()),
            InferenceServer.Engine.EMBEDDED,
            null,
            Map.of()));
    workers.look("w");
  }

  @AfterEach
  void stop() {
    workers.close();
    http.stop(0);
  }

  private Residency of(String expert) {
    return registry.current().find(expert).orElseThrow().residency();
  }

  /** A question for which {@code best} is forecast to be right, and {@code asked} is chosen. */
  private void want(String best, String asked) {
    workers.wanted(
        new Route(
            new Plan.One(asked, List.of()),
            List.of(forecast(best, 0.9), forecast(asked, 0.6)),
            List.of(),
            1,
            0,
            "v",
            "s",
            "why"));
  }

  private static Forecast forecast(String expert, double p) {
    return new Forecast(expert, p, 0, 1, 0, 1, List.of());
  }

  @Test
  void theRosterShowsWhatIsInMemory() {
    assertThat(of("w/base")).isEqualTo(Residency.AWAKE);
    assertThat(of("w/a")).isEqualTo(Residency.AWAKE);
    assertThat(of("w/b").state()).isEqualTo(Residency.State.COLD);
    assertThat(of("w/b").millis()).isPositive();

    workers.sleep("w");

    assertThat(of("w/base").state()).isEqualTo(Residency.State.ASLEEP);
    assertThat(of("w/a").state()).isEqualTo(Residency.State.ASLEEP);
  }

  @Test
  void aWorkerThatIsNoneOrAnotherOrWantsAnotherKeyIsShownWithWhatToMend() {
    http.createContext("/page/v1/models", exchange -> say(exchange, "<html>It works!</html>"));
    http.createContext(
        "/locked/v1/models",
        exchange -> {
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });
    var port = http.getAddress().getPort();
    for (var place : List.of("page", "locked", "nothing")) {
      workers.add(
          new InferenceServer(
              place,
              URI.create("http://127.0.0.1:%d/%s".formatted(port, place)),
              InferenceServer.Engine.VLLM,
              null,
              Map.of()));
    }

    assertThat(workers.standing("page").trouble()).contains("is no vLLM").contains("'url'");
    assertThat(workers.standing("locked").trouble()).contains("401").contains("'key'");
    assertThat(workers.standing("nothing").trouble()).contains("404").contains("/v1/models");
    // the others go on
    assertThat(workers.standing("w").trouble()).isEmpty();
    assertThat(of("w/base")).isEqualTo(Residency.AWAKE);
  }

  @Test
  void whatIsWantedIsInMemoryBeforeItIsAskedFor() {
    want("w/b", "w/a");
    want("w/b", "w/b");

    workers.foresee("w");

    assertThat(touched).containsExactly("b");
    assertThat(of("w/b")).isEqualTo(Residency.AWAKE);
    assertThat(of("w/a").state()).isEqualTo(Residency.State.COLD);
  }

  @Test
  void whatIsInMemoryAndWantedMoreIsLeftThere() {
    want("w/a", "w/a");
    want("w/a", "w/a");
    want("w/b", "w/b");

    workers.foresee("w");

    assertThat(touched).isEmpty();
  }

  @Test
  void whatWasWantedLongAgoIsForgotten() {
    want("w/b", "w/b");
    now = now.plus(Duration.ofMinutes(6));

    workers.foresee("w");

    assertThat(touched).isEmpty();
  }

  @Test
  void aSleepingWorkerThatIsWantedIsWoken() {
    workers.sleep("w");
    want("w/b", "w/b");
    workers.foresee("w");
    assertThat(woken).hasValue(0);

    want("w/a", "w/a");
    workers.foresee("w");

    assertThat(woken).hasValue(1);
    assertThat(of("w/base")).isEqualTo(Residency.AWAKE);
  }

  @Test
  void whoAsksASleepingWorkerWakesIt() {
    workers.sleep("w");
    var card = registry.current().find("w/a").orElseThrow().card();
    var expert =
        workers.wakeful(
            new Expert() {
              @Override
              public ExpertCard card() {
                return card;
              }

              @Override
              public Answer answer(Question question, Consumer<Delta> out) {
                assertThat(asleep).isFalse();
                return Answer.of("ready", Usage.NONE);
              }
            });

    var question = Question.of("hello", Terms.within(Duration.ofMinutes(1), now));
    assertThat(expert.answer(question, piece -> {}).text()).isEqualTo("ready");
    assertThat(expert.answer(question, piece -> {}).text()).isEqualTo("ready");

    assertThat(woken).hasValue(1);
  }
}
