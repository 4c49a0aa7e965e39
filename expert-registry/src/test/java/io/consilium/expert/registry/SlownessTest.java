package io.consilium.expert.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlownessTest {
  @Test
  void theNineteenthOfTwentyIsThe95thPercentile() {
    var slowness = new Slowness();
    for (int i = 1; i < 20; i++) {
      slowness.add(i);
    }
    assertThat(slowness.p95()).as("too few").isZero();

    slowness.add(1_000);

    assertThat(slowness.p95()).isEqualTo(19);
  }

  @Test
  void whatWasLongAgoIsForgotten() {
    var slowness = new Slowness();
    for (int i = 0; i < 50; i++) {
      slowness.add(9_000);
    }
    for (int i = 0; i < Slowness.KEPT; i++) {
      slowness.add(10);
    }

    assertThat(slowness.p95()).isEqualTo(10);
  }
}
