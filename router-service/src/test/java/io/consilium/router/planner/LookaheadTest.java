package io.consilium.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Forecast;
import io.consilium.expert.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LookaheadTest {
  private static final Policy FREE = policy(1, 0);
  private static final Policy PRICED = policy(1, 1);

  @Test
  void twoThatAgreeAreProbablyRight() {
    var ahead = ahead(FREE, 0.25, forecast(0.8, 0), forecast(0.8, 0));
    ahead.said(0, 0);
    ahead.said(1, 0);

    // both right 0.64; both wrong and alike 0.04 · 0.25
    assertThat(ahead.now().p(0)).isCloseTo(0.64 / 0.65, within(1e-6));
  }

  @Test
  void twoThatDifferAreBothInDoubt() {
    var ahead = ahead(FREE, 0.25, forecast(0.8, 0), forecast(0.8, 0));
    ahead.said(0, 0);
    ahead.said(1, 1);

    // either right 0.16; neither, and not alike, 0.04 · 0.75
    assertThat(ahead.now().p(0)).isCloseTo(0.16 / 0.35, within(1e-6));
    assertThat(ahead.now().p(1)).isCloseTo(0.16 / 0.35, within(1e-6));
  }

  @Test
  void anAnswerThatCannotBeReadCountsAsWrong() {
    var ahead = ahead(FREE, 0.25, forecast(0.8, 0), forecast(0.6, 0));
    ahead.said(0, -1);
    ahead.said(1, 0);

    assertThat(ahead.now().p(0)).isCloseTo(0.6, within(1e-6));
  }

  @Test
  void askingAnEqualChangesNothingAndAskingTwoDoes() {
    var ahead = ahead(FREE, 0.25, forecast(0.8, 0), forecast(0.8, 0), forecast(0.8, 0));
    ahead.said(0, 0);

    assertThat(ahead.with(1)).isCloseTo(0.8, within(1e-6));
    // all right 0.512; a pair that is right 3 · 0.128; all different, one of them right 0.024
    assertThat(ahead(FREE, 0.25, forecast(0.8, 0), forecast(0.8, 0), forecast(0.8, 0)).everyone())
        .isCloseTo(0.92, within(1e-6));
  }

  @Test
  void repliesMayComeInAnyOrder() {
    var one = ahead(FREE, 0.3, forecast(0.8, 0), forecast(0.6, 0), forecast(0.4, 0));
    one.said(0, 0);
    one.said(1, 1);
    one.said(2, 0);
    var other = ahead(FREE, 0.3, forecast(0.8, 0), forecast(0.6, 0), forecast(0.4, 0));
    other.said(1, 0);
    other.said(2, 1);
    other.said(0, 1);

    assertThat(one.now().p(0)).isCloseTo(other.now().p(1), within(1e-9));
  }

  @Test
  void stopsWhereAskingCostsMoreThanItBrings() {
    var dear = ahead(PRICED, 0.25, forecast(0.7, 0), forecast(0.9, 0.25));
    dear.said(0, 0);
    dear.look();
    assertThat(dear.next()).isEqualTo(-1);

    var cheap = ahead(PRICED, 0.25, forecast(0.7, 0), forecast(0.9, 0.05));
    cheap.said(0, 0);
    cheap.look();
    assertThat(cheap.next()).isEqualTo(1);
  }

  @Test
  void startsWithTheCheapWhereTheyMayAgree() {
    var ahead = ahead(PRICED, 0.1, forecast(0.7, 0.01), forecast(0.7, 0.01), forecast(0.85, 0.3));

    double gain = ahead.look();
    var expected = ahead.expected();

    assertThat(ahead.next()).isBetween(0, 1);
    assertThat(gain).isGreaterThan(0.85 - 0.3).isGreaterThan(0.7 - 0.01);
    assertThat(expected.asks()).isBetween(1.5, 3.0);
    assertThat(expected.p() - expected.usd() - Lookahead.CALL * expected.asks())
        .isCloseTo(gain, within(1e-9));
  }

  @Test
  void asksSomebodyEvenWhereNothingPays() {
    var ahead = ahead(policy(0.001, 1), 0.25, forecast(0.7, 0.2), forecast(0.7, 0.1));

    ahead.look();

    assertThat(ahead.next()).isEqualTo(1);
  }

  static Policy policy(double value, double price) {
    return new Policy("test", value, price, 0, 0, List.of(), Set.of());
  }

  private static Forecast forecast(double p, double usd) {
    return new Forecast("e" + p + usd, p, 0, 1, usd, 0, List.of());
  }

  private static Lookahead ahead(Policy policy, double sameWrong, Forecast... forecasts) {
    return new Lookahead(
        Arrays.asList(forecasts), policy, 0, new CoFailure.Kind(0, sameWrong), sameWrong, 3);
  }
}
