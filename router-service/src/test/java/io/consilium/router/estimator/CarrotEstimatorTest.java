package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class CarrotEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new CarrotEstimator();
  }

  @Test
  void forecastsBothSides() {
    var state =
        new CarrotEstimator.State(
            List.of("a", "b"),
            new Linear(new float[] {0.5f, 0, 0, 2}, new double[] {0.1, 0}),
            new Linear(new float[] {1, 0, 0, 0}, new double[] {0, 0}),
            new boolean[] {true, false},
            new double[] {0.9, 0.9});
    var estimates = state.at(new float[] {1, 1});
    assertThat(estimates.p(0)).isCloseTo(0.6, within(1e-6));
    assertThat(estimates.p(1)).isEqualTo(0.995); // never certain
    double[] usd = state.usd(new float[] {1, 1});
    assertThat(usd[0]).isCloseTo(Math.E, within(1e-6));
    assertThat(usd[1]).isNaN();
  }

  @Test
  void learnsPrices() {
    var fitted = (FittedEstimator) method().fit(Generated.TRAINING);
    double[] usd =
        fitted
            .usd(Generated.profile("oven butter"), Generated.roster(List.of("lawyer", "stranger")))
            .orElseThrow();
    assertThat(usd[0]).isCloseTo(0.002, within(1e-5));
    assertThat(usd[1]).isNaN();
  }
}
