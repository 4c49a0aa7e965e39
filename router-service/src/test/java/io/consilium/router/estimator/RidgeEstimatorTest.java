package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.router.fit.Method;
import org.junit.jupiter.api.Test;

class RidgeEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new RidgeEstimator();
  }

  @Test
  void prefersTheCookInTheKitchenAndTheLawyerInCourt() {
    var fitted = method().fit(Generated.TRAINING);
    var roster = Generated.roster(Generated.EXPERTS);
    var kitchen = fitted.estimate(Generated.profile("flour butter oven dough"), roster);
    var court = fitted.estimate(Generated.profile("contract clause court appeal"), roster);
    assertThat(kitchen.p(0)).isGreaterThan(kitchen.p(1) + 0.1);
    assertThat(court.p(1)).isGreaterThan(court.p(0) + 0.1);
  }
}
