package io.consilium.adapters.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearTextClassifierTest {
  private final FakeEmbedder embedder = new FakeEmbedder("letters");
  private final LinearTextClassifier model =
      new LogisticTrainer(embedder, 1)
          .fit(
              List.of(
                  new Example("aaaa", "a", 0),
                  new Example("aaab", "a", 1),
                  new Example("bbbb", "b", 2),
                  new Example("bbba", "b", 3)));

  @Test
  void probabilitiesSumToOneAndTheLikeliestComesFirst() {
    var guesses = model.guesses(embedder.embed("aaa"));
    assertThat(guesses.getFirst().label()).isEqualTo("a");
    assertThat(guesses.getFirst().probability()).isGreaterThan(guesses.get(1).probability());
    assertThat(guesses.stream().mapToDouble(LinearTextClassifier.Guess::probability).sum())
        .isCloseTo(1, org.assertj.core.api.Assertions.within(1e-9));
  }

  @Test
  void aSavedModelIsTheSameWhenLoaded() throws IOException {
    var loaded = LinearTextClassifier.load(new ByteArrayInputStream(bytes()), "test", embedder);
    assertThat(loaded.guesses(embedder.embed("ab"))).isEqualTo(model.guesses(embedder.embed("ab")));
  }

  @Test
  void otherFilesOtherFormatsAndOtherEmbeddersAreRefused() throws IOException {
    var whole = bytes();
    var newer = whole.clone();
    newer[5] = 9;
    assertRefused("hello world, no model".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertRefused(newer);
    assertRefused(Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() ->
            LinearTextClassifier.load(
                new ByteArrayInputStream(whole), "test", new FakeEmbedder("other")))
        .hasMessageContaining("fitted on embeddings of 'letters', and 'other' is in use");
  }

  private void assertRefused(byte[] bytes) {
    assertThatThrownBy(() ->
            LinearTextClassifier.load(new ByteArrayInputStream(bytes), "support.model", embedder))
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
