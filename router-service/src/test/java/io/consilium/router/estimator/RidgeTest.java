package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RidgeTest {
  private static final int N = 60;

  private static List<float[]> line() {
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < N; i++) {
      vectors.add(new float[] {i % 2 == 0 ? 1 : -1});
    }
    return vectors;
  }

  private static int[] folds() {
    int[] folds = new int[N];
    for (int i = 0; i < N; i++) {
      folds[i] = i / 2 % Ridge.FOLDS;
    }
    return folds;
  }

  @Test
  void shrinksASlopeByItsPenalty() {
    double[][] targets = new double[N][1];
    for (int i = 0; i < N; i++) {
      targets[i][0] = 3 + 2 * line().get(i)[0];
    }
    var ridge = Ridge.fit(line(), targets, folds(), new double[] {20});
    // slope 2 * 60 / (60 + 20); the constant is free
    assertThat(ridge.linear().of(new float[] {1})[0]).isCloseTo(3 + 1.5, within(1e-4));
    // a fold leaves 40: slope 2 * 40 / (40 + 20)
    assertThat(ridge.heldOut()[0][0]).isCloseTo(3 + 4 / 3.0, within(1e-4));
  }

  @Test
  void fitsObservedTargetsOnly() {
    double[][] targets = new double[N][1];
    for (int i = 0; i < N; i++) {
      targets[i][0] = i % 4 < 2 ? 3 + 2 * line().get(i)[0] : Double.NaN;
    }
    var linear = Ridge.fit(line(), targets, folds(), new double[] {0.001}).linear();
    assertThat(linear.of(new float[] {1})[0]).isCloseTo(5, within(0.02));
  }

  @Test
  void isTheMeanOfFew() {
    var ridge =
        Ridge.fit(
            List.of(new float[] {1}, new float[] {2}),
            new double[][] {{1}, {Double.NaN}},
            new int[] {0, 1},
            Ridge.PENALTIES);
    assertThat(ridge.linear().of(new float[] {9})[0]).isEqualTo(1);
  }

  @Test
  void takesOutcomesApart() {
    var records =
        new Records.Builder()
            .item(Item.of("q1", "q1", "q1", ""))
            .item(Item.of("q2", "q2", "q2", ""))
            .add("q1", "a", 1, 0, 0)
            .add("q1", "b", 1, 0, 0)
            .add("q2", "a", 1, 0, 0)
            .build();
    var residuals = Residuals.of(records);
    // pool (1 + 3) / (2 + 3) = 0.8; a (2 + 5 * 0.8) / 7, b (1 + 5 * 0.8) / 6
    assertThat(residuals.rates().mean())
        .containsExactly(new double[] {6 / 7.0, 5 / 6.0}, within(1e-9));
    assertThat(residuals.level()[0]).isCloseTo((1 / 7.0 + 1 / 6.0) / 2, within(1e-9));
    assertThat(residuals.contrast()[0][0] + residuals.contrast()[0][1]).isCloseTo(0, within(1e-9));
    assertThat(residuals.contrast()[1][1]).isNaN();
  }

  @Test
  void findsTheSlopeOfALogit() {
    // 3 of 4 right at score 1, 1 of 4 at score -1: slope log 3
    var builder = new Records.Builder();
    double[][] scores = new double[8][1];
    for (int i = 0; i < 8; i++) {
      builder.item(Item.of("q" + i, "q" + i, "q" + i, ""));
      builder.add("q" + i, "a", i < 3 || i == 4 ? 1 : 0, 0, 0);
      scores[i][0] = i < 4 ? 1 : -1;
    }
    assertThat(Slope.fit(builder.build(), new double[] {0.5}, scores))
        .isCloseTo(Math.log(3), within(0.02));
  }
}
