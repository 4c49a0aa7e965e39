package io.consilium.tools.everyday;

import static io.consilium.tools.ServedTools.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Owner;
import io.consilium.tools.BundledServer;
import io.consilium.tools.McpServerSettings;
import io.consilium.tools.ServedTools;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bundled server as the service runs it: a process of its own, spoken to over stdio. */
class EverydayServerTest {
  private static final McpServerSettings SETTINGS =
      BundledServer.everyday(null).withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60));
  private static ServedTools server;

  @BeforeAll
  static void start() {
    server = new ServedTools(SETTINGS, Owner.BUNDLED);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void itsToolsAreTheBundledExperts() {
    assertThat(server.cards())
        .extracting(ExpertCard::id)
        .containsExactlyInAnyOrderElementsOf(EverydayServer.TOOL_NAMES);
  }

  @Test
  void theCalculatorAnswersOverStdio() {
    var answer =
        server.expert("calculator").answer(question("What is 17.5 % of 2,340 EUR?"), delta -> {});

    assertThat(answer.text()).isEqualTo("17.5 % × 2,340 EUR = 409.50 EUR");
    assertThat(answer.confidence()).isEqualTo(0.97);
  }

  @Test
  void theUnitConverterAndTheDateCalculatorAnswerOverStdio() {
    var miles = server.expert("unit-converter").answer(question("26.2 miles in km"), delta -> {});
    var leap =
        server.expert("date-calculator").answer(question("is 2100 a leap year"), delta -> {});

    assertThat(miles.text()).isEqualTo("26.2 mi = 42.1648128 km");
    assertThat(leap.text()).startsWith("No, 2100 is not a leap year");
  }

  @Test
  void manyQuestionsAtOnceAreAllAnswered() throws Exception {
    var calculator = server.expert("calculator");
    var answers = new ArrayList<Future<String>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 300; i++) {
        var sum = question("What is %d + 1000?".formatted(i));
        answers.add(threads.submit(() -> calculator.answer(sum, delta -> {}).text()));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).endsWith(" = " + sum(i));
      }
    }
  }

  private static String sum(int i) {
    return "%,d".formatted(i + 1000);
  }

  @Test
  void whatItCannotReadIsRejectedWithExamples() {
    Assertions.assertThatThrownBy(
            () -> server.expert("calculator").answer(question("sing me a song"), delta -> {}))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.UPSTREAM_REJECTED);
              assertThat(e.message()).contains("Try:");
            });
  }

  @Test
  void itEndsWhenItsInputIsClosed() throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(BundledServer.command(null))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();

    process.getOutputStream().close();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(process.getInputStream().readAllBytes()).as("standard output").isEmpty();
  }
}
