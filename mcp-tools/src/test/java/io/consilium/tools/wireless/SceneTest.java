package io.consilium.tools.wireless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SceneTest {
  @ParameterizedTest
  @EnumSource
  void tapsHaveThePowerTheSpreadAndTheRatioAskedFor(TapProfile profile) {
    var taps = profile.taps(100e-9, 10);
    assertThat(taps.stream().mapToDouble(TapProfile.Tap::power).sum()).isCloseTo(1, within(1e-12));
    assertThat(TapProfile.spread(taps)).isCloseTo(100e-9, within(1e-18));
    double inSight =
        taps.stream().filter(TapProfile.Tap::steady).mapToDouble(TapProfile.Tap::power).sum();
    assertThat(inSight).isCloseTo(profile.inSight() ? 10.0 / 11 : 0, within(1e-12));
  }

  @Test
  void theSpreadOfTwoTapsIsWorkedByHand() {
    // mean .25 × 4 = 1, square .25 × 16 = 4, spread √(4 − 1)
    var taps =
        java.util.List.of(new TapProfile.Tap(0, .75, false), new TapProfile.Tap(4, .25, false));
    assertThat(TapProfile.spread(taps)).isCloseTo(Math.sqrt(3), within(1e-12));
  }

  @Test
  void theLinesOfTheStandardHaveTheSpreadOneThatItsTablesAreNormalisedTo() {
    for (var profile : java.util.List.of(TapProfile.TDL_A, TapProfile.TDL_B, TapProfile.TDL_C)) {
      var taps = profile.taps(1, 0);
      // scaling to a spread of 1 leaves the table's last delay as it is, to its rounding
      double last = taps.getLast().delay();
      double table =
          switch (profile) {
            case TDL_A -> 9.6586;
            case TDL_B -> 4.7834;
            default -> 8.6523;
          };
      assertThat(last).as(profile.name()).isCloseTo(table, within(0.01 * table));
    }
  }

  @Test
  void aSceneGivesTheSameSamplesForTheSameSeedAndOthersForAnother() {
    var scene = new Scene(TapProfile.TDL_A, 100e-9, 50, 0, 10);
    assertThat(scene.samples(1).json()).isEqualTo(scene.samples(1).json());
    assertThat(scene.samples(1).json()).isNotEqualTo(scene.samples(2).json());
  }

  @Test
  void signalAndNoiseHaveTheirPowers() {
    // mean over many channels: 1 for the signal, and as much again for noise at 0 dB
    double clear = 0;
    double noisy = 0;
    for (int seed = 0; seed < 200; seed++) {
      clear += power(new Scene(TapProfile.EXPONENTIAL, 300e-9, 500, 0, 60), seed) / 200;
      noisy += power(new Scene(TapProfile.EXPONENTIAL, 300e-9, 500, 0, 0), seed) / 200;
    }
    assertThat(clear).isCloseTo(1, within(.1));
    assertThat(noisy).isCloseTo(2, within(.1));
  }

  @Test
  void whatIsObservedHasTheSignalOverNoiseOfItsSamples() {
    // at 60 dB nearly all power is the signal's, which fading moves off its mean of 1 (0 dB)
    var observed = new Scene(TapProfile.TDL_A, 20e-9, 5, 0, 60).observed(3);
    double decibels =
        10 * Math.log10(observed.grid().gains().power() / (ChannelGrid.SLOTS * ChannelGrid.BLOCKS));

    assertThat(observed.scene().snr()).isCloseTo(60 + decibels, within(1e-3));
    assertThat(Math.abs(decibels)).isGreaterThan(0.1);
    assertThat(observed.scene().profile()).isEqualTo(TapProfile.TDL_A);
  }

  private static double power(Scene scene, long seed) {
    return scene.samples(seed).gains().power() / (ChannelGrid.SLOTS * ChannelGrid.BLOCKS);
  }

  @Test
  void labelsFollowTheBordersStated() {
    // coherence bandwidth 1/(5 × 10 ns) = 20 MHz < 23 MHz; coherence time .423/20 Hz = 21 ms > 16
    // ms
    var slow = new Scene(TapProfile.TDL_A, 10e-9, 20, 0, 3);
    assertThat(Detector.FADING.truth(slow)).isEqualTo("frequency-selective");
    assertThat(Detector.MOBILITY.truth(slow)).isEqualTo("walking");
    assertThat(Detector.DELAY_SPREAD.truth(slow)).isEqualTo("very short");
    assertThat(Detector.SNR.truth(slow)).isEqualTo("fair");
    assertThat(Detector.LINE_OF_SIGHT.truth(slow)).isEqualTo("no line of sight");
    var fast = new Scene(TapProfile.TDL_D, 5e-9, 200, 10, 17);
    assertThat(Detector.FADING.truth(fast)).isEqualTo("time-selective");
    assertThat(Detector.MOBILITY.truth(fast)).isEqualTo("fast");
    assertThat(Detector.SNR.truth(fast)).isEqualTo("excellent");
    assertThat(Detector.LINE_OF_SIGHT.truth(fast)).isEqualTo("line of sight");
  }
}
