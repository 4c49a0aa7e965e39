package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.router.fit.Method;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CategoryEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new CategoryEstimator();
  }

  @Test
  void holdsThePairThatCoversBothCategories() {
    double[][] loss = {{1, 5, 2}, {5, 1, 2}};
    double[] memory = {2, 2, 2};
    // alone they lose 6, 6 and 4
    assertThat(Placement.solve(loss, memory, 3)).containsExactly(false, false, true);
    // the pair of specialists loses 2, either with the third 3
    assertThat(Placement.solve(loss, memory, 4)).containsExactly(true, true, false);
    assertThat(Placement.solve(loss, memory, 6)).containsExactly(true, true, true);
    assertThat(Placement.cheapest(loss[0], new boolean[] {false, true, true})).isEqualTo(2);
  }

  @Test
  void knowsNothingOfExpertsThatDoNotFit() {
    var limits =
        new CategoryEstimator.Limits(
            1, Map.of("cook", 1.0, "lawyer", 1.0, "allrounder", 1.0, "novice", 1.0), 0);
    var estimates =
        new CategoryEstimator(limits)
            .fit(Generated.TRAINING)
            .estimate(Generated.profile("oven butter"), Generated.roster(Generated.EXPERTS));
    assertThat(estimates.weight(Generated.EXPERTS.indexOf("allrounder"))).isPositive();
    assertThat(estimates.weight(Generated.EXPERTS.indexOf("cook"))).isZero();
  }

  @Test
  void takesUncertainQuestionsAsGeneral() {
    assertThat(CategoryEstimator.category(new double[] {0.4, 0.3, 0.3})).isEqualTo(3);
    assertThat(CategoryEstimator.category(new double[] {0.2, 0.6, 0.2})).isEqualTo(1);
    assertThat(CategoryEstimator.category(new double[0])).isZero();
  }
}
