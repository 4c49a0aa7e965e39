package io.consilium.tools.wireless;

import static io.consilium.tools.ServedTools.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Owner;
import io.consilium.tools.BundledServer;
import io.consilium.tools.McpServerSettings;
import io.consilium.tools.ServedTools;
import java.time.Duration;
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
  private static ServedTools server;

  @BeforeAll
  static void start() {
    server = new ServedTools(SETTINGS, Owner.FILE);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void everyDetectorIsATool() {
    assertThat(server.cards())
        .extracting(ExpertCard::id)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Detector.values()).map(each -> "wireless/" + each.id()).toList());
  }

  @Test
  void aToolSaysTheLabelAndHowSureItIs() {
    var clear = new Scene(TapProfile.TDL_E, 100e-9, 100, 30, 25).samples(8).json();
    var answer = server.expert("wireless/line-of-sight").answer(question(clear), delta -> {});
    assertThat(answer.text()).matches("line of sight \\([01]\\.\\d\\d\\)");
    assertThat(answer.confidence()).isBetween(0.5, 1.0);
  }

  @Test
  void samplesOfAnotherShapeAreRefusedWithTheShapeWanted() {
    assertThatExceptionOfType(ExpertException.class)
        .isThrownBy(() ->
            server
                .expert("wireless/mobility")
                .answer(question("{\"channel\":[[1,2]]}"), delta -> {}))
        .withMessageContaining("channel");
  }
}
