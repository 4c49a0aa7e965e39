package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class PilotEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new PilotEstimator();
  }

  @Test
  void turnsTheDifferenceOfSimilaritiesIntoAChance() {
    var state =
        new PilotEstimator.State(
            List.of("a"),
            new float[] {1, 0},
            new double[] {0.5},
            2,
            new double[] {0.5},
            new double[] {0.9});
    assertThat(state.at(new float[] {1, 0}).p(0)).isCloseTo(0.731059, within(1e-6)); // sigma(1)
  }
}
