package io.consilium.tools.retrieval;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExperienceTest {
  private static final int DIMENSION = 16;
  private static final int[] NO_TERMS = new int[0];
  private static final float[] EAST = {1, 0};
  private static final float[] NORTH = {0, 1};

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
    return experience.votes(vector, NO_TERMS, 1).entrySet().stream()
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
      experience.learn(
          List.of(vectors.get(i)), List.of(NO_TERMS), List.of(List.of("tool-" + i % 7)));
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
      experience.learn(List.of(vectors.get(i)), List.of(NO_TERMS), List.of(List.of("tool-" + i)));
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
        Collections.nCopies(299, NO_TERMS),
        vectors.subList(0, 299).stream().map(each -> List.of("old")).toList());
    var last = vectors.getLast();
    var before = experience.votes(last, NO_TERMS, 1);

    experience.learn(List.of(last), List.of(NO_TERMS), List.of(List.of("new")));

    assertThat(before).doesNotContainKey("new");
    assertThat(loudest(experience, last)).isEqualTo("new");
    assertThat(requireNonNull(experience.votes(last, NO_TERMS, 1).get("new")).classifier())
        .as("the classifier learnt as well")
        .isPositive();
  }

  private static Experience served(List<Set<String>> served) {
    var experience = new Experience(2, 100);
    experience.learn(
        Collections.nCopies(served.size(), EAST),
        Collections.nCopies(served.size(), Wordings.terms("rain tomorrow")),
        served);
    return experience;
  }

  @Test
  void newcomersAreAsLikelyAsToolsUsedOnceAndAsManyAsNeverServed() {
    // a is used three times, b and c once: two of five uses are the only one of their tool
    var experience = served(List.of(Set.of("a"), Set.of("a"), Set.of("b"), Set.of("a", "c")));

    assertThat(experience.newcomers(Set.of("a", "b", "c"))).isEqualTo(0.4, within(1e-9));
    // of four tools three served: 1 - 3/5 × 3/4
    assertThat(experience.newcomers(Set.of("a", "b", "c", "d"))).isEqualTo(0.55, within(1e-9));
    assertThat(served(List.of()).newcomers(Set.of("a"))).isEqualTo(1);
  }

  @Test
  void whereNoNewcomerIsLikelyThePastSpeaksOfUnlikeRequestsToo() {
    var experience = served(List.of(Set.of("a"), Set.of("a"), Set.of("b"), Set.of("b")));

    assertThat(ofA(experience, 1)).isLessThan(1e-4);
    assertThat(ofA(experience, 0)).isGreaterThan(10); // half of them: ln(.5 / 1e-5) = 10.8
  }

  private static double ofA(Experience experience, double newcomers) {
    return experience
        .votes(NORTH, NO_TERMS, newcomers)
        .getOrDefault("a", Experience.Vote.NONE)
        .neighbours();
  }

  @Test
  void oneMoreRequestIsCountedByItsWordsAtOnceWhereThereAreFew() {
    var experience = served(List.of(Set.of("a"), Set.of("b")));
    int[] asked = Wordings.terms("snow");
    assertThat(experience.votes(EAST, asked, 0)).doesNotContainKey("c");

    experience.learn(List.of(NORTH), List.of(asked), List.of(Set.of("c")));

    var votes = experience.votes(EAST, asked, 0);
    assertThat(requireNonNull(votes.get("c")).wording())
        .isGreaterThan(requireNonNull(votes.get("a")).wording());
  }
}
