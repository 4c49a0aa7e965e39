package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Forecast;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final Policy PRICED = new Policy("p", 1, 1, 0, 0, List.of(), Set.of());

  @Test
  void asksCheapOnesFirstAndTheStrongOneWhereTheyDiffer() {
    var plan = plan(PRICED, cheap("a"), cheap("b"), strong("z")).orElseThrow().plan();

    assertThat(plan).isInstanceOf(Plan.Cascade.class);
    assertThat(plan.experts().getFirst()).isIn("a", "b");
  }

  @Test
  void asksOneWhereAnswersCannotBeCompared() {
    var candidates = List.of(cheap("a"), cheap("b"), strong("z"));
    var planned = planner(0).plan(Planner.Case.alone(candidates), PRICED, 1).orElseThrow();

    assertThat(planned.plan()).isEqualTo(new Plan.One("a", List.of("b", "z")));
    assertThat(planned.propensity()).isEqualTo(1);
  }

  @Test
  void asksAtOnceWhereWaitingIsDear() {
    var hurried = new Policy("p", 1, 0, 0.03, 0, List.of(), Set.of());
    var plan =
        plan(hurried, slow("a"), slow("b"), slow("c"), slow("d"), slow("e")).orElseThrow().plan();

    assertThat(plan).isInstanceOf(Plan.Panel.class);
  }

  @Test
  void asksOneWhereOneIsSure() {
    var sure = new Forecast("sure", 0.99, 0.9, 1, 0.001, 0, List.of());

    assertThat(plan(PRICED, cheap("a"), cheap("b"), sure).orElseThrow().plan())
        .isInstanceOf(Plan.One.class);
  }

  @Test
  void abstainsWhereNobodyIsWorthHisPrice() {
    assertThat(plan(new Policy("p", 0.001, 1, 0, 0.1, List.of(), Set.of()), strong("z"))).isEmpty();
  }

  @Test
  void abstainsBelowTheMinimum() {
    var careful = new Policy("p", 1, 1, 0, 0.97, List.of(), Set.of());

    assertThat(planner(0).plan(Planner.Case.alone(List.of(cheap("a"), cheap("b"))), careful, 1))
        .isEmpty();
    assertThat(plan(careful.withMinimum(0.999), cheap("a"), cheap("b"))).isEmpty();
  }

  @Test
  void aCascadeThatMayRefuseIsPlannedWhereNobodyAloneReachesTheMinimum() {
    var careful = new Policy("p", 1, 1, 0, 0.97, List.of(), Set.of());
    var planned = plan(careful, cheap("a"), cheap("b")).orElseThrow();

    assertThat(planned.plan()).isInstanceOf(Plan.Cascade.class);
    assertThat(planned.offer().p())
        .as("answers that it will refuse are not right")
        .isLessThan(cheap("a").p());
  }

  @Test
  void togetherTheyMayReachAMinimumThatNoneReachesAlone() {
    var careful = new Policy("p", 1, 0.01, 0, 0.75, List.of(), Set.of());

    var planned = plan(careful, cheap("a"), cheap("b"), cheap("c"), cheap("d"));

    assertThat(planned.orElseThrow().plan()).isNotInstanceOf(Plan.One.class);
  }

  @Test
  void aPlanBeyondTheBudgetIsNotOffered() {
    var candidates = List.of(cheap("a"), cheap("b"), strong("z"));
    var planned = planner(0).plan(new Planner.Case(candidates, candidates, "", 0.012), PRICED, 1);

    assertThat(planned.orElseThrow().plan()).isInstanceOf(Plan.One.class);
  }

  @Test
  void wholePlansAreExploredWithTheChancesThatAreStated() {
    var candidates = List.of(cheap("a"), cheap("b"), strong("z"));
    var planner = planner(0.5);
    Map<Plan, Integer> seen = new HashMap<>();
    Map<Plan, Double> stated = new HashMap<>();
    for (long seed = 0; seed < 4_000; seed++) {
      var planned =
          planner.plan(new Planner.Case(candidates, candidates, "", 1), PRICED, seed).orElseThrow();
      seen.merge(planned.plan(), 1, Integer::sum);
      stated.put(planned.plan(), planned.propensity());
    }

    assertThat(seen).hasSizeGreaterThan(2);
    assertThat(stated.values().stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-9));
    seen.forEach(
        (plan, times) -> assertThat(times / 4_000.0).isCloseTo(stated.get(plan), within(0.03)));
  }

  @Test
  void theChancesAreAShareForTheBestAndASoftmaxOverThoseWithinTheLoss() {
    var policy = new Policy("p", 1, 1, 0, 0, List.of(), Set.of());
    var planned =
        new Planner(0.5, 0.1)
            .plan(
                Planner.Case.alone(List.of(sure("a", 0.8), sure("b", 0.75), sure("c", 0.69))),
                policy,
                3)
            .orElseThrow();

    // e^0 and e^(-0.05 / 0.1), which sum to 1.60653; c loses more than 0.1
    assertThat(planned.choices())
        .extracting(Route.Choice::plan)
        .containsExactly(
            new Plan.One("a", List.of("b", "c")), new Plan.One("b", List.of("a", "c")));
    assertThat(planned.choices().get(0).propensity()).isCloseTo(0.5 + 0.31123, within(1e-5));
    assertThat(planned.choices().get(1).propensity()).isCloseTo(0.18877, within(1e-5));
  }

  @Test
  void whoMayBeBetterForAllThatIsKnownIsTriedByItsUncertainty() {
    var free = new Policy("p", 1, 0, 0, 0, List.of(), Set.of());
    // gaps 0, 0.1 and 0.1; standard deviations 0.02, 0.2 and none
    double wide = 0.1 * Forecast.EIGHTY;
    var best = new Forecast("best", 0.7, 0.7 - wide / 5, 0.7 + wide / 5, 0, 0, List.of());
    var unsure = new Forecast("unsure", 0.6, 0.6 - 2 * wide, 0.6 + 2 * wide, 0, 0, List.of());
    var known = new Forecast("known", 0.6, 0.6, 0.6, 0, 0, List.of());

    var planned = new Planner(1, 0.01).plan(List.of(best, unsure, known), free, 1).orElseThrow();

    // weights 1 and exp(−6 · 0.1² / (2 · 0.2²)) = 0.472367; who is known to be worse is not tried
    assertThat(planned.choices())
        .extracting(choice -> choice.plan().experts().getFirst())
        .containsExactly("best", "unsure");
    assertThat(planned.choices().getFirst().propensity()).isCloseTo(1 / 1.472367, within(1e-6));
    assertThat(planned.choices().getLast().propensity())
        .isCloseTo(0.472367 / 1.472367, within(1e-6));
  }

  @Test
  void whoIsPinnedOrHeldToARiskIsNeverExplored() {
    var candidates = List.of(sure("a", 0.8), sure("b", 0.79));
    var planner = new Planner(1, 0.5);
    var pinned = new Policy("p", 1, 1, 0, 0, List.of("a", "b"), Set.of());
    var risk = new Policy("p", 1, 1, 0, 0, List.of(), Set.of(), 0.3, Double.POSITIVE_INFINITY);
    for (var policy : List.of(pinned, risk)) {
      for (long seed = 0; seed < 50; seed++) {
        var planned = planner.plan(Planner.Case.alone(candidates), policy, seed).orElseThrow();
        assertThat(planned.plan()).isEqualTo(new Plan.One("a", List.of("b")));
        assertThat(planned.propensity()).isEqualTo(1);
        assertThat(planned.choices()).isEmpty();
      }
    }
  }

  @Test
  void noMoreThanAFewOfManyAreExplored() {
    List<Forecast> many =
        IntStream.range(0, 500).mapToObj(i -> sure("e" + i, 0.9 - i * 1e-6)).toList();
    var choices =
        new Planner(0.2, 0.1)
            .plan(Planner.Case.alone(many), Policy.BALANCED, 7)
            .orElseThrow()
            .choices();

    assertThat(choices).hasSize(Planner.SHORTLIST);
    assertThat(choices.stream().mapToDouble(Route.Choice::propensity).sum())
        .isCloseTo(1, within(1e-9));
  }

  private static Forecast sure(String id, double p) {
    return new Forecast(id, p, p, p, 0, 0, List.of());
  }

  @Test
  void theNextStepFollowsWhatWasSaid() {
    var candidates = List.of(cheap("a"), cheap("b"), strong("z"));
    var planner = planner(0);
    var plan =
        planner
            .plan(new Planner.Case(candidates, candidates, "", 1), PRICED, 1)
            .orElseThrow()
            .plan();
    var route = new Route(plan, candidates, List.of(), 1, 0, "v", "s", "");
    var question = Question.of("2+2?", terms(0.0));
    var step = planner.nextStep();

    var first = plan.experts().get(0);
    var agreed =
        step.after(
            route, question, List.of(new NextStep.Said("a", 0, 1), new NextStep.Said("b", 0, 1)));
    var split =
        step.after(
            route, question, List.of(new NextStep.Said("a", 0, 1), new NextStep.Said("b", 1, 1)));

    assertThat(step.after(route, question, List.of())).isEqualTo(new NextStep.Step.Ask(first));
    assertThat(agreed)
        .isInstanceOfSatisfying(
            NextStep.Step.Stop.class, stop -> assertThat(stop.answer()).isZero());
    assertThat(split).isEqualTo(new NextStep.Step.Ask("z"));
  }

  @Test
  void aCascadeThatStaysTooUnsureRefuses() {
    var candidates = List.of(cheap("a"), cheap("b"));
    var route =
        new Route(
            new Plan.Cascade(List.of("a", "b"), 0.9, "", List.of()),
            candidates,
            List.of(),
            1,
            0,
            "v",
            "s",
            "");

    var step =
        planner(0)
            .nextStep()
            .after(
                route,
                Question.of("2+2?", terms(0.9)),
                List.of(new NextStep.Said("a", 0, 1), new NextStep.Said("b", 1, 1)));

    assertThat(step).isInstanceOf(NextStep.Step.Refuse.class);
  }

  private static Terms terms(double minimum) {
    var plain = Terms.within(Duration.ofMinutes(1), Instant.EPOCH);
    return new Terms(
        new Policy("p", 1, 1, 0, minimum, List.of(), Set.of()),
        plain.deadline(),
        plain.budgetUsd(),
        plain.tenant(),
        null,
        null,
        plain.decision(),
        0,
        null,
        true);
  }

  private static Optional<Planner.Planned> plan(Policy policy, Forecast... forecasts) {
    var all = List.of(forecasts);
    return planner(0).plan(new Planner.Case(all, all, "", Double.POSITIVE_INFINITY), policy, 1);
  }

  private static Planner planner(double epsilon) {
    return new Planner(
        epsilon,
        0.2,
        new CoFailure(Map.of("", new CoFailure.Kind(0.8, 0.1)), List.of(), new double[0][0]),
        AfterReplies.assumed());
  }

  private static Forecast cheap(String id) {
    return new Forecast(id, 0.7, 0.5, 0.9, 0.01, 0, List.of());
  }

  private static Forecast strong(String id) {
    return new Forecast(id, 0.85, 0.7, 0.95, 0.25, 0, List.of());
  }

  private static Forecast slow(String id) {
    return new Forecast(id, 0.7, 0.5, 0.9, 0, 2_000, List.of());
  }
}
