package io.consilium.tools.wireless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionTest {
  private static final Detection SHIPPED = Detection.shipped();

  @Test
  void shippedDetectorsReadChannelsOfModelsTheyNeverSaw() {
    var observed =
        Training.observe(300, List.of(TapProfile.TDL_B, TapProfile.TDL_E), List.of(15.), 77);
    for (var detector : Detector.values()) {
      long right =
          observed.stream()
              .filter(each ->
                  SHIPPED
                      .guesses(detector, each.features())
                      .getFirst()
                      .label()
                      .equals(detector.truth(each.scene())))
              .count();
      // far below what the report measures, far above any one label
      assertThat(right).as(detector.id()).isGreaterThan(225);
    }
  }

  @Test
  void probabilitiesSumToOneOverTheLabelsOfTheDetector() {
    var channel = new Scene(TapProfile.TDL_C, 200e-9, 300, 0, 5).samples(3);
    for (var detector : Detector.values()) {
      var guesses = SHIPPED.guesses(detector, channel);
      assertThat(guesses).hasSize(detector.labels().size());
      assertThat(guesses).allMatch(guess -> detector.labels().contains(guess.label()));
      assertThat(guesses.stream().mapToDouble(g -> g.probability()).sum())
          .isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void trainingTwiceGivesTheSameFiles(@TempDir Path folder) throws IOException {
    var observed = Training.observe(60, Training.PROFILES, Training.SNRS, 5);
    var one = Files.createDirectory(folder.resolve("one"));
    var two = Files.createDirectory(folder.resolve("two"));
    Training.fit(observed).save(one);
    Training.fit(observed).save(two);
    try (var files = Files.list(one)) {
      for (var file : files.toList()) {
        assertThat(file).hasSameBinaryContentAs(two.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void observationsAreTheSameOnEveryMachine() {
    var observed = Training.observe(1, Training.PROFILES, Training.SNRS, Training.SEED).getFirst();
    assertThat(IntStream.of(0, 5, 16).mapToDouble(i -> observed.features()[i]).toArray())
        .containsExactly(
            new double[] {0.8460441533572798, 0.7923918952450898, 0.4286708344860424},
            within(1e-9));
  }
}
