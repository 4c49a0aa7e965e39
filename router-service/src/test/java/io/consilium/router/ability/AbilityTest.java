package io.consilium.router.ability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AbilityTest {
  private static final Offset<Double> CLOSE = within(1e-9);
  private static final Ability UNIT = new Ability(new double[] {0}, new double[] {1});
  private static final Traits PLAIN = new Traits(new double[] {1}, 0, 0);

  @Test
  void shrinksUncertainLogOddsTowardsEvens() {
    // v = 8: σ(1 / √(1 + π)) = σ(0.49138)
    assertThat(Probit.mean(1, 8)).isCloseTo(0.6204311602594617, CLOSE);
    assertThat(Probit.mean(1, 0)).isCloseTo(1 / (1 + Math.exp(-1)), CLOSE);
    var sure = new Ability(new double[] {1}, new double[] {0});
    assertThat(sure.p(new Traits(new double[] {1}, 0, 8))).isCloseTo(0.6204311602594617, CLOSE);
  }

  @Test
  void movesByWhatWasUnforeseen() {
    // p = ½, w = ¼: Σ' = 1 − ¼ / (1 + ¼) = 0.8, mean = Σ' · ½ = 0.4
    var after = UNIT.after(PLAIN, 1, 1);
    assertThat(after.mean()[0]).isCloseTo(0.4, CLOSE);
    assertThat(after.covariance()[0]).isCloseTo(0.8, CLOSE);
  }

  @Test
  void movesLessForWhatCountsLess() {
    // κ = ½: w = ⅛, Σ' = 1 / (1 + ⅛) = 8/9, mean = Σ' · ¼ = 2/9
    var after = UNIT.after(PLAIN, 1, 0.5);
    assertThat(after.mean()[0]).isCloseTo(2.0 / 9, CLOSE);
    assertThat(after.covariance()[0]).isCloseTo(8.0 / 9, CLOSE);
    assertThat(UNIT.after(PLAIN, 1, 0)).usingRecursiveComparison().isEqualTo(UNIT);
  }

  @Test
  void believesAJudgeByItsSensitivityAndSpecificity() {
    // p = ½, sensitivity 0.8, specificity 0.6: says right 0.4 + 0.2 = 0.6; then right 0.4 / 0.6;
    // slope ¼ · 0.4 = 0.1; w = 0.01 / 0.24 = 1/24; Σ' = 24/25; mean = 24/25 · (2/3 − ½) = 0.16
    var after = UNIT.judged(PLAIN, true, 0.8, 0.6, 1);
    assertThat(after.mean()[0]).isCloseTo(0.16, CLOSE);
    assertThat(after.covariance()[0]).isCloseTo(0.96, CLOSE);
    assertThat(UNIT.judged(PLAIN, true, 0.7, 0.3, 1)).isEqualTo(UNIT);
    assertThat(UNIT.judged(PLAIN, true, 1, 0, 1)).isEqualTo(UNIT);
    var perfect = UNIT.judged(PLAIN, true, 1, 1, 1);
    assertThat(perfect.mean()[0]).isCloseTo(0.4, CLOSE);
  }

  @Test
  void forgetsNoMoreThanThePriorKnew() {
    var prior = new Ability(new double[] {0}, new double[] {2});
    var known = new Ability(new double[] {1}, new double[] {0.5});
    // 0.5 + ¼ · 2 = 1
    assertThat(known.loosened(0.25, prior).covariance()[0]).isCloseTo(1, CLOSE);
    assertThat(known.loosened(9, prior).covariance()[0]).isCloseTo(2, CLOSE);
    assertThat(known.loosened(0.25, prior).mean()[0]).isEqualTo(1);
  }

  @Test
  void widensTheIntervalByWhatTheQuestionHides() {
    var known = UNIT.forecast(PLAIN);
    var hidden = UNIT.forecast(new Traits(new double[] {1}, 0, 3));
    // ± 1.2816 and ± 1.2816 · 2 in log-odds
    assertThat(known.low()).isCloseTo(Probit.sigma(-1.2815515655446004), CLOSE);
    assertThat(hidden.high()).isCloseTo(Probit.sigma(2 * 1.2815515655446004), CLOSE);
  }

  @Test
  void findsTheAbilityBehindManyOutcomes() {
    var random = new Random(3);
    double[] truth = {0.8, -0.5, 0.3};
    var prior = new Ability(new double[3], new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1});
    List<Ability.Seen> seen = new ArrayList<>();
    var stepwise = prior;
    for (int i = 0; i < 3_000; i++) {
      double[] demand = {1 + random.nextDouble(), random.nextGaussian(), 1};
      double difficulty = random.nextGaussian();
      double mu = -difficulty;
      for (int k = 0; k < 3; k++) {
        mu += demand[k] * truth[k];
      }
      var question = new Traits(demand, difficulty, 0);
      double y = random.nextDouble() < Probit.sigma(mu) ? 1 : 0;
      seen.add(new Ability.Seen(question, y, 1));
      stepwise = stepwise.after(question, y, 1);
    }
    var all = prior.given(seen);
    for (int k = 0; k < 3; k++) {
      double deviation = Math.sqrt(all.covariance()[k * 4]);
      assertThat(all.mean()[k]).isCloseTo(truth[k], within(3 * deviation));
      assertThat(stepwise.mean()[k]).isCloseTo(all.mean()[k], within(deviation));
    }
  }
}
