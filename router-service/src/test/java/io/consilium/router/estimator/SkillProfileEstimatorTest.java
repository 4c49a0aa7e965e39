package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkillProfileEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new SkillProfileEstimator();
  }

  @Override
  boolean needsEmbedding() {
    return false;
  }

  @Test
  void addsLevelAndSkillOfKnownKeywords() {
    var state =
        new SkillProfileEstimator.State(
            List.of("a", "b"),
            List.of("oven"),
            new double[] {0.1},
            new double[][] {{0.2, -0.2}},
            new double[] {2, 3},
            new double[] {0.5, 0.5},
            new double[] {0.8, 0.8});
    var estimates = state.of(Generated.blind("an oven"), Generated.TRAINING.space());
    assertThat(estimates.p(0)).isCloseTo(0.689974, within(1e-6)); // sigma(0.2 + 0.6)
    assertThat(estimates.p(1)).isCloseTo(0.401312, within(1e-6)); // sigma(0.2 - 0.6)
    assertThat(estimates.weight(0)).isCloseTo(0.2, within(1e-9)); // 0.8 * 1 / (1 + 3)
    assertThat(state.of(Generated.blind("a kite"), Generated.TRAINING.space()).weight(0)).isZero();
  }
}
