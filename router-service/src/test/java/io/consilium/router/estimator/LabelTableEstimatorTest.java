package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.router.fit.Method;
import org.junit.jupiter.api.Test;

class LabelTableEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new LabelTableEstimator();
  }

  @Test
  void saysWhatTheExpertDidUnderTheLabelItSees() {
    var fitted = method().fit(Generated.TRAINING);
    var roster = Generated.roster(Generated.EXPERTS);
    var kitchen = fitted.estimate(Generated.profile("flour butter oven dough"), roster);
    assertThat(kitchen.get(0).note()).isEqualTo("cooking");
    assertThat(kitchen.p(0)).isGreaterThan(0.7);
    assertThat(kitchen.p(3)).isLessThan(0.3);
  }
}
