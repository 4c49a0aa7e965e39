package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocusEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new LocusEstimator();
  }

  @Test
  void addsLevelAndFit() {
    var state =
        new LocusEstimator.State(
            List.of("a", "b"),
            new double[][] {{0.6}, {-0.6}},
            new Linear(new float[] {0.1f, 0}, new double[1]),
            new Linear(new float[] {0, 0.5f}, new double[1]),
            new double[] {0.5, 0.4},
            new double[] {0.9, 0.9});
    var estimates = state.at(new float[] {1, 1});
    assertThat(estimates.p(0)).isCloseTo(0.5 + 0.1 + 0.3, within(1e-6));
    assertThat(estimates.p(1)).isCloseTo(0.4 + 0.1 - 0.3, within(1e-6));
  }

  @Test
  void keepsTheDirectionInWhichExpertsDiffer() {
    // rows along one line: one direction, unit length
    double[][] places = LocusEstimator.directions(new double[][] {{3, 0}, {-4, 0}});
    assertThat(places[0]).hasSize(1);
    assertThat(Math.abs(places[0][0])).isCloseTo(0.6, within(1e-9));
    assertThat(places[0][0] * places[1][0]).isCloseTo(-0.48, within(1e-9));
  }
}
