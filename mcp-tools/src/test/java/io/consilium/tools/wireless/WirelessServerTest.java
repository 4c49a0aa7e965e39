package io.consilium.tools.wireless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Owner;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.tools.BundledServer;
import io.consilium.tools.McpConnection;
import io.consilium.tools.McpServerSettings;
import io.consilium.tools.ToolCards;
import io.consilium.tools.ToolExpert;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The detectors as any MCP client has them: a process of its own, spoken to over stdio. */
class WirelessServerTest {
  private static final McpServerSettings SETTINGS =
      McpServerSettings.of(
              "wireless",
              new McpServerSettings.Stdio(
                  BundledServer.wireless().getFirst(),
                  BundledServer.wireless().subList(1, BundledServer.wireless().size()),
                  Map.of()))
          .withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60));
  private static McpConnection server;

  @BeforeAll
  static void start() {
    server = new McpConnection(SETTINGS, tools -> {}, InstantSource.system());
    server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ToolExpert expert(String id) {
    return ToolCards.of(SETTINGS, server.tools(), Owner.FILE).stream()
        .filter(card -> card.id().equals(id))
        .map(card -> new ToolExpert(card, server))
        .findFirst()
        .orElseThrow();
  }

  private static Question question(String text) {
    return Question.of(text, Terms.within(Duration.ofSeconds(60), Instant.now()));
  }

  @Test
  void everyDetectorIsATool() {
    assertThat(ToolCards.of(SETTINGS, server.tools(), Owner.FILE))
        .extracting(ExpertCard::id)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Detector.values()).map(each -> "wireless/" + each.id()).toList());
  }

  @Test
  void aToolSaysTheLabelAndHowSureItIs() {
    var clear = new Scene(TapProfile.TDL_E, 100e-9, 100, 30, 25).samples(8).json();
    var answer = expert("wireless/line-of-sight").answer(question(clear), delta -> {});
    assertThat(answer.text()).matches("line of sight \\([01]\\.\\d\\d\\)");
    assertThat(answer.confidence()).isBetween(0.5, 1.0);
  }

  @Test
  void samplesOfAnotherShapeAreRefusedWithTheShapeWanted() {
    assertThatExceptionOfType(ExpertException.class)
        .isThrownBy(() ->
            expert("wireless/mobility").answer(question("{\"channel\":[[1,2]]}"), delta -> {}))
        .withMessageContaining("channel");
  }
}
