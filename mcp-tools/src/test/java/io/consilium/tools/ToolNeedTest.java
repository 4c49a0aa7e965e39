package io.consilium.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ToolNeedTest {
  private final ToolNeed need = new ToolNeed();

  private void learn(int right, int wrong, boolean with) {
    for (int i = 0; i < right; i++) {
      need.learn("model", "rain", with, 1);
    }
    for (int i = 0; i < wrong; i++) {
      need.learn("model", "rain", with, 0);
    }
  }

  @Test
  void whereNothingIsKnownNoToolPays() {
    var gain = need.gain("model", "rain");

    // both Beta(2, 2): means 1/2, variances 4/(16·5) = 0.05
    assertThat(gain.with()).isEqualTo(0.5);
    assertThat(gain.without()).isEqualTo(0.5);
    assertThat(gain.deviation()).isEqualTo(Math.sqrt(0.1), within(1e-12));
    assertThat(gain.pays(1_000, 0)).isFalse();
  }

  @Test
  void theGainIsWeighedAgainstThePrice() {
    learn(8, 0, true);
    learn(2, 6, false);

    var gain = need.gain("model", "rain");

    // Beta(10, 2) against Beta(4, 8): 10/12 and 4/12; 20/(144·13) + 32/(144·13)
    assertThat(gain.with()).isEqualTo(10.0 / 12, within(1e-12));
    assertThat(gain.without()).isEqualTo(4.0 / 12, within(1e-12));
    assertThat(gain.deviation()).isEqualTo(Math.sqrt(52.0 / 1872), within(1e-12));
    assertThat(gain.pays(0.10, 0.033)).as("(1/2 − 1/6) · 10 ct = 3.33 ct").isTrue();
    assertThat(gain.pays(0.10, 0.034)).isFalse();
    assertThat(gain.words()).isEqualTo("0.83 right with it, 0.33 without");
  }

  @Test
  void aToolThatMakesItWorseNeverPays() {
    learn(1, 9, true);
    learn(9, 1, false);

    assertThat(need.gain("model", "rain").pays(1_000, 0)).isFalse();
  }

  @Test
  void oneExpertsRecordSaysNothingOfAnothers() {
    learn(50, 0, true);
    learn(0, 50, false);

    assertThat(need.gain("model", "rain").pays(1, 0)).isTrue();
    assertThat(need.gain("other", "rain").pays(1, 0)).isFalse();
    assertThat(need.gain("model", "snow").pays(1, 0)).isFalse();
  }
}
