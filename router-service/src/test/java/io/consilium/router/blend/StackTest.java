package io.consilium.router.blend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StackTest {
  @Test
  void leastSquaresNeverTurnAPartAround() {
    // x1 = (1, 0), x2 = (0, 1), y = (2, -1): without the bound the weights were 2 and -1
    var squares = new NonNegative(2);
    squares.add(new double[] {1, 0}, 2, 1);
    squares.add(new double[] {0, 1}, -1, 1);
    assertThat(squares.solve()).containsExactly(new double[] {2, 0}, within(1e-9));
  }

  @Test
  void leastSquaresShareBetweenPartsThatSayAlmostTheSame() {
    // y = x1 + x2 exactly, on correlated columns
    var squares = new NonNegative(2);
    squares.add(new double[] {1, 0.5}, 1.5, 1);
    squares.add(new double[] {0.5, 1}, 1.5, 1);
    squares.add(new double[] {1, 1}, 2, 3);
    assertThat(squares.solve()).containsExactly(new double[] {1, 1}, within(1e-4));
  }

  /** Two experts, 400 items: one part knows who is right, one guesses. */
  private static Records records(double[][][] said) {
    var random = new Random(7);
    var builder = new Records.Builder().expert("a").expert("b");
    for (int i = 0; i < 400; i++) {
      builder.item(Item.of("q" + i, "question " + i, "question " + i, i % 2 == 0 ? "x" : "y"));
      boolean forA = i % 2 == 0;
      boolean hard = i % 4 >= 2;
      double a = (forA ? 0.8 : 0.4) - (hard ? 0.3 : 0);
      double b = (forA ? 0.4 : 0.8) - (hard ? 0.3 : 0);
      builder.add("q" + i, "a", random.nextDouble() < a ? 1 : 0, 0, 0);
      builder.add("q" + i, "b", random.nextDouble() < b ? 1 : 0, 0, 0);
      said[0][i] = new double[] {random.nextDouble(), random.nextDouble()};
      said[1][i] = new double[] {a, b};
    }
    return builder.build();
  }

  @Test
  void weighsPartsByWhatTheyKnewOfHeldOutOutcomes() {
    double[][][] said = new double[2][400][];
    var stack = Stack.fit(records(said), said);
    assertThat(stack.levels()[1]).isGreaterThan(5 * stack.levels()[0]);
    assertThat(stack.contrasts()[1]).isGreaterThan(5 * stack.contrasts()[0]);
    var combined = stack.combine(new double[][] {{0.5, 0.5}, {0.8, 0.4}});
    assertThat(combined.p()[0]).isCloseTo(0.8, within(0.08));
    assertThat(combined.p()[1]).isCloseTo(0.4, within(0.08));
    assertThat(combined.low()[0]).isLessThan(combined.p()[0]);
    assertThat(combined.high()[0]).isGreaterThan(combined.p()[0]);
  }

  @Test
  void nobodyIsKnownBetterThanTheirOutcomesTell() {
    // no spread between parts beyond the usual: what is left is the standard error of 100 outcomes
    // at P = 1/2 and one more, 1 / sqrt(26), times the 1.2816 deviations of an 80 % interval
    var half = new double[] {0.5};
    var calibration = new Calibration(new double[] {1, 0, 0}, 0, new double[1]);
    var stack =
        new Stack(new double[] {1}, 0, new double[] {1}, 0, calibration, 0, 1, new int[] {100});
    var combined = stack.combine(new double[][] {half});
    assertThat(combined.p()[0]).isCloseTo(0.5, within(1e-12));
    assertThat(Calibration.logit(combined.high()[0]))
        .isCloseTo(1.2816 / Math.sqrt(26), within(1e-9));
    assertThat(Calibration.logit(combined.low()[0]))
        .isCloseTo(-1.2816 / Math.sqrt(26), within(1e-9));
  }

  @Test
  void aCalibrationOfSureScoresThatAreOftenWrongBecomesModest() {
    var builder = new Records.Builder().expert("a");
    double[] level = new double[300];
    double[][] contrast = new double[300][1];
    for (int i = 0; i < 300; i++) {
      builder.item(Item.of("q" + i, "question " + i, "question " + i, ""));
      builder.add("q" + i, "a", i % 10 < 7 ? 1 : 0, 0, 0);
      level[i] = 0.95;
    }
    var calibration = Calibration.fit(builder.build(), level, contrast);
    assertThat(calibration.p(0, 0.95, 0)).isCloseTo(0.7, within(0.02));
  }

  @Test
  void bytesOfAnotherReleaseAreRefusedWithAWayOut() {
    assertThatThrownBy(() -> FittedRouter.read(new byte[] {1, 2, 3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fit a new one");
  }
}
