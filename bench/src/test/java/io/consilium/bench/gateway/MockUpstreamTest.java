package io.consilium.bench.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.bench.gateway.load.Load;
import io.consilium.bench.gateway.load.LoadLoop;
import io.consilium.bench.gateway.load.LoadResult;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MockUpstreamTest {
  private static WebServer mock;

  @BeforeAll
  static void start() {
    mock = MockUpstream.start(0);
  }

  @AfterAll
  static void stop() {
    mock.stop();
  }

  @Test
  void namesOfModelsSayHowTheMockAnswers() {
    assertThat(MockMode.of("instant")).contains(new MockMode(Duration.ZERO, 64, Duration.ZERO));
    assertThat(MockMode.of("delay-20"))
        .contains(new MockMode(Duration.ofMillis(20), 64, Duration.ZERO));
    assertThat(MockMode.of("paced-8x250"))
        .contains(new MockMode(Duration.ZERO, 8, Duration.ofMillis(250)));
    assertThat(MockMode.of("gpt-4")).isEmpty();
  }

  @Test
  void streamHoldsEveryNumberedFrameThenUsageThenTheEndMark() throws Exception {
    HttpResponse<String> reply =
        post(
            "{\"stream_options\":{\"include_usage\":true},\"model\":\"paced-3x5\",\"stream\":true}");

    List<String> lines = reply.body().lines().filter(line -> !line.isEmpty()).toList();
    assertThat(reply.headers().firstValue("content-type")).contains("text/event-stream");
    assertThat(lines).hasSize(6);
    for (int i = 0; i < 3; i++) {
      assertThat(lines.get(i)).contains("\"content\":\"t" + i + " \"");
    }
    assertThat(lines.get(3)).contains("\"finish_reason\":\"stop\"");
    assertThat(lines.get(4)).contains("\"usage\"");
    assertThat(lines.get(5)).isEqualTo("data: [DONE]");
  }

  @Test
  void modelThatNamesNoModeIsRefusedWithTheModesThereAre() throws Exception {
    HttpResponse<String> reply = post("{\"model\":\"gpt-4\"}");

    assertThat(reply.statusCode()).isEqualTo(404);
    assertThat(reply.body()).contains("paced-<n>x<ms>");
  }

  @Test
  void loadLoopCountsRepliesAndTheirTimes() throws IOException {
    LoadResult result = LoadLoop.run(load("delay-10", 0, 4, 5));

    assertThat(result.requests()).isEqualTo(20);
    assertThat(result.errors()).isZero();
    assertThat(result.p50()).isGreaterThanOrEqualTo(10);
  }

  @Test
  void loadLoopCountsEveryFrameOfEveryStream() throws IOException {
    LoadResult result = LoadLoop.run(load("paced-6x3", 6, 20, 2));

    assertThat(result.requests()).isEqualTo(40);
    assertThat(result.frames()).isEqualTo(240);
    assertThat(result.framesLost()).isZero();
    assertThat(result.firstFrameP50()).isGreaterThan(0).isLessThanOrEqualTo(result.p50());
  }

  @Test
  void loadLoopMissesFramesThatNeverCame() throws IOException {
    LoadResult result = LoadLoop.run(load("paced-6x1", 8, 1, 1));

    assertThat(result.requests()).isZero();
    assertThat(result.errors()).isEqualTo(1);
    assertThat(result.frames()).isEqualTo(6);
    assertThat(result.framesLost()).isEqualTo(2);
    assertThat(result.firstError()).isEqualTo("6 of 8 frames in order");
  }

  @Test
  void loadLoopCallsARefusalAnError() throws IOException {
    LoadResult result = LoadLoop.run(load("gpt-4", 0, 1, 3));

    assertThat(result.errors()).isEqualTo(3);
    assertThat(result.firstError()).startsWith("status 404");
  }

  private static Load load(String model, int frames, int connections, int each) {
    return new Load(mock.port(), List.of("x-a: b"), model, 12, frames, connections, 0, each, "", 7);
  }

  private static HttpResponse<String> post(String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + mock.port() + "/v1/chat/completions"))
              .version(HttpClient.Version.HTTP_1_1)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
