package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import org.junit.jupiter.api.Test;

class KernelEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new KernelEstimator();
  }

  @Test
  void isNearWhatIsNear() {
    float[] near =
        KernelEstimator.near(
            new float[] {1, 0, 0, 1}, new float[] {1, 1}, new float[] {0.6f, 0.8f});

    // squared distances 0.4² + 0.8² = 0.8 and 0.6² + 0.2² = 0.4
    assertThat(near[0]).isCloseTo((float) Math.exp(-0.4), within(1e-6f));
    assertThat(near[1]).isCloseTo((float) Math.exp(-0.2), within(1e-6f));
  }
}
