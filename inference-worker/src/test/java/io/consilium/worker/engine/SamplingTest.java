package io.consilium.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SamplingTest {
  private static final float[] LOGITS = {
    (float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.2)
  };

  private static double[] shares(Sampling sampling) {
    var random = new SplittableRandom(1);
    var shares = new double[3];
    for (int i = 0; i < 20_000; i++) {
      shares[sampling.draw(LOGITS.clone(), random)] += 1 / 20_000.0;
    }
    return shares;
  }

  private static Sampling at(double temperature, int topK, double topP, double minP) {
    return new Sampling(temperature, topK, topP, minP, 0, 0, 1);
  }

  @Test
  void atTemperatureOneTokensComeAsOftenAsTheirProbabilitySays() {
    assertThat(shares(at(1, 0, 1, 0))[1]).isCloseTo(0.3, within(0.02));
  }

  @Test
  void aLowTemperatureSquaresTheOdds() {
    // 0.25 / (0.25 + 0.09 + 0.04)
    assertThat(shares(at(0.5, 0, 1, 0))[0]).isCloseTo(0.658, within(0.02));
  }

  @Test
  void topKTopPAndMinPLeaveOutTheUnlikely() {
    assertThat(shares(at(1, 2, 1, 0))[2]).isZero();
    assertThat(shares(at(1, 0, 0.7, 0))[2]).isZero();
    assertThat(shares(at(1, 0, 1, 0.5))[2]).isZero();
    assertThat(shares(at(1, 0, 0.7, 0))[1]).isCloseTo(0.375, within(0.02));
  }

  @Test
  void temperatureZeroTakesTheLikeliestAndNothingWhenNothingIsAllowed() {
    var none = new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};

    assertThat(Sampling.GREEDY.draw(LOGITS, new SplittableRandom(1))).isZero();
    assertThat(Sampling.GREEDY.draw(none, new SplittableRandom(1))).isEqualTo(-1);
  }

  @Test
  void penaltiesFallOnWhatWasSaid() {
    var logits = new float[] {1, 1};
    new Sampling(0, 0, 1, 0, 0.5, 0.25, 0).penalise(logits, new int[] {2, 0});

    assertThat(logits).containsExactly(-0.25f, 1);
  }

  @Test
  void numbersOutOfRangeAreRefusedByName() {
    assertThatThrownBy(() -> at(Double.NaN, 0, 1, 0)).hasMessageContaining("temperature");
    assertThatThrownBy(() -> at(1, 0, 2, 0)).hasMessageContaining("top_p");
    assertThatThrownBy(() -> at(1, -1, 1, 0)).hasMessageContaining("top_k");
  }
}
