package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeighbourhoodEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new NeighbourhoodEstimator();
  }

  @Test
  void takesLevelAndContrastFromTheNearestByLikeness() {
    // the second question lies 1/3 of likeness farther off, so that it weighs 1/e
    var state =
        new NeighbourhoodEstimator.State(
            List.of("a", "b"),
            new double[] {0.5, 0.4},
            new double[] {1, 1},
            new Regions(new float[] {1, 0}, new float[] {0.5f}, new int[] {2}),
            new float[] {1, 0, 2 / 3f, 0},
            new float[] {0.2f, -0.1f},
            new float[] {0.1f, -0.1f, Float.NaN, 0.3f});
    double far = Math.exp(-1);
    double ease = (0.2 - 0.1 * far) / (1 + far);
    var said = state.at(new float[] {1, 0});
    assertThat(said.p(0)).isCloseTo(0.5 + ease + 0.1 / (1 + 5), within(1e-6));
    assertThat(said.p(1)).isCloseTo(0.4 + ease + (0.3 * far - 0.1) / (1 + far + 5), within(1e-6));
  }

  @Test
  void readsTheNearestRegionsOfManyQuestions() {
    // 4,000 questions, half of them along each axis; those along the second are easier by .3
    int half = 2_000;
    float[] rows = new float[4 * half];
    float[] level = new float[2 * half];
    for (int i = 0; i < half; i++) {
      rows[2 * i] = 1;
      rows[2 * (half + i) + 1] = 1;
      level[half + i] = 0.3f;
    }
    var state =
        new NeighbourhoodEstimator.State(
            List.of("a"),
            new double[] {0.5},
            new double[] {1},
            new Regions(new float[] {1, 0, 0, 1}, new float[] {0.5f, 0.5f}, new int[] {half, half}),
            rows,
            level,
            new float[2 * half]);
    assertThat(state.at(new float[] {0.6f, 0.8f}).p(0)).isCloseTo(0.8, within(1e-6));
    assertThat(state.at(new float[] {0.8f, 0.6f}).p(0)).isCloseTo(0.5, within(1e-6));
  }
}
