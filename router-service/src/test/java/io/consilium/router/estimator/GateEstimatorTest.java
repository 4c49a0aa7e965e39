package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.GateVector;
import io.consilium.expert.Roster;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GateEstimatorTest {
  private static List<float[]> vectors(String... texts) {
    return List.of(texts).stream().map(Generated::embed).toList();
  }

  private static final List<float[]> COOKING =
      vectors("oven butter dough", "roast garlic spice", "simmer flour butter");
  private static final List<float[]> LAW =
      vectors("court verdict plea", "contract clause tort", "statute appeal court");

  private final GateEstimator estimator = new GateEstimator("words");

  private static Roster roster(String... ids) {
    var gates =
        Map.of(
            "cook", Gate.train("words", COOKING, LAW),
            "lawyer", Gate.train("words", LAW, COOKING),
            "sailor", Gate.train("other space", LAW, COOKING));
    return Roster.of(
        String.join(" ", ids),
        Generated.roster(List.of(ids)).cards().stream()
            .map(card -> card.withGate(gates.get(card.id())))
            .toList());
  }

  @Test
  void standardisesVectors() {
    // mean 2, variance 2/3
    float[] standard = GateEstimator.standard(new float[] {1, 2, 3});
    assertThat(standard[0]).isCloseTo((float) -Math.sqrt(1.5), within(1e-5f));
    assertThat(standard[1]).isCloseTo(0, within(1e-6f));
  }

  @Test
  void comparesGatesAcrossExperts() {
    var roster = roster("cook", "lawyer", "sailor", "stranger");
    var estimates = estimator.estimate(Generated.profile("butter in the oven"), roster);
    assertThat(estimates.p(0)).isGreaterThan(0.5);
    assertThat(estimates.p(1)).isLessThan(0.5);
    // what one gate gains the other loses
    assertThat(estimates.p(0) + estimates.p(1)).isCloseTo(1, within(1e-6));
    assertThat(estimates.weight(2)).isZero(); // of another space
    assertThat(estimates.weight(3)).isZero();
    assertThat(estimator.estimate(Generated.blind("oven"), roster).weight(0)).isZero();
  }

  @Test
  void saysNothingOfOneGateAlone() {
    var roster = roster("cook", "stranger");
    assertThat(estimator.estimate(Generated.profile("oven"), roster).weight(0)).isZero();
  }

  @Test
  void refusesAGateWithoutDirection() {
    assertThatThrownBy(() -> Gate.train("words", COOKING, List.of()))
        .hasMessageContaining("some it does not");
    assertThatThrownBy(() -> new GateVector("words", new float[3]))
        .hasMessageContaining("not all 0");
  }
}
