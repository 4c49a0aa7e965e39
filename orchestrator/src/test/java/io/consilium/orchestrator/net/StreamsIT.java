package io.consilium.orchestrator.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two thousand slow streams at once through one process, every piece counted. */
@Timeout(600)
class StreamsIT {
  private static final int STREAMS = 2000;
  private static final int PIECES = 20;
  private static final Pattern PIECE = Pattern.compile("piece-(\\d+);");

  @Test
  void twoThousandSlowStreamsAreHeldAtOnceAndLoseNoPiece(@TempDir Path folder) throws Exception {
    var home = folder.resolve("home");
    var underWay = new CountDownLatch(STREAMS);
    var steps = new Semaphore[STREAMS];
    var next = new AtomicInteger();
    try (var upstream = FakeUpstream.start();
        var service = new ServiceProcess(home);
        var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      upstream.script(
          "slow",
          exchange -> {
            var permits = new Semaphore(1); // the first piece goes out at once
            steps[next.getAndIncrement()] = permits;
            exchange.open();
            for (int i = 0; i < PIECES; i++) {
              permits.acquire();
              exchange.event(
                  Behaviours.chunk(Json.object().put("content", "piece-" + i + ";"), null));
            }
            exchange.event(Behaviours.chunk(Json.object(), "stop"));
            exchange.done();
          });
      service.register("slow", upstream.url());
      List<Future<List<Integer>>> streams = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        streams.add(clients.submit(() -> read(service.port(), underWay)));
      }
      assertThat(underWay.await(240, TimeUnit.SECONDS))
          .as("%d of %d streams are under way", STREAMS - underWay.getCount(), STREAMS)
          .isTrue();
      long cpuBefore = cpuMillis(service.pid());
      long begin = System.nanoTime();
      for (int i = 1; i < PIECES; i++) {
        for (var permits : steps) {
          permits.release();
        }
      }
      for (var stream : streams) {
        assertThat(stream.get(240, TimeUnit.SECONDS)).hasSize(PIECES).isSorted();
      }
      long peak = service.peakMebibytes();
      Files.writeString(
          Path.of("target", "streams.txt"),
          "%d streams of %d pieces: peak %d MiB; the last %d pieces of each took %d ms and %d ms of CPU%n"
              .formatted(
                  STREAMS,
                  PIECES,
                  peak,
                  PIECES - 1,
                  (System.nanoTime() - begin) / 1_000_000,
                  cpuMillis(service.pid()) - cpuBefore));
      assertThat(peak).as("MiB held").isLessThan(1536);
    }
  }

  /** Reads one stream to its end; the numbers of its pieces in the order they came. */
  private static List<Integer> read(int port, CountDownLatch underWay) throws IOException {
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
      socket.setSoTimeout(240_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var seen = new StringBuilder();
      var buffer = new byte[4096];
      boolean begun = false;
      while (seen.indexOf("[DONE]") < 0) {
        int size = socket.getInputStream().read(buffer);
        if (size < 0) {
          throw new AssertionError("a stream ended after: " + seen);
        }
        seen.append(new String(buffer, 0, size, StandardCharsets.US_ASCII));
        if (!begun && seen.indexOf("piece-0;") >= 0) {
          begun = true;
          underWay.countDown();
        }
      }
      return PIECE.matcher(seen).results().map(hit -> Integer.valueOf(hit.group(1))).toList();
    }
  }

  private static long cpuMillis(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow()
        .toMillis();
  }
}
