package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RandomEffectTest {
  @Test
  void findsHowMuchGroupsDiffer() {
    assertThat(drawn(1)).isCloseTo(1, within(0.2));
    assertThat(drawn(0)).isLessThan(0.3);
  }

  private static double drawn(double tau) {
    var random = new Random(3);
    var effects = new RandomEffect();
    for (int group = 0; group < 200; group++) {
      double e = tau * random.nextGaussian();
      for (int i = 0; i < 30; i++) {
        double x = 2 * random.nextGaussian();
        effects.add("g" + group, x, random.nextDouble() < Logistic.sigmoid(x + e));
      }
    }
    return effects.deviation();
  }
}
