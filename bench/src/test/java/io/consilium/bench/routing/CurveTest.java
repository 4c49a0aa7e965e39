package io.consilium.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CurveTest {
  private static final List<double[]> POINTS =
      List.of(
          new double[] {1, 0.4},
          new double[] {2, 0.5}, // below the line from (1, .4) to (3, .8)
          new double[] {3, 0.8},
          new double[] {4, 0.7}); // dearer and worse

  @Test
  void keepsTheUpperConcaveEnvelopeOnly() {
    assertThat(Curve.of(POINTS).corners())
        .containsExactly(new double[] {1, 0.4}, new double[] {3, 0.8});
  }

  @Test
  void averagesOverCost() {
    // from 1 to 3 a line from .4 to .8 (area 1.2), then .8 flat to 5 (area 1.6): 2.8 / 4
    assertThat(Curve.of(POINTS).mean(1, 5)).isCloseTo(0.7, within(1e-12));
    // nothing is had for less than 1: 2.8 / 5
    assertThat(Curve.of(POINTS).mean(0, 5)).isCloseTo(0.56, within(1e-12));
    // inside one piece, the value in its middle
    assertThat(Curve.of(POINTS).mean(1, 2)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void averagesOverTheLogarithmOfCost() {
    // line .2 + .2c on [1, 3], .8 on [3, 9]: (.2 ln 3 + .2 · 2 + .8 ln 3) / ln 9
    assertThat(Curve.of(POINTS).logMean(1, 9))
        .isCloseTo((Math.log(3) + 0.4) / Math.log(9), within(1e-12));
  }

  @Test
  void isFlatForASinglePoint() {
    assertThat(Curve.of(List.of(new double[] {2, 0.6})).mean(1, 5))
        .isCloseTo(0.6 * 3 / 4, within(1e-12));
  }

  @Test
  void takesTheBetterOfTwoAtOneCost() {
    var curve = Curve.of(List.of(new double[] {1, 0.3}, new double[] {1, 0.5}));
    assertThat(curve.corners()).containsExactly(new double[] {1, 0.5});
  }
}
