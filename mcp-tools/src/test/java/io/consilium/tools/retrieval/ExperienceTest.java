package io.consilium.tools.retrieval;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExperienceTest {
  private static final int DIMENSION = 16;

  private static List<float[]> vectors(int count) {
    var random = new SplittableRandom(3);
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] vector = new float[DIMENSION];
      double square = 0;
      for (int k = 0; k < DIMENSION; k++) {
        vector[k] = (float) random.nextDouble(-1, 1);
        square += vector[k] * vector[k];
      }
      for (int k = 0; k < DIMENSION; k++) {
        vector[k] /= (float) Math.sqrt(square);
      }
      vectors.add(vector);
    }
    return vectors;
  }

  private static String loudest(Experience experience, float[] vector) {
    return experience.votes(vector).entrySet().stream()
        .max(
            Comparator.comparingDouble(
                (Map.Entry<String, Experience.Vote> each) -> each.getValue().neighbours()))
        .orElseThrow()
        .getKey();
  }

  @Test
  void eachRequestIsKnownAgainWhetherItLiesApartOrNot() {
    var vectors = vectors(600);
    var experience = new Experience(DIMENSION, 20_000);
    for (int i = 0; i < vectors.size(); i++) {
      experience.learn(List.of(vectors.get(i)), List.of(List.of("tool-" + i % 7)));
      if (i % 50 == 0) {
        assertThat(loudest(experience, vectors.get(i))).isEqualTo("tool-" + i % 7);
      }
    }

    for (int i : new int[] {0, 255, 256, 257, 300, 512, 513, 599}) {
      assertThat(loudest(experience, vectors.get(i)))
          .as("request %d", i)
          .isEqualTo("tool-" + i % 7);
    }
    assertThat(experience.size()).isEqualTo(600);
  }

  @Test
  void theOldestGoAndNotManyMoreThanTheLimitAreKept() {
    var vectors = vectors(200);
    var experience = new Experience(DIMENSION, 16);
    for (int i = 0; i < vectors.size(); i++) {
      experience.learn(List.of(vectors.get(i)), List.of(List.of("tool-" + i)));
      assertThat(experience.size()).isLessThanOrEqualTo(18);
    }

    assertThat(loudest(experience, vectors.get(199))).isEqualTo("tool-199");
    assertThat(loudest(experience, vectors.get(0))).isNotEqualTo("tool-0");
  }

  @Test
  void oneMoreRequestChangesWhatIsSaidOfIt() {
    var vectors = vectors(300);
    var experience = new Experience(DIMENSION, 20_000);
    experience.learn(
        vectors.subList(0, 299),
        vectors.subList(0, 299).stream().map(each -> List.of("old")).toList());
    var last = vectors.getLast();
    var before = experience.votes(last);

    experience.learn(List.of(last), List.of(List.of("new")));

    assertThat(before).doesNotContainKey("new");
    assertThat(loudest(experience, last)).isEqualTo("new");
    assertThat(requireNonNull(experience.votes(last).get("new")).classifier())
        .as("the classifier learnt as well")
        .isPositive();
  }
}
