package io.consilium.orchestrator.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** What comes of a runner that does, or does not do, what its contract says. */
class CodeRunnerTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static CodeRunner shell(String script, Duration time) {
    return new CodeRunner(
        new ChecksSettings.Runner(
            List.of("/bin/sh", "-c", script),
            null,
            time,
            DataSize.ofMegabytes(64),
            DataSize.ofBytes(200)));
  }

  private static ExpertException refusal(CodeRunner runner) {
    return catchThrowableOfType(
        ExpertException.class, () -> runner.passes("dec_1", "print(1)", "assert True"));
  }

  @Test
  void theCodeOfAnAnswerIsItsFencedBlocksOrAllOfIt() {
    assertThat(CodeRunner.code("Here:\n```python\nx = 1\n```\nand\n```\ny = 2\n```"))
        .isEqualTo("x = 1\ny = 2\n");
    assertThat(CodeRunner.code("x = 1")).isEqualTo("x = 1");
  }

  @Test
  void aCommandReadsWhatItIsToRunAndSaysWhetherItPassed() {
    var runner =
        shell(
            """
            if grep -q '"code":"return a + b\\\\n".*"network":false'; then echo '{"passed":true}'
            else echo '{"passed":false}'; fi
            """,
            SOON);

    assertThat(runner.passes("dec_1", "```\nreturn a + b\n```", "sum")).isTrue();
    assertThat(runner.passes("dec_1", "```\nreturn a - b\n```", "sum")).isFalse();
  }

  @Test
  void aServiceIsAskedTheSame() throws IOException {
    var seen = new AtomicReference<String>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          seen.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          var said = "{\"passed\":true}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, said.length);
          exchange.getResponseBody().write(said);
          exchange.close();
        });
    server.start();
    try {
      var runner =
          new CodeRunner(
              new ChecksSettings.Runner(
                  List.of(),
                  URI.create("http://127.0.0.1:%d/".formatted(server.getAddress().getPort())),
                  SOON,
                  DataSize.ofMegabytes(64),
                  DataSize.ofKilobytes(1)));
      assertThat(runner.passes("dec_1", "x", "t")).isTrue();
      assertThat(seen.get()).contains("\"tests\":\"t\"", "\"memory_mb\":64");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void withoutARunnerNothingIsRun() {
    var none =
        new CodeRunner(
            new ChecksSettings.Runner(
                List.of(), null, SOON, DataSize.ofMegabytes(64), DataSize.ofKilobytes(1)));

    assertThat(refusal(none).kind()).isEqualTo(FailureKind.UNSUPPORTED);
    assertThat(refusal(none).message()).contains("consilium.checks.runner");
  }

  @Test
  void aRunnerThatKeepsNoBoundGivesNoVerdict() {
    assertThat(refusal(shell("sleep 30", Duration.ofMillis(200))).message())
        .contains("takes longer");
    assertThat(refusal(shell("head -c 1000 /dev/zero", SOON)).message()).contains("more than 200");
    assertThat(refusal(shell("echo fine", SOON)).message()).contains("not valid JSON");
    assertThat(refusal(shell("echo '{}'", SOON)).message()).contains("'passed'");
    assertThat(refusal(shell("echo '{}'", SOON)).kind()).isEqualTo(FailureKind.UNAVAILABLE);
  }
}
