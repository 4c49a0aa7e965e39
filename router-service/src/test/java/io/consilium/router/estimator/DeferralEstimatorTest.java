package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeferralEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new DeferralEstimator();
  }

  @Test
  void addsTheGainOfDeferralToTheBase() {
    var state =
        new DeferralEstimator.State(
            List.of("a", "b"),
            0,
            new Linear(new float[] {0.2f}, new double[] {0.4}),
            new Linear(new float[] {9, 0.1f}, new double[2]),
            new double[] {0.9, 0.9});
    var estimates = state.at(new float[] {1});
    assertThat(estimates.p(0)).isCloseTo(0.6, within(1e-6));
    assertThat(estimates.p(1)).isCloseTo(0.7, within(1e-6));
    assertThat(estimates.get(1).note()).isEqualTo("deferral gains +0.100");
  }
}
