package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterDcEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new RouterDcEstimator();
  }

  @Test
  void turnsSimilarityBeyondTheUsualIntoAChance() {
    var state =
        new RouterDcEstimator.State(
            List.of("a", "b"),
            new Linear(new float[] {3, 0, 0, 4}, new double[2]),
            new double[][] {{1, 0}, {0, 1}},
            new double[] {0.1, 0.8},
            2,
            new double[] {0.5, 0.5},
            new double[] {0.9, 0.9});
    // the question lies at (0.6, 0.8)
    var estimates = state.at(new float[] {1, 1});
    assertThat(estimates.p(0)).isCloseTo(0.731059, within(1e-6)); // sigma(2 * 0.5)
    assertThat(estimates.p(1)).isCloseTo(0.5, within(1e-6));
  }
}
