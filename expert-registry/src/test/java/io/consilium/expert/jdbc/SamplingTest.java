package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplingTest {
  @Test
  void idsFallEvenlyWhateverTheyLookLike() {
    var tenths = new int[10];
    for (int i = 0; i < 20_000; i++) {
      tenths[(int) (Sampling.place("dec_%014x".formatted(i)) * 10)]++;
    }
    // 2,000 expected in each, with a standard deviation of 42; the ids are fixed, so this is exact
    for (int count : tenths) {
      assertThat(count).isBetween(1_830, 2_170);
    }
  }

  @Test
  void theSmallerSampleIsPartOfTheLarger() {
    var small = new Sampling(0.01, 0);
    var large = new Sampling(0, 0.1);
    for (int i = 0; i < 2_000; i++) {
      if (small.draws("dec_" + i)) {
        assertThat(large.draws("dec_" + i)).isTrue();
      }
    }
  }

  @Test
  void whatACompositionAskedInTurnIsNotDrawn() {
    assertThat(new Sampling(1, 1).draws("dec_1")).isTrue();
    assertThat(new Sampling(1, 1).draws("dec_1.abc123")).isFalse();
    assertThat(Sampling.NONE.draws("dec_1")).isFalse();
  }
}
