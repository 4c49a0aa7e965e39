package io.consilium.orchestrator.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.orchestrator.OrchestratorApplication;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  @TempDir private Path home;

  @Test
  void theServiceAnswersItselfThroughItsOwnPortAndNothingOfItStays() throws Exception {
    var application = OrchestratorApplication.application();
    try (var context =
        application.run(
            "--consilium.port=0", "--consilium.home=" + home, "--consilium.warm-up=300ms")) {
      var port = context.getEnvironment().getRequiredProperty("local.server.port");
      var address = URI.create("http://127.0.0.1:%s/v1".formatted(port));
      var rehearsal = context.getBean(Rehearsal.class);

      int answered =
          rehearsal.run(address, Duration.ofSeconds(1), context.getBean(Rehearsal.Stages.class));

      assertThat(answered).isPositive();
      assertThat(rehearsal.find("")).isEmpty();
      assertThat(
              context.getBean(JdbcDecisions.class).list(JdbcDecisions.Filter.ALL, 10, null).data())
          .isEmpty();
      assertThat(bytesOfDecisions()).isZero();
      var meters = context.getBean(MeterRegistry.class).getMeters();
      assertThat(meters)
          .noneMatch(meter -> meter.getId().toString().contains("rehearsal"))
          .noneMatch(meter -> meter.getId().getName().equals("gen_ai.server.request.duration"));
      assertThat(get(address + "/models")).doesNotContain("rehearsal");
    }
  }

  private long bytesOfDecisions() throws IOException {
    try (var files = Files.list(home.resolve("journal"))) {
      return files
          .filter(file -> file.toString().endsWith(".ndjson"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private static String get(String address) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
          .body();
    }
  }
}
