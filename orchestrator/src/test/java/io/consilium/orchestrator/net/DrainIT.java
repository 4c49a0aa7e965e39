package io.consilium.orchestrator.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Decision;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.orchestrator.journal.Journal;
import io.consilium.orchestrator.journal.JournalSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stops the service while it is busy, by signal and by command, and asks what became of it all. */
@Timeout(600)
class DrainIT {
  private static final int STREAMS = 40;
  private static final String PLAIN =
      """
      {"model":"plain","messages":[{"role":"user","content":"What is 2 + 3?"}]}\
      """;

  private final CountDownLatch underWay = new CountDownLatch(STREAMS);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();

  @Test
  void onSigtermRunningStreamsFinishNewCallsAreRefusedAndNoDecisionIsLost(@TempDir Path folder)
      throws Exception {
    stopsUnderLoad(folder.resolve("home"), ServiceProcess::terminate);
  }

  @Test
  void onDownRunningStreamsFinishNewCallsAreRefusedAndNoDecisionIsLost(@TempDir Path folder)
      throws Exception {
    var home = folder.resolve("home");
    var script = Path.of("..", "consilium").toAbsolutePath().normalize();
    List<Process> down = new ArrayList<>();
    stopsUnderLoad(
        home,
        service -> {
          try {
            down.add(
                new ProcessBuilder(script.toString(), "down", "--home", home.toString())
                    .redirectErrorStream(true)
                    .start());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    assertThat(down.getFirst().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(new String(down.getFirst().getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("Stopped");
    assertThat(down.getFirst().exitValue()).isZero();
  }

  @Test
  void whatOutlastsTheTimeGivenIsCutOffAndRecorded(@TempDir Path folder) throws Exception {
    var home = folder.resolve("home");
    List<String> ids = new ArrayList<>();
    try (var upstream = upstream();
        var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Stream>> streams;
      try (var service = new ServiceProcess(home, "--consilium.drain=500ms")) {
        service.register("slow", upstream.url());
        streams = begin(service, clients);
        service.terminate();
        service.awaitEnd();
      }
      for (var stream : streams) {
        assertThat(stream.get(30, TimeUnit.SECONDS).whole()).isFalse();
        ids.add(stream.get().decision());
      }
      goOn.countDown();
    }
    assertThat(recorded(home, ids))
        .allSatisfy(decision ->
            assertThat(decision.failure())
                .extracting(Decision.Failure::kind)
                .isEqualTo(FailureKind.CANCELLED));
  }

  /** A way to stop the service. */
  private interface Stop {
    void stop(ServiceProcess service);
  }

  private void stopsUnderLoad(Path home, Stop stop) throws Exception {
    try (var upstream = upstream();
        var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Stream>> streams;
      var over = new AtomicBoolean();
      try (var service = new ServiceProcess(home)) {
        service.register("slow", upstream.url());
        service.register("plain", upstream.url());
        streams = begin(service, clients);
        for (int i = 0; i < 4; i++) {
          clients.execute(() -> ask(service, over));
        }
        FakeUpstream.await("answers before the end", () -> told.size() >= 100);
        stop.stop(service);
        awaitRefusal(service);
        over.set(true);
        assertThat(service.get("/readyz").statusCode()).isEqualTo(503);
        assertThat(service.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(streams).noneMatch(Future::isDone);
        goOn.countDown();
        for (var stream : streams) {
          assertThat(stream.get(60, TimeUnit.SECONDS).whole()).isTrue();
          told.add(stream.get().decision());
        }
        service.awaitEnd();
      }
      assertThat(recorded(home, told)).hasSize(told.size());
    }
  }

  /** The decisions of these ids that the next start would find, from journal and store. */
  private static List<Decision> recorded(Path home, Collection<String> ids) {
    try (var database = Database.open(null, home)) {
      var decisions = new JdbcDecisions(database);
      new Journal(
              home.resolve("journal"),
              JournalSettings.DEFAULT,
              decisions::keep,
              new SimpleMeterRegistry())
          .close(); // which drains what an earlier run left
      return ids.stream().flatMap(id -> decisions.find(id).stream()).toList();
    }
  }

  private FakeUpstream upstream() {
    return FakeUpstream.start()
        .script(
            "slow",
            exchange -> {
              exchange.open();
              exchange.event(Behaviours.chunk(Json.object().put("content", "one "), null));
              goOn.await();
              exchange.event(Behaviours.chunk(Json.object().put("content", "two "), null));
              exchange.event(Behaviours.chunk(Json.object(), "stop"));
              exchange.done();
            });
  }

  private List<Future<Stream>> begin(ServiceProcess service, ExecutorService clients)
      throws InterruptedException {
    List<Future<Stream>> streams = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      streams.add(clients.submit(() -> stream(service.port())));
    }
    assertThat(underWay.await(120, TimeUnit.SECONDS)).as("streams are under way").isTrue();
    return streams;
  }

  private void ask(ServiceProcess service, AtomicBoolean over) {
    while (!over.get()) {
      var response = service.post("/v1/chat/completions", PLAIN);
      if (response.statusCode() == 200) {
        told.add(response.headers().firstValue("x-consilium-decision").orElseThrow());
      } else {
        assertThat(response.statusCode()).isEqualTo(503);
        over.set(true);
      }
    }
  }

  private static void awaitRefusal(ServiceProcess service) {
    var response = service.post("/v1/chat/completions", PLAIN);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (response.statusCode() == 200 && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
      response = service.post("/v1/chat/completions", PLAIN);
    }
    assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).hasValue("5");
    assertThat(response.headers().firstValue("connection")).hasValue("close");
    assertThat(Json.MAPPER.readTree(response.body()).at("/error/message").asString())
        .contains("is stopping");
  }

  /** What a client saw of a stream. */
  private record Stream(String decision, boolean whole) {}

  private Stream stream(int port) throws IOException {
    String body =
        """
        {"model":"slow","stream":true,"messages":[{"role":"user","content":"Slowly, please."}]}\
        """;
    String request =
        """
        POST /v1/chat/completions HTTP/1.1\r
        Host: 127.0.0.1\r
        Authorization: Bearer %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s\
        """
            .formatted(ServiceProcess.KEY, body.length(), body);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(120_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String decision = "";
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("x-consilium-decision:")) {
          decision = line.substring(line.indexOf(':') + 1).strip();
        } else if (line.contains("one ")) {
          underWay.countDown();
        } else if (line.equals("data: [DONE]")) {
          return new Stream(decision, true);
        }
      }
      return new Stream(decision, false);
    }
  }
}
