package io.consilium.router.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.router.planner.Programmes.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is offered lies on the frontier of P(correct), price and time, kind by kind. */
class ProgrammesTest {
  /** In letters all fail together and say the same; in figures each errs by itself. */
  private static final CoFailure KINDS =
      new CoFailure(
          Map.of(
              "",
              new CoFailure.Kind(1.8, 0.25),
              "letters",
              new CoFailure.Kind(4, 0.98),
              "figures",
              new CoFailure.Kind(0, 0.02)),
          List.of(),
          new double[0][0]);

  private static final Programmes PROGRAMMES = new Programmes(KINDS);

  private static Policy policy(double priceWeight, double secondUsd) {
    return new Policy("p", 1, priceWeight, secondUsd, 0, List.of(), Set.of());
  }

  private static Forecast forecast(String id, double p, double usd, double millis) {
    return new Forecast(id, p, p, p, usd, millis, List.of());
  }

  private static boolean beats(Offer one, Offer other) {
    return one.p() >= other.p()
        && one.usd() <= other.usd()
        && one.millis() <= other.millis()
        && (one.p() > other.p() || one.usd() < other.usd() || one.millis() < other.millis());
  }

  @Test
  void nothingIsOfferedThatAnotherProgrammeBeatsInEveryRespect() {
    var random = new Random(7);
    int offered = 0;
    for (int trial = 0; trial < 200; trial++) {
      List<Forecast> experts = new ArrayList<>();
      for (int e = 0; e < 2 + random.nextInt(6); e++) {
        double p = 0.05 + 0.9 * random.nextDouble();
        experts.add(forecast("e" + e, p, 0.01 * random.nextDouble(), 1_000 * random.nextDouble()));
      }
      var policy = policy(random.nextDouble() * 10, random.nextDouble() * 0.05);
      for (var kind : List.of("", "letters", "figures")) {
        var together = PROGRAMMES.together(experts, policy, kind, Double.POSITIVE_INFINITY);
        List<Offer> all = new ArrayList<>(together);
        experts.forEach(each -> all.add(Programmes.alone(each, policy)));
        offered += together.size();
        assertThat(together)
            .as("trial %d, kind %s", trial, kind)
            .noneMatch(offer -> all.stream().anyMatch(other -> beats(other, offer)));
      }
    }
    assertThat(offered).as("the frontier is not empty").isGreaterThan(100);
  }

  @Test
  void aPanelThatPaysForOneKindOfQuestionIsNotOfferedForAnother() {
    var experts =
        List.of(
            forecast("a", 0.7, 0.01, 500),
            forecast("b", 0.68, 0.01, 500),
            forecast("c", 0.66, 0.01, 500));
    var free = policy(0, 0);

    assertThat(PROGRAMMES.together(experts, free, "figures", 1))
        .extracting(offer -> offer.plan().type())
        .contains("panel");
    assertThat(PROGRAMMES.together(experts, free, "letters", 1)).isEmpty();
  }

  @Test
  void aCascadeThatCheapExpertsCannotSaveIsNotOffered() {
    // whoever is likelier right at less than the cheap one's price makes asking it first pointless
    var dear = forecast("dear", 0.6, 0.02, 100);
    var better = forecast("better", 0.9, 0.001, 100);

    assertThat(PROGRAMMES.together(List.of(dear, better), policy(1, 0), "letters", 1)).isEmpty();
  }

  @Test
  void whatCostsMoreThanTheBudgetIsNotOffered() {
    var experts =
        List.of(
            forecast("a", 0.7, 0.01, 500),
            forecast("b", 0.68, 0.01, 500),
            forecast("c", 0.66, 0.01, 500));

    assertThat(PROGRAMMES.together(experts, policy(0, 0), "figures", 0.029))
        .noneMatch(offer -> offer.plan() instanceof Plan.Panel);
  }
}
