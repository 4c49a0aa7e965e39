package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.router.fit.Method;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TreeEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return new TreeEstimator();
  }

  @Test
  void saysByWhichRuleItChose() {
    var estimates =
        method()
            .fit(Generated.TRAINING)
            .estimate(
                Generated.profile("Explain oven butter dough flour garlic"),
                Generated.roster(Generated.EXPERTS));
    assertThat(estimates.get(0).note()).containsPattern("\\w+ [≤>] -?\\d\\.\\d\\d.* recorded");
  }

  @Test
  void cutsWhereExpertsChangePlaces() {
    // on the first feature a is right up to 99 and b above; the second feature is noise
    var builder = new Records.Builder();
    double[][] features = new double[200][];
    int[] folds = new int[200];
    int[] rows = new int[200];
    for (int i = 0; i < 200; i++) {
      builder.item(Item.of("q" + i, "q" + i, "q" + i, ""));
      builder.add("q" + i, "a", i < 100 ? 1 : 0, 0, 0).add("q" + i, "b", i < 100 ? 0 : 1, 0, 0);
      features[i] = new double[] {i, i * 37 % 200};
      folds[i] = i % 3;
      rows[i] = i;
    }
    var residuals = Residuals.of(builder.build());
    var split = Splits.best(residuals, features, folds, rows);
    assertThat(split.feature()).isZero();
    // the cut nearest to 99 among ninths of the 133 questions seen
    assertThat(split.threshold()).isBetween(85.0, 115.0);
    int[] left = IntStream.range(0, 100).toArray();
    assertThat(Splits.best(residuals, features, folds, left)).isEqualTo(Splits.NONE);
  }
}
