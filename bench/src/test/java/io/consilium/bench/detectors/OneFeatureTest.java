package io.consilium.bench.detectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OneFeatureTest {
  @Test
  void itFindsTheFeatureAndTheCutsThatTellLabelsApart() {
    // the second feature says it: below 100 label 1, up to 199 label 0, then label 2
    var rows = IntStream.range(0, 320).mapToObj(i -> new double[] {(i * 37) % 320, i}).toList();
    var labels = IntStream.range(0, 320).map(i -> i < 100 ? 1 : i < 200 ? 0 : 2).toArray();
    var one = OneFeature.fit(rows, labels, 3);
    assertThat(one.feature()).isEqualTo(1);
    assertThat(IntStream.of(0, 99, 100, 199, 200, 319).map(i -> one.label(rows.get(i))).toArray())
        .containsExactly(1, 1, 0, 0, 2, 2);
  }

  @Test
  void featuresThatSayNothingLeaveTheCommonestLabel() {
    var one =
        OneFeature.fit(
            List.of(new double[] {1}, new double[] {1}, new double[] {1}), new int[] {0, 1, 1}, 2);
    assertThat(one.label(new double[] {1})).isEqualTo(1);
    assertThat(one.label(new double[] {7})).isEqualTo(1);
  }
}
