package io.consilium.orchestrator.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Plan;
import io.consilium.expert.Provider;
import io.consilium.orchestrator.OrchestratorApplication;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A client that goes away ends the upstream call, on real sockets from end to end. */
@Timeout(300)
class DisconnectIT {
  private static final int ROUNDS = 15;

  private static FakeUpstream upstream;
  private static ConfigurableApplicationContext service;

  @BeforeAll
  static void start(@TempDir Path home) {
    upstream = FakeUpstream.start();
    service =
        OrchestratorApplication.application().run("--consilium.port=0", "--consilium.home=" + home);
    for (var model : List.of("hang", "hang-in-stream", "hang-too", "plain")) {
      service
          .getBean(ExpertRegistry.class)
          .put(
              ExpertCard.of(
                  model,
                  new ExpertKind.Llm(),
                  "A fake model.",
                  new Endpoint(Provider.OPENAI, upstream.url(), model, null, Map.of(), Map.of())));
    }
  }

  /** A panel over two that say nothing, of which one is watched. */
  private static void panel() {
    upstream.script("hang-too", exchange -> exchange.hang());
    service
        .getBean(ExpertRegistry.class)
        .put(
            ExpertCard.of(
                "panel",
                new ExpertKind.Composition(
                    new Plan.Panel(
                        List.of("hang", "hang-too"), Plan.WEIGHTED_VOTE, 2, 0, List.of()),
                    0),
                "A panel.",
                new Endpoint(Provider.COMPOSITION, null, "panel", null, Map.of(), Map.of())));
  }

  @Test
  void everyCallOfAPanelEndsWithin100MillisecondsBeforeTheFirstByte() throws Exception {
    panel();
    for (boolean stream : new boolean[] {false, true}) {
      assertThat(median("panel", "hang", stream)).isLessThan(Duration.ofMillis(100));
      assertThat(median("panel", "hang-too", stream)).isLessThan(Duration.ofMillis(100));
    }
  }

  @AfterAll
  static void stop() {
    service.close();
    upstream.close();
  }

  @Test
  void beforeTheFirstByteTheUpstreamCallEndsWithin100Milliseconds() throws Exception {
    assertThat(median("hang", false)).isLessThan(Duration.ofMillis(100));
  }

  @Test
  void beforeTheFirstByteOfAStreamTheUpstreamCallEndsWithin100Milliseconds() throws Exception {
    assertThat(median("hang", true)).isLessThan(Duration.ofMillis(100));
  }

  @Test
  void midStreamTheUpstreamCallEndsWithin100Milliseconds() throws Exception {
    assertThat(median("hang-in-stream", true)).isLessThan(Duration.ofMillis(100));
  }

  /** The median, since a busy machine delays some. */
  private static Duration median(String model, boolean stream) throws Exception {
    return median(model, model, stream);
  }

  /** The same, watching the calls of an expert that is asked along the way. */
  private static Duration median(String asked, String model, boolean stream) throws Exception {
    List<Duration> took = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      int before = upstream.exchanges(model).size();
      long left;
      try (var client =
          new Socket(
              InetAddress.getLoopbackAddress(),
              service.getEnvironment().getRequiredProperty("local.server.port", Integer.class))) {
        ask(client, asked, stream);
        FakeUpstream.await("the upstream call", () -> upstream.exchanges(model).size() > before);
        if (model.equals("hang-in-stream")) {
          readUntil(client, "Two ");
        }
        left = System.nanoTime();
      }
      var call = upstream.exchanges(model).getLast();
      assertThat(call.awaitHangUp(Duration.ofSeconds(20))).as("the upstream call ends").isTrue();
      took.add(Duration.ofNanos(call.hungUpAt() - left));
    }
    FakeUpstream.await("no watch left", () -> gauge("consilium.clients.watched") == 0);
    FakeUpstream.await("no call left", () -> gauge("consilium.expert.in_flight") == 0);
    Collections.sort(took);
    return took.get(ROUNDS / 2);
  }

  private static double gauge(String name) {
    return service.getBean(MeterRegistry.class).get(name).gauges().stream()
        .mapToDouble(gauge -> gauge.value())
        .sum();
  }

  private static void ask(Socket client, String model, boolean stream) throws IOException {
    String body =
        """
        {"model":"%s","stream":%s,"messages":[{"role":"user","content":"What is 2 + 3?"}]}\
        """
            .formatted(model, stream);
    String request =
        """
        POST /v1/chat/completions HTTP/1.1\r
        Host: 127.0.0.1\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s\
        """
            .formatted(body.length(), body);
    client.setSoTimeout(20_000);
    client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    client.getOutputStream().flush();
  }

  private static void readUntil(Socket client, String text) throws IOException {
    var seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      int next = client.getInputStream().read();
      if (next < 0) {
        throw new AssertionError("the connection ended after: " + seen);
      }
      seen.append((char) next);
    }
  }
}
