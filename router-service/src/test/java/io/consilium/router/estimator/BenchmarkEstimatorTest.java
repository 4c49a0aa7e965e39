package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarkEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new BenchmarkEstimator();
  }

  @Test
  void speaksOfSingleQuestionsOnKnownGroundOnly() {
    var state =
        new BenchmarkEstimator.State(
            List.of("a"),
            new Labels(List.of("x"), new Linear(new float[2], new double[1]), 1),
            new double[][] {{0.5}},
            new Linear(new float[] {0.7f, 0.7f}, new double[1]),
            new double[] {0.5},
            5,
            new Regions(new float[] {1, 0}, new float[] {0.5f}, new int[] {9}),
            new double[] {0.3},
            new double[] {0.9});
    assertThat(state.at(new float[] {1, 0}).p(0)).isCloseTo(0.731059, within(1e-6)); // sigma(1)
    assertThat(state.at(new float[] {0, 1}).p(0)).isEqualTo(0.5);
  }
}
