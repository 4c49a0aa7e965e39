package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class VectorsTest {
  private static final float[] QUERY = {1, 0};

  @Test
  void meansTheLargestCosines() {
    float[] rows = {-1, 0, 0, 1, 1, 0, 0.6f, 0.8f};

    assertThat(Vectors.nearest(QUERY, rows, 3)).isCloseTo(1.6 / 3, within(1e-6));
  }

  @Test
  void meansAllWhereThereAreFewer() {
    assertThat(Vectors.nearest(QUERY, new float[] {1, 0, 0.6f, 0.8f}, 3))
        .isCloseTo(0.8, within(1e-6));
    assertThat(Vectors.nearest(QUERY, new float[0], 3)).isEqualTo(-1);
  }
}
