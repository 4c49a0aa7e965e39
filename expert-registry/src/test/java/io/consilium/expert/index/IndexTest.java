package io.consilium.expert.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IndexTest {
  private static float[] random(Random random, int length) {
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  @Test
  void theVectorKernelAgreesWithTheScalarOne() {
    var random = new Random(1);
    for (int length : new int[] {1, 7, 8, 31, 384, 385}) {
      float[] query = random(random, length);
      float[] rows = random(random, 3 * length);
      assertThat(DotProduct.best().of(query, rows, length))
          .isCloseTo(DotProduct.scalar(query, rows, length), within(1e-3f));
    }
  }

  @Test
  void theNearestVectorsComeFirst() {
    var random = new Random(2);
    var index = new VectorIndex("test", 16);
    Map<String, float[]> vectors = new LinkedHashMap<>();
    for (int i = 0; i < 200; i++) {
      vectors.put("v" + i, random(random, 16));
    }
    index.put(vectors);
    float[] query = random(random, 16);
    var expected =
        vectors.entrySet().stream()
            .sorted((a, b) ->
                Float.compare(
                    DotProduct.scalar(query, b.getValue(), 0),
                    DotProduct.scalar(query, a.getValue(), 0)))
            .limit(5)
            .map(Map.Entry::getKey)
            .toList();
    assertThat(index.nearest(query, 5)).extracting(Hit::id).isEqualTo(expected);
    index.remove(List.of(expected.getFirst()));
    assertThat(index.nearest(query, 4)).extracting(Hit::id).isEqualTo(expected.subList(1, 5));
    assertThat(index.nearest(query, 0)).isEmpty();
  }

  @Test
  void theByteKernelsAgreeExactly() {
    var random = new Random(3);
    for (int length : new int[] {1, 15, 64, 384, 400}) {
      var query = new short[length];
      var rows = new byte[3 * length];
      random.nextBytes(rows);
      for (int i = 0; i < length; i++) {
        query[i] =
            (short) (random.nextInt(2 * DotProduct.QUERY_RANGE + 1) - DotProduct.QUERY_RANGE);
      }
      for (int i = 0; i < rows.length; i++) {
        rows[i] = rows[i] == Byte.MIN_VALUE ? Byte.MAX_VALUE : rows[i];
      }
      DotProduct scalar = DotProduct::scalar;
      assertThat(DotProduct.best().of(query, rows, length))
          .isEqualTo(scalar.of(query, rows, length));
    }
  }

  @Test
  void amongManyVectorsNoneOfTheNearestIsMissed() {
    var random = new Random(4);
    int length = 24;
    var index = new VectorIndex("test", length);
    Map<String, float[]> vectors = new LinkedHashMap<>();
    for (int i = 0; i < VectorIndex.MANY + 100; i++) {
      vectors.put("v" + i, random(random, length));
    }
    vectors.put("zero", new float[length]);
    index.put(vectors);
    for (int q = 0; q < 20; q++) {
      float[] query = random(random, length);
      var expected =
          vectors.entrySet().stream()
              .sorted((a, b) ->
                  Float.compare(
                      DotProduct.best().of(query, b.getValue(), 0),
                      DotProduct.best().of(query, a.getValue(), 0)))
              .limit(10)
              .map(Map.Entry::getKey)
              .toList();
      assertThat(index.nearest(query, 10)).extracting(Hit::id).isEqualTo(expected);
    }
    assertThat(index.nearest(random(random, length), vectors.size() + 1)).hasSize(vectors.size());
    assertThat(index.nearest(random(random, length), 0)).isEmpty();
  }

  @Test
  void aVectorOfAnotherSpaceIsRefused() {
    var index = new VectorIndex("test", 3);
    assertThatThrownBy(() -> index.nearest(new float[4], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3");
  }

  @Test
  void rareWordsCountMoreThanCommonOnes() {
    var index = new LexicalIndex();
    index.put(
        Map.of(
            "a", "convert units of length", "b", "convert currencies", "c", "convert documents"));
    assertThat(index.search("convert a currency", 3).getFirst().id()).isEqualTo("b");
    assertThat(index.search("the of and", 3)).isEmpty();
    index.remove(List.of("b"));
    assertThat(index.search("currency", 3)).isEmpty();
  }

  @Test
  void wordsAreCutAtCaseAndPlural() {
    assertThat(Words.of("getUserNames of HTTPServers' boxes"))
        .containsExactly("user", "name", "http", "server", "box");
  }
}
