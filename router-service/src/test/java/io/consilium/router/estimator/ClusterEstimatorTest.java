package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.fit.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new ClusterEstimator();
  }

  @Test
  void readsTheRegionOfTheNearestCentroid() {
    var regions = new Regions(new float[] {1, 0, 0, 2}, new float[] {0.5f, 2}, new int[] {3, 4});
    var table = new RegionTable(new double[][] {{0.2}, {0.8}}, new double[][] {{0.5}, {0.6}});
    var state = new ClusterEstimator.State(List.of("a"), regions, table);
    // scores 1 - 0.5 and 0.6 * 2 - 2
    assertThat(state.at(new float[] {1, 0.6f}).p(0)).isEqualTo(0.2);
    // scores 0 - 0.5 and 2 - 2
    assertThat(state.at(new float[] {0, 1}).get(0).note()).isEqualTo("region 1 of 4 questions");
  }

  @Test
  void shrinksByNoiseOverSpread() {
    // 50 outcomes sum to 10 in one region and to -10 in the other, squares add up to 100:
    // between 2 + 2, noise 96 / 98, spread (4 - 2 * 96 / 98) / 100, so 48 pseudo-counts
    assertThat(
            RegionTable.pseudo(new double[][] {{10}, {-10}}, new double[][] {{50}, {50}}, 100, 100))
        .isCloseTo(48, within(1e-6));
    // no more spread than noise
    assertThat(RegionTable.pseudo(new double[][] {{2}, {-2}}, new double[][] {{4}, {4}}, 8, 8))
        .isEqualTo(5_000);
  }

  @Test
  void findsTwoCrowds() {
    var vectors =
        List.of(
            new float[] {0, 0, 9},
            new float[] {0, 0.2f, 9},
            new float[] {5, 5, 9},
            new float[] {5, 5.2f, 9});
    var regions = Regions.fit(vectors, 2, 2, 1);
    int[] of = regions.of(vectors);
    assertThat(of[0]).isEqualTo(of[1]).isNotEqualTo(of[2]);
    assertThat(of[2]).isEqualTo(of[3]);
    assertThat(regions.sizes()).containsExactly(2, 2);
    assertThat(regions.centroids()[of[0] * 3 + 1]).isCloseTo(0.1f, within(1e-6f));
    assertThat(regions.centroids()[of[0] * 3 + 2]).isZero(); // beyond what measures likeness
  }
}
