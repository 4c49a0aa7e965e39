package io.consilium.tools.wireless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ChannelFeaturesTest {
  private static double feature(Gains gains, String name) {
    return ChannelFeatures.of(new ChannelGrid(gains))[ChannelFeatures.NAMES.indexOf(name)];
  }

  /** One path that turns: e^{j(slot × perSlot − block × perBlock)}. */
  private static Gains path(double perSlot, double perBlock) {
    var gains = Gains.zero(ChannelGrid.SLOTS * ChannelGrid.BLOCKS);
    for (int slot = 0; slot < ChannelGrid.SLOTS; slot++) {
      for (int block = 0; block < ChannelGrid.BLOCKS; block++) {
        double angle = slot * perSlot - block * perBlock;
        gains.re()[slot * ChannelGrid.BLOCKS + block] = Math.cos(angle);
        gains.im()[slot * ChannelGrid.BLOCKS + block] = Math.sin(angle);
      }
    }
    return gains;
  }

  @Test
  void everyNameHasItsNumber() {
    var features = ChannelFeatures.of(new ChannelGrid(path(.1, .2)));
    assertThat(features).hasSize(ChannelFeatures.NAMES.size());
    for (var feature : features) {
      assertThat(feature).isFinite();
    }
  }

  @Test
  void onePathIsWhollyCorrelatedSteadyAndWithoutFluctuation() {
    var path = path(.1, .2);
    assertThat(feature(path, "correlation 16 slots apart")).isCloseTo(1, within(1e-9));
    assertThat(feature(path, "correlation 32 blocks apart")).isCloseTo(1, within(1e-9));
    assertThat(feature(path, "fluctuation of power")).isCloseTo(1, within(1e-9));
    assertThat(feature(path, "fluctuation of power over time")).isCloseTo(0, within(1e-6));
    assertThat(feature(path, "noise by differences over time")).isLessThan(-35);
    // a Doppler shift on one of the 256 steps is found whole
    assertThat(feature(path(2 * Math.PI * 5 / 256, .2), "steadiness of the strongest delay"))
        .isCloseTo(1, within(1e-9));
  }

  @Test
  void twoEqualPathsHalveTheCorrelationWhereTheyAreInQuadrature() {
    // |1 + e^{-jφ}| / 2 at lag l is |cos(φ l / 2)|: for φ = π/2 a block, at lag 1 it is cos(π/4)
    var sum = path(0, 0);
    var other = path(0, Math.PI / 2);
    for (int i = 0; i < sum.size(); i++) {
      sum.re()[i] += other.re()[i];
      sum.im()[i] += other.im()[i];
    }
    assertThat(feature(sum, "correlation 1 block apart"))
        .isCloseTo(Math.cos(Math.PI / 4), within(.02));
    assertThat(feature(sum, "correlation 2 blocks apart")).isCloseTo(0, within(.03));
  }

  @Test
  void noiseIsMeasuredInDecibels() {
    // at 10 dB the noise is 1 of 11 parts: −10.4 dB
    var noisy = new Scene(TapProfile.EXPONENTIAL_RICIAN, 30e-9, 10, 30, 10).samples(4);
    var features = ChannelFeatures.of(noisy);
    double measured = features[ChannelFeatures.NAMES.indexOf("noise by differences over time")];
    assertThat(measured).isCloseTo(-10.4, within(.8));
    double floor =
        features[ChannelFeatures.NAMES.indexOf("noise floor over delay and Doppler shift")];
    assertThat(floor).isCloseTo(-10.4, within(.8));
  }

  @Test
  void theScaleOfSamplesDoesNotMatter() {
    var grid = new Scene(TapProfile.TDL_B, 80e-9, 90, 0, 12).samples(9);
    var louder = Gains.zero(grid.gains().size());
    for (int i = 0; i < louder.size(); i++) {
      louder.re()[i] = 1000 * grid.gains().re()[i];
      louder.im()[i] = 1000 * grid.gains().im()[i];
    }
    var one = ChannelFeatures.of(grid);
    var other = ChannelFeatures.of(new ChannelGrid(louder));
    for (int i = 0; i < one.length; i++) {
      assertThat(other[i]).as(ChannelFeatures.NAMES.get(i)).isCloseTo(one[i], within(1e-6));
    }
  }
}
