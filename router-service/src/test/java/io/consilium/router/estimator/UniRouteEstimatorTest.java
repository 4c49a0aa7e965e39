package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class UniRouteEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new UniRouteEstimator();
  }

  @Test
  void weighsSuccessBySharesOfTheMap() {
    var state =
        new UniRouteEstimator.State(
            List.of("a"),
            new Linear(new float[] {1, 0}, new double[] {0, 0}),
            new double[][] {{0.9}, {0.1}},
            new double[] {0.8});
    // shares sigma(1) = 0.731059 and the rest
    assertThat(state.at(new float[] {1}).p(0))
        .isCloseTo(0.731059 * 0.9 + 0.268941 * 0.1, within(1e-6));
  }
}
