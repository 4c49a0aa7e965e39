package io.consilium.orchestrator.routers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.ExpertException;
import io.consilium.orchestrator.routers.CanaryRules.Tally;
import io.consilium.orchestrator.routers.CanaryRules.Verdict;
import org.junit.jupiter.api.Test;

class CanaryRulesTest {
  private static final CanaryRules RULES = new CanaryRules(true, 50, 0.05);

  @Test
  void theMeanIsThatOfAPosteriorFromAUniformPrior() {
    // Beta(1 + 7, 1 + 1): mean 8 / 10, variance 0.8 · 0.2 / 11
    var tally = new Tally(8, 7);
    assertThat(tally.mean()).isCloseTo(0.8, within(1e-12));
    assertThat(tally.variance()).isCloseTo(0.16 / 11, within(1e-12));
    assertThat(Tally.NONE.and(0.5).and(1).since(new Tally(1, 0.5))).isEqualTo(new Tally(1, 1));
  }

  @Test
  void waitsUntilBothWereJudgedOftenEnough() {
    assertThat(RULES.of(new Tally(49, 0), new Tally(1_000, 1_000))).isEqualTo(Verdict.WAIT);
    assertThat(RULES.of(new Tally(1_000, 1_000), new Tally(49, 0))).isEqualTo(Verdict.WAIT);
  }

  @Test
  void rollsBackWhatIsWorseBeyondChanceAndPromotesWhatIsNot() {
    assertThat(RULES.of(new Tally(100, 50), new Tally(900, 720))).isEqualTo(Verdict.ROLL_BACK);
    assertThat(RULES.of(new Tally(100, 75), new Tally(900, 720))).isEqualTo(Verdict.WAIT);
    assertThat(RULES.of(new Tally(1_000, 800), new Tally(9_000, 7_200))).isEqualTo(Verdict.PROMOTE);
    assertThat(RULES.of(new Tally(100, 95), new Tally(900, 720))).isEqualTo(Verdict.PROMOTE);
  }

  @Test
  void refusesRulesThatConcludeFromNothing() {
    assertThatThrownBy(() -> new CanaryRules(true, 5, 0.05))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("canary.least");
  }
}
