package io.consilium.orchestrator.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.orchestrator.net.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills the service under load, starts it again, and asks for every decision it had told. */
@Timeout(600)
class JournalIT {
  private static final String QUESTION =
      """
      {"model":"plain","messages":[{"role":"user","content":"What is 2 + 3?"}]}\
      """;

  @Test
  void killedUnderLoadItHasEveryDecisionItToldAndNoKey(@TempDir Path folder) throws Exception {
    var home = folder.resolve("home");
    List<String> told = new CopyOnWriteArrayList<>();
    try (var upstream = FakeUpstream.start()) {
      try (var service = new ServiceProcess(home)) {
        service.register("plain", upstream.url());
        askUntilKilled(service, told);
      }
      assertThat(told).hasSizeGreaterThanOrEqualTo(500);
      assertThat(files(home.resolve("journal")))
          .noneMatch(text -> text.contains(ServiceProcess.KEY));

      try (var service = new ServiceProcess(home)) {
        for (var id : told) {
          assertThat(service.get("/v1/decisions/" + id).statusCode())
              .as("decision %s of %d", id, told.size())
              .isEqualTo(200);
        }
        assertThat(service.get("/v1/decisions/" + told.getLast()).body())
            .contains(told.getLast(), "plain")
            .doesNotContain(ServiceProcess.KEY);
      }
    }
  }

  private static void askUntilKilled(ServiceProcess service, List<String> told)
      throws InterruptedException {
    var killed = new AtomicBoolean();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        clients.execute(() -> {
          while (!killed.get()) {
            try {
              var response = service.post("/v1/chat/completions", QUESTION);
              if (response.statusCode() == 200) {
                told.add(response.headers().firstValue("x-consilium-decision").orElseThrow());
              }
            } catch (UncheckedIOException e) {
              LockSupport.parkNanos(1_000_000); // it was killed meanwhile
            }
          }
        });
      }
      while (told.size() < 500) {
        LockSupport.parkNanos(1_000_000);
      }
      service.kill();
      killed.set(true);
    }
  }

  private static List<String> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(file -> {
            try {
              return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .toList();
    }
  }
}
