package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class DomainEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new DomainEstimator();
  }

  @Test
  void knowsTheClassifierByItsMistakes() {
    var learnt =
        new Labels.Learnt(
            new Labels(List.of("x", "y"), new Linear(new float[0], new double[2]), 1),
            new int[] {0, 0, 1},
            new double[][] {{0.9, 0.1}, {0.2, 0.8}, {0.1, 0.9}});
    double[][] confusion = DomainEstimator.confusion(learnt, 2);
    // one question called x, truly x; ten pseudo-counts spread 2 : 1
    assertThat(confusion[0])
        .containsExactly(new double[] {(1 + 20 / 3.0) / 11, 10 / 3.0 / 11}, within(1e-9));
    assertThat(confusion[1])
        .containsExactly(new double[] {(1 + 20 / 3.0) / 12, (1 + 10 / 3.0) / 12}, within(1e-9));
  }

  @Test
  void leavesCloseCallsToTheGeneralist() {
    var labels =
        new Labels(List.of("x", "y"), new Linear(new float[] {1, 0, 0, 1}, new double[2]), 1);
    var state =
        new DomainEstimator.State(
            List.of("a"),
            labels,
            new double[][] {{0.9}, {0.1}},
            new double[] {0.5},
            new double[] {0.8});
    assertThat(state.at(new float[] {1, 0}).p(0)).isEqualTo(0.9);
    assertThat(state.at(new float[] {0, 1}).p(0)).isEqualTo(0.1);
    // shares 0.5250 and 0.4750: a lead of 0.05
    assertThat(state.at(new float[] {0.1f, 0}).p(0)).isEqualTo(0.5);
  }
}
