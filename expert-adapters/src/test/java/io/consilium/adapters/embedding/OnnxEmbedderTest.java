package io.consilium.adapters.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.index.DotProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class OnnxEmbedderTest {
  private static final OnnxEmbedder EMBEDDER = new OnnxEmbedder(1, 512, 100);

  @AfterAll
  static void close() {
    EMBEDDER.close();
  }

  private static double cosine(String left, String right) {
    return DotProduct.best().of(EMBEDDER.embed(left), EMBEDDER.embed(right), 0);
  }

  @Test
  void vectorsHaveLengthOne() {
    float[] vector = EMBEDDER.embed("How far is it?");
    assertThat(vector).hasSize(EMBEDDER.dimension());
    assertThat(DotProduct.scalar(vector, vector, 0)).isCloseTo(1f, within(1e-4f));
  }

  @Test
  void textsThatMeanTheSameAreNear() {
    assertThat(cosine("convert miles to kilometres", "60 mph to km/h"))
        .isGreaterThan(cosine("convert miles to kilometres", "my invoice is wrong") + 0.2);
  }

  @Test
  void longTextsDifferByTheirEnds() {
    var words = "the quick brown fox jumps over the lazy dog. ".repeat(60);
    assertThat(cosine(words + "I want a refund for my order.", words + "Is it going to snow?"))
        .isLessThan(0.999);
    assertThat(EMBEDDER.embed("word ".repeat(200_000))).hasSize(EMBEDDER.dimension());
  }

  @Test
  void aTextGetsTheSameVectorWhateverElseIsAsked() throws Exception {
    List<Future<float[]>> together = new ArrayList<>();
    try (var crowded = new OnnxEmbedder(1, 512, 0);
        var alone = new OnnxEmbedder(1, 512, 0)) {
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 40; i++) {
          int number = i;
          together.add(threads.submit(() -> crowded.embed(text(number))));
        }
      }
      for (int i = 0; i < 40; i++) {
        assertThat(together.get(i).get()).isEqualTo(alone.embed(text(i)));
      }
    }
  }

  private static String text(int i) {
    return "question number " + i + " of many" + " and more".repeat(i % 5);
  }
}
