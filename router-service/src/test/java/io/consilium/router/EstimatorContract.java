package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Roster;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every estimator holds to. */
abstract class EstimatorContract {
  /** The estimator, over cards that are already prepared for any roster. */
  abstract Estimator estimator();

  private final Roster roster = Experts.roster();

  @Test
  void givesOneEstimatePerSeat() {
    for (var question : Experts.QUESTIONS) {
      assertThat(estimator().estimate(Experts.profile(question), roster).size())
          .isEqualTo(roster.seats().size());
    }
  }

  @Test
  void givesTheSameEstimatesForTheSameQuestion() {
    for (var question : Experts.QUESTIONS) {
      assertThat(all(estimator().estimate(Experts.profile(question), roster)))
          .isEqualTo(all(estimator().estimate(Experts.profile(question), roster)));
    }
  }

  @Test
  void doesNotLookAtTheOrderOfTheRoster() {
    var turned = Roster.of("turned", roster.cards().reversed());
    for (var question : Experts.QUESTIONS) {
      var before = byExpert(roster, estimator().estimate(Experts.profile(question), roster));
      var after = byExpert(turned, estimator().estimate(Experts.profile(question), turned));
      before.forEach((id, p) -> assertThat(after.get(id)).isCloseTo(p, within(1e-6)));
    }
  }

  private static List<Estimate> all(Estimates estimates) {
    return IntStream.range(0, estimates.size()).mapToObj(estimates::get).toList();
  }

  private static Map<String, Double> byExpert(Roster roster, Estimates estimates) {
    Map<String, Double> byExpert = new HashMap<>();
    for (int i = 0; i < estimates.size(); i++) {
      byExpert.put(roster.cards().get(i).id(), estimates.p(i));
    }
    return byExpert;
  }

  @Test
  void takesAnEmptyRosterAndAnEmptyQuestion() {
    assertThat(estimator().estimate(Experts.profile("x"), Roster.of("empty", List.of())).size())
        .isZero();
    assertThat(estimator().estimate(Experts.profile(" "), roster).size())
        .isEqualTo(roster.seats().size());
  }
}
