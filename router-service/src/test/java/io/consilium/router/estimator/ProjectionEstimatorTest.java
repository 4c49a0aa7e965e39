package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProjectionEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new ProjectionEstimator();
  }

  @Test
  void mixesRoutingVectorsByLikenessOfDomains() {
    var state =
        new ProjectionEstimator.State(
            List.of("a", "b"),
            new float[4],
            new double[2],
            new Linear(new float[2], new double[1]),
            new double[][] {{1, 0}, {0, 1}},
            new double[][] {{0.3, 0, 0.1}, {0, 0.6, 0.2}},
            // kernel is the identity plus a penalty of 1
            new double[][] {{0.5, 0}, {0, 0.5}},
            new double[2],
            new double[] {0.5, 0.5},
            new double[] {0.9, 0.9});
    // shares of 0.5 * 0.6 and 0.5 * 0.8
    assertThat(state.project(new double[] {0.6, 0.8}))
        .containsExactly(new double[] {0.3 * 0.3, 0.4 * 0.6, 0.3 * 0.1 + 0.4 * 0.2}, within(1e-9));
  }

  @Test
  void seatsAnExpertNobodyHasOutcomesOf() {
    var space = Generated.TRAINING.space();
    var fitted = (FittedEstimator) method().fit(Generated.TRAINING);
    var samples =
        List.of(
            space.vector(Generated.profile("Bake dough with butter in the oven")).orElseThrow(),
            space.vector(Generated.profile("Roast garlic and spice")).orElseThrow());
    var joined = ProjectionEstimator.join(fitted, space, "baker", samples);
    var roster = Generated.roster(List.of("baker", "cook"));
    var cooking = joined.estimate(Generated.profile("simmer garlic, flour and butter"), roster);
    var law = joined.estimate(Generated.profile("the court and the clause"), roster);
    assertThat(cooking.weight(0)).isEqualTo(0.2);
    assertThat(cooking.p(0)).isGreaterThan(law.p(0) + 0.05);
    assertThat(cooking.p(1))
        .isEqualTo(
            fitted.estimate(Generated.profile("simmer garlic, flour and butter"), roster).p(1));
    assertThat(ProjectionEstimator.join(fitted, space, "cook", samples)).isSameAs(fitted);
  }
}
