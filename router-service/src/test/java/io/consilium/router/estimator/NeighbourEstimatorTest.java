package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeighbourEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new NeighbourEstimator();
  }

  @Test
  void countsNeighboursAndPseudoNeighbours() {
    // two questions alike, both solved; the only expert solved one of them
    var state =
        new NeighbourEstimator.State(
            List.of("a"),
            new float[] {1, 0, 1, 0},
            new boolean[] {true, true},
            new float[] {1, 0},
            0.5,
            new double[] {0.5},
            new double[] {0.9});
    // P(solved) = (2 + 25 / 2) / 27; given solved, (1 + 25 / 2) / 27
    assertThat(state.at(new float[] {1, 0}).p(0)).isCloseTo(14.5 / 27 * 13.5 / 27, within(1e-9));
  }

  @Test
  void keepsTheMostAlikeInOrder() {
    var nearest = new Nearest(2);
    nearest.offer(7, 0.1f);
    nearest.offer(8, 0.5f);
    nearest.offer(9, 0.3f);
    assertThat(List.of(nearest.item(0), nearest.item(1))).containsExactly(8, 9);
    // the farthest kept is one spread away
    assertThat(nearest.kernels()).containsExactly(new double[] {1, Math.exp(-1)}, within(1e-9));
  }
}
