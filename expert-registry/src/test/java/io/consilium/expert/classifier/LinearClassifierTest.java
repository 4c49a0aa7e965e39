package io.consilium.expert.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.classifier.LogisticTrainer.Labelled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearClassifierTest {
  private final LinearClassifier model =
      new LogisticTrainer("plane", 1)
          .fit(
              List.of(
                  new Labelled(new float[] {1, 0}, "a", 0),
                  new Labelled(new float[] {.9f, .1f}, "a", 1),
                  new Labelled(new float[] {0, 1}, "b", 2),
                  new Labelled(new float[] {.1f, .9f}, "b", 3)));

  @Test
  void aWorkedExampleHasTheProbabilitiesOfSoftmaxAtItsTemperature() {
    var worked =
        new LinearClassifier(
            List.of("x", "y"), "plane", new float[][] {{2, 0}, {0, 1}}, new float[] {0, 1}, 2);
    var guesses = worked.guesses(new float[] {1, 2});
    // logits 2 and 3, halved by the temperature: P(y) = 1 / (1 + e^-.5)
    assertThat(guesses.getFirst().label()).isEqualTo("y");
    assertThat(guesses.getFirst().probability()).isCloseTo(.622459, within(1e-6));
  }

  @Test
  void probabilitiesSumToOneAndTheLikeliestComesFirst() {
    var guesses = model.guesses(new float[] {.95f, .05f});
    assertThat(guesses.getFirst().label()).isEqualTo("a");
    assertThat(guesses.getFirst().probability()).isGreaterThan(guesses.get(1).probability());
    assertThat(guesses.stream().mapToDouble(LinearClassifier.Guess::probability).sum())
        .isCloseTo(1, within(1e-9));
  }

  @Test
  void aSavedModelIsTheSameWhenLoaded() throws IOException {
    var loaded = LinearClassifier.load(new ByteArrayInputStream(bytes()), "test", "plane");
    assertThat(loaded.guesses(new float[] {.5f, .4f}))
        .isEqualTo(model.guesses(new float[] {.5f, .4f}));
  }

  @Test
  void otherFilesOtherFormatsAndOtherVectorsAreRefused() throws IOException {
    var whole = bytes();
    var newer = whole.clone();
    newer[5] = 9;
    assertRefused("hello world, no model".getBytes(StandardCharsets.UTF_8));
    assertRefused(newer);
    assertRefused(Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(
            () -> LinearClassifier.load(new ByteArrayInputStream(whole), "test", "other"))
        .hasMessageContaining("fitted on vectors of 'plane', and 'other' is in use");
  }

  private void assertRefused(byte[] bytes) {
    assertThatThrownBy(
            () -> LinearClassifier.load(new ByteArrayInputStream(bytes), "support.model", "plane"))
        .isInstanceOfSatisfying(
            ExpertException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.CONFIGURATION))
        .hasMessageContaining("support.model")
        .hasMessageContaining("train it again");
  }

  private byte[] bytes() throws IOException {
    var bytes = new ByteArrayOutputStream();
    model.save(bytes);
    return bytes.toByteArray();
  }
}
