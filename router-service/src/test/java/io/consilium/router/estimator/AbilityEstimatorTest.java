package io.consilium.router.estimator;

import io.consilium.router.ability.AbilityEstimator;
import io.consilium.router.fit.Method;

class AbilityEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new AbilityEstimator();
  }
}
