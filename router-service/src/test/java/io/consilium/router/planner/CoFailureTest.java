package io.consilium.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoFailureTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.02, 0.2, 0.5, 0.77, 0.98})
  void aForecastIsKeptWhateverTheSpread(double p) {
    for (double spread : new double[] {0, 0.5, 1.8, 3}) {
      double mean = 0;
      double[] curve = SharedEffect.curve(p, spread);
      for (int k = 0; k < SharedEffect.POINTS; k++) {
        mean += SharedEffect.weight(k) * curve[k];
      }
      assertThat(mean).isCloseTo(p, within(1e-6));
    }
  }

  @Test
  void withoutASharedEffectExpertsFailIndependently() {
    var independent = with(0, 0.25);

    assertThat(independent.allWrong("", new double[] {0.5, 0.8})).isCloseTo(0.1, within(1e-6));
    // none right 0.3·0.4·0.5 = 0.06, one right 0.7·0.4·0.5 + 0.3·0.6·0.5 + 0.3·0.4·0.5 = 0.29
    assertThat(independent.majorityWrong("", new double[] {0.7, 0.6, 0.5}))
        .isCloseTo(0.35, within(1e-6));
  }

  @Test
  void aSharedEffectMakesThemFailTogether() {
    // E[σ(1.8 ε)²] by numerical integration
    assertThat(CoFailure.assumed().allWrong("", new double[] {0.5, 0.5}))
        .isCloseTo(0.339075, within(2e-4));
  }

  @Test
  void findsTheSpreadThatMadeTheRecords() {
    var random = new Random(7);
    var builder = new Records.Builder();
    List<String> kinds = new ArrayList<>();
    double[] p = {0.35, 0.5, 0.6, 0.4, 0.3};
    double[][] forecasts = new double[3_000][];
    for (int i = 0; i < forecasts.length; i++) {
      double effect = random.nextGaussian();
      boolean hard = i % 2 == 0;
      double spread = hard ? 2.0 : 0.5;
      builder.item(Item.of("i" + i, "question " + i, "question " + i, ""));
      for (int e = 0; e < p.length; e++) {
        double q = at(p[e], spread, effect);
        builder.add("i" + i, "e" + e, random.nextDouble() < q ? 1 : 0, Double.NaN, Double.NaN);
      }
      kinds.add(hard ? "hard" : "easy");
      forecasts[i] = p;
    }

    var fitted =
        CoFailure.fit(
            builder.build(),
            forecasts,
            kinds,
            // of two that err, e0 and e1 always agree, others never
            (item, expert) -> Optional.of(expert < 2 ? "same" : "own" + expert));

    assertThat(fitted.of("hard").spread()).isCloseTo(2.0, within(0.3));
    assertThat(fitted.of("easy").spread()).isCloseTo(0.5, within(0.35));
    assertThat(fitted.of("unheard of")).isEqualTo(fitted.of(""));
    assertThat(fitted.sameWrong("", List.of("e0", "e1")))
        .isGreaterThan(fitted.sameWrong("", List.of("e2", "e3")) + 0.4);
    assertThat(fitted.of("").sameWrong()).isBetween(0.08, 0.16); // one pair of ten
  }

  @Test
  void tooFewQuestionsAreSaidToBeTooFew() {
    var records = new Records.Builder().item(Item.of("a", "a", "a", "")).build();

    assertThatThrownBy(
            () -> CoFailure.fit(records, new double[1][0], List.of(""), (i, e) -> Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("50 questions");
  }

  static CoFailure with(double spread, double sameWrong) {
    return new CoFailure(
        Map.of("", new CoFailure.Kind(spread, sameWrong)), List.of(), new double[0][0]);
  }

  /** P(correct) at an effect, by the same shift that keeps the mean. */
  private static double at(double p, double spread, double effect) {
    double low = -12;
    double high = 12;
    for (int step = 0; step < 50; step++) {
      double shift = (low + high) / 2;
      double mean = 0;
      for (double x = -6; x <= 6; x += 0.1) {
        mean += 0.1 * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * sigmoid(shift + spread * x);
      }
      if (mean < p) {
        low = shift;
      } else {
        high = shift;
      }
    }
    return sigmoid(low + spread * effect);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
