package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class AvengersProEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new AvengersProEstimator();
  }

  @Test
  void scalesFromWorstToBest() {
    assertThat(AvengersProEstimator.scaled(new double[] {0.2, 0.6, 0.3, Double.NaN}, 0))
        .containsExactly(new double[] {0, 1, 0.25, 0}, within(1e-9));
    assertThat(AvengersProEstimator.scaled(new double[] {0.5, 0.5}, 0)).containsExactly(0, 0);
  }

  @Test
  void scalesScoresBackToTheSpanOfSuccess() {
    var state =
        new AvengersProEstimator.State(
            List.of("a", "b"),
            new Regions(new float[] {1, 0}, new float[] {0.5f}, new int[] {9}),
            new double[][] {{1, 0.25}},
            new double[] {0.2},
            new double[] {0.6},
            new double[][] {{2, Double.NaN}},
            new double[] {0.9, 0.9});
    var estimates = state.at(new float[] {1, 0});
    assertThat(estimates.p(0)).isCloseTo(0.6, within(1e-9));
    assertThat(estimates.p(1)).isCloseTo(0.2 + 0.4 * 0.25, within(1e-9));
    assertThat(state.usd(new float[] {1, 0})).containsExactly(2, Double.NaN);
  }

  @Test
  void choosesTheCheapestWhenOnlyCostCounts() {
    // the cook costs least of the generated experts
    var estimates =
        new AvengersProEstimator(0)
            .fit(Generated.TRAINING)
            .estimate(Generated.profile("court clause"), Generated.roster(Generated.EXPERTS));
    assertThat(estimates.p(0)).isGreaterThan(estimates.p(1)).isGreaterThan(estimates.p(3));
    assertThatThrownBy(() -> new AvengersProEstimator(1.5)).hasMessageContaining("1.5");
  }
}
