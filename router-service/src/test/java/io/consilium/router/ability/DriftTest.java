package io.consilium.router.ability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final Traits QUESTION = new Traits(new double[] {1}, 0, 0);
  private static final Ability PRIOR = new Ability(new double[] {0}, new double[] {2});

  @Test
  void pilesUpWhatWasNotForeseen() {
    // p = ½: residuals are ±1; less 0.2 of slack
    var once = Drift.NONE.after(0.5, 0);
    assertThat(once.worse()).isCloseTo(0.8, within(1e-9));
    assertThat(once.better()).isZero();
    var twice = once.after(0.5, 1);
    assertThat(twice.worse()).isZero();
    assertThat(twice.better()).isCloseTo(0.8, within(1e-9));
  }

  @Test
  void firesAfterNineteenWrongAnswersInARowAndNotByChance() {
    var drift = Drift.NONE;
    int outcomes = 0;
    while (!drift.fired()) {
      drift = drift.after(0.5, 0);
      outcomes++;
    }
    assertThat(outcomes).isEqualTo(19); // 19 · 0.8 = 15.2 > 15
    var random = new Random(8);
    var calm = Drift.NONE;
    for (int i = 0; i < 1_000; i++) {
      double p = 0.2 + 0.6 * random.nextDouble();
      calm = calm.after(p, random.nextDouble() < p ? 1 : 0);
      assertThat(calm.fired()).isFalse();
    }
  }

  @Test
  void followsAnExpertThatGotWorse() {
    var random = new Random(4);
    var followed = Followed.of(new Ability(new double[] {1.5}, new double[] {0.01}));
    var rigid = followed.ability();
    for (int i = 0; i < 300; i++) {
      double y = random.nextDouble() < 0.3 ? 1 : 0;
      followed = followed.after(QUESTION, y, 1, PRIOR);
      rigid = rigid.after(QUESTION, y, 1);
    }
    assertThat(followed.ability().p(QUESTION)).isCloseTo(0.3, within(0.1));
    assertThat(rigid.p(QUESTION)).isGreaterThan(0.45);
  }
}
