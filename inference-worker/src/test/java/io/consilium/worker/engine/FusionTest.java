package io.consilium.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FusionTest {
  private static final float[] STRONG = logs(0.6, 0.3, 0.1);
  private static final float[] WEAK = logs(0.5, 0.1, 0.4);

  private static float[] logs(double... probabilities) {
    var row = new float[probabilities.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) Math.log(probabilities[i]);
    }
    return row;
  }

  private static float[] fuse(Fusion fusion) {
    var out = new float[3];
    fusion.fuse(List.of(STRONG, WEAK), out);
    return out;
  }

  @Test
  void aLogLinearMixIsTheWeightedProduct() {
    var fused = fuse(new Fusion.LogLinear(new double[] {1, 3}));

    assertThat((double) fused[0])
        .isCloseTo(0.25 * Math.log(0.6) + 0.75 * Math.log(0.5), within(1e-6));
  }

  @Test
  void fusingAModelWithItselfChangesNothing() {
    var out = new float[3];
    new Fusion.LogLinear(new double[] {0.5, 0.5}).fuse(List.of(STRONG, STRONG), out);

    assertThat(out).containsExactly(STRONG);
  }

  @Test
  void contrastWithoutWeightIsTheStrongModel() {
    assertThat(fuse(new Fusion.Contrast(0, 0.5))).containsExactly(STRONG);
  }

  @Test
  void contrastFavoursWhatTheWeakTwinFindsUnlikely() {
    var fused = fuse(new Fusion.Contrast(1, 0.1));

    // 2 log 0.6 - log 0.5 and 2 log 0.3 - log 0.1
    assertThat((double) fused[0]).isCloseTo(Math.log(0.72), within(1e-6));
    assertThat((double) fused[1]).isCloseTo(Math.log(0.9), within(1e-6));
  }

  @Test
  void whatTheStrongModelFindsImplausibleIsCut() {
    // 0.1 is below 0.4 times 0.6, 0.3 is not
    var fused = fuse(new Fusion.Contrast(1, 0.4));

    assertThat(fused[2]).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(fused[1]).isGreaterThan(Float.NEGATIVE_INFINITY);
  }

  @Test
  void weightsThatMeanNothingAreRefused() {
    assertThatThrownBy(() -> new Fusion.LogLinear(new double[] {0, 0}))
        .hasMessageContaining("above 0");
    assertThatThrownBy(() -> new Fusion.LogLinear(new double[] {Double.NaN, 1}))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Fusion.Contrast(-1, 0)).hasMessageContaining("beta");
  }
}
