package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Price;
import io.consilium.expert.Provider;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a router uses what was learnt. */
class LearntRouterTest {
  private static final String CLOSED =
      "Which of the following is the capital?\nA. this\nB. that\nC. neither";

  private static ExpertCard llm(String id) {
    var nowhere = new Endpoint(Provider.OPENAI, null, "m", null, Map.of(), Map.of());
    return ExpertCard.of(id, new ExpertKind.Llm(), "Answers questions.", nowhere)
        .withPrice(new Price(0, 0, 10, 0));
  }

  /** Fixed numbers in place of a fit. */
  private record Told(
      double[] p,
      double[] weight,
      double[] tokens,
      CoFailure coFailure,
      double least,
      double leastOfSeveral)
      implements Learnt {
    private Told(double[] p, double[] weight, double[] tokens, CoFailure coFailure, double least) {
      this(p, weight, tokens, coFailure, least, Double.NaN);
    }

    private static Told of(double... p) {
      double[] sure = new double[p.length];
      Arrays.fill(sure, 1);
      double[] unknown = new double[p.length];
      Arrays.fill(unknown, Double.NaN);
      return new Told(p, sure, unknown, CoFailure.assumed(), Double.NaN);
    }

    @Override
    public Estimator estimator() {
      return new Estimator() {
        @Override
        public String name() {
          return "told";
        }

        @Override
        public Estimates estimate(QuestionProfile profile, Roster roster) {
          return Estimates.of(p.clone(), weight.clone(), i -> "").between(p.clone(), p.clone());
        }
      };
    }

    @Override
    public String kind(QuestionProfile profile) {
      return "letters";
    }

    @Override
    public double[] tokens(QuestionProfile profile, Roster roster) {
      return tokens;
    }

    @Override
    public AfterReplies afterReplies() {
      return AfterReplies.assumed();
    }

    @Override
    public OptionalDouble minimum(double risk) {
      return Double.isNaN(least) ? OptionalDouble.empty() : OptionalDouble.of(least);
    }

    @Override
    public OptionalDouble minimumOfSeveral(double risk) {
      return Double.isNaN(leastOfSeveral)
          ? OptionalDouble.empty()
          : OptionalDouble.of(leastOfSeveral);
    }
  }

  private static final Roster ROSTER = Roster.of("three", List.of(llm("a"), llm("b"), llm("c")));

  private static Route route(Learnt learnt, Policy policy) {
    return Experts.router(Planner.greedy())
        .with(learnt, "version")
        .route(Experts.profile(CLOSED, policy), ROSTER, policy, 1);
  }

  private static Policy free(double value) {
    return new Policy("free", value, 0, 0, 0, List.of(), Set.of());
  }

  @Test
  void anAnswerIsPricedByWhatItsExpertIsExpectedToWrite() {
    var told = Told.of(0.9, 0.8, 0.7);
    var lengths =
        new Told(told.p, told.weight, new double[] {5_000, 50, Double.NaN}, told.coFailure, 0);
    var route = route(lengths, Policy.BALANCED);

    assertThat(usd(route, "a")).isCloseTo(0.05, within(1e-6));
    assertThat(usd(route, "b")).isCloseTo(0.0005, within(1e-6));
    assertThat(usd(route, "c")).as("as is usual for a model").isCloseTo(0.004, within(1e-6));
  }

  private static double usd(Route route, String expert) {
    return route.forecasts().stream()
        .filter(forecast -> forecast.expert().equals(expert))
        .findAny()
        .orElseThrow()
        .usd();
  }

  @Test
  void howExpertsFailTogetherDecidesWhetherSeveralAreAsked() {
    var apart = Map.of("", new CoFailure.Kind(0, 0.02), "letters", new CoFailure.Kind(0, 0.02));
    var alike = Map.of("", new CoFailure.Kind(0, 0.02), "letters", new CoFailure.Kind(4, 0.98));
    var told = Told.of(0.7, 0.68, 0.66);

    assertThat(route(with(told, apart), free(1)).plan()).isNotInstanceOf(Plan.One.class);
    // the kind of question was guessed, and of this kind all fail together and say the same
    assertThat(route(with(told, alike), free(1)).plan()).isInstanceOf(Plan.One.class);
  }

  /** Says of the second expert that outcomes raised it, of the third that they lowered it. */
  private static final Following USE =
      new Following() {
        @Override
        public Optional<Moved> of(ExpertCard card, QuestionProfile profile, Prior prior) {
          assertThat(prior.fitted()).isTrue();
          double by = card.id().equals("b") ? 0.15 : card.id().equals("c") ? -0.3 : 0;
          double p = prior.p() + by;
          return Optional.of(new Moved(p, p - 0.05, p + 0.02, 0.04, 1, "7 outcomes since"));
        }

        @Override
        public long heard() {
          return 7;
        }
      };

  @Test
  void whatUseTaughtMovesForecastsAndIsShown() {
    var route =
        Experts.router(Planner.greedy())
            .with(Told.of(0.8, 0.75, 0.7), "version")
            .with(USE)
            .route(Experts.profile("Who was it?", free(1)), ROSTER, free(1), 1);

    assertThat(route.plan().experts()).first().isEqualTo("b");
    var first = route.forecasts().getFirst();
    assertThat(first.p()).isCloseTo(0.9, within(1e-9));
    assertThat(first.low()).isCloseTo(0.85, within(1e-9));
    assertThat(first.high()).isCloseTo(0.92, within(1e-9));
    assertThat(first.why()).extracting(Forecast.Reason::estimator).endsWith("forecast", "use");
    assertThat(Following.prior(first).p()).as("before it").isCloseTo(0.75, within(1e-9));
    assertThat(Following.prior(first).fitted()).isTrue();
  }

  @Test
  void underARiskUseMayOnlyLower() {
    var risky = new Policy("r", 1, 0, 0, 0, List.of(), Set.of(), 0.2, 1, "");
    double[] known = {1, 1, 1};
    var told = new Told(new double[] {0.8, 0.75, 0.7}, known, known, CoFailure.assumed(), 0.5);
    var route =
        Experts.router(Planner.greedy())
            .with(told, "version")
            .with(USE)
            .route(Experts.profile("Who was it?", risky), ROSTER, risky, 1);

    assertThat(route.forecasts())
        .extracting(forecast -> Math.round(100 * forecast.p()))
        .containsExactly(80L, 75L, 40L);
  }

  /** Says the same of every question; nothing of the third expert. */
  private static final Estimator BESIDE =
      new Estimator() {
        @Override
        public String name() {
          return "beside";
        }

        @Override
        public Estimates estimate(QuestionProfile profile, Roster roster) {
          return Estimates.of(
              new double[] {0.2, 0.8, 0.5}, new double[] {0.5, 0.5, 0}, i -> "a note");
        }
      };

  private static Route beside(Policy policy) {
    return Experts.router(Planner.greedy())
        .beside(List.of(BESIDE))
        .with(least(Told.of(0.7, 0.6, 0.5), 0.55), "version")
        .route(Experts.profile(CLOSED, policy), ROSTER, policy, 1);
  }

  @Test
  void whoIsHeardBesideMovesExpertsAgainstEachOtherByTheWeightOfItsEvidence() {
    var route = beside(free(1));

    // in log-odds ∓1.38629 around a mean of 0, half of it: odds of 7/3 halve, those of 3/2 double
    assertThat(p(route, "a")).isCloseTo(0.538462, within(1e-6));
    assertThat(p(route, "b")).isCloseTo(0.75, within(1e-6));
    assertThat(p(route, "c")).isCloseTo(0.5, within(1e-9));
    assertThat(forecast(route, "b").why())
        .contains(new Forecast.Reason("beside", 0.8, 0.5, "a note"));
    assertThat(forecast(route, "c").why()).extracting(Forecast.Reason::estimator).isNotEmpty();
    assertThat(forecast(route, "c").why())
        .extracting(Forecast.Reason::estimator)
        .doesNotContain("beside");
  }

  @Test
  void underARiskNothingIsAddedToWhatWasMeasured() {
    assertThat(p(beside(risking(0.05, 1)), "a")).isEqualTo(0.7);
  }

  @Test
  void aChainIsTakenOnlyWhereOutcomesShowThatEditingPays() {
    var chain =
        ExpertCard.of(
                "edited",
                new ExpertKind.Composition(new Plan.Chain(List.of("a", "b"), List.of()), 0),
                "Answers questions.",
                new Endpoint(Provider.COMPOSITION, null, "edited", null, Map.of(), Map.of()))
            .withPrice(new Price(0, 0, 20, 0));
    var roster = Roster.of("chained", List.of(llm("a"), llm("b"), chain));
    var open = Experts.profile("Write a letter.", Policy.BALANCED);
    var told = Told.of(0.5, 0.55, 0.8);

    var measured = route(told, open, roster);
    assertThat(measured.plan().experts().getFirst()).isEqualTo("edited");
    // a gain of a point is not worth the price of a second call
    assertThat(route(Told.of(0.5, 0.55, 0.56), open, roster).plan().experts().getFirst())
        .isEqualTo("b");
    double[] few = {1, 1, 0.4};
    var unknown = new Told(told.p, few, told.tokens, told.coFailure, Double.NaN);
    var without = route(unknown, open, roster);
    assertThat(without.plan().experts()).doesNotContain("edited");
    assertThat(without.excluded()).extracting(Route.Exclusion::expert).containsExactly("edited");
    var pinned = Policy.BALANCED.among(List.of("edited"), Set.of());
    assertThat(
            Experts.router(Planner.greedy())
                .with(unknown, "version")
                .route(Experts.profile("Write a letter.", pinned), roster, pinned, 1)
                .plan())
        .isEqualTo(new Plan.One("edited", List.of()));
  }

  private static Route route(Told told, QuestionProfile profile, Roster roster) {
    return route(told, profile, roster, Policy.BALANCED);
  }

  private static Route route(Told told, QuestionProfile profile, Roster roster, Policy policy) {
    return Experts.router(Planner.greedy()).with(told, "version").route(profile, roster, policy, 1);
  }

  @Test
  void aRouterFittedOnOthersSaysSoAndServesWhatCardsTell() {
    var nobody = Told.of(0.9, 0.9, 0.9);
    var strangers = new Told(nobody.p, new double[3], nobody.tokens, nobody.coFailure, Double.NaN);
    var route = route(strangers, free(1));

    assertThat(route.why()).contains("version has no outcomes of any of them");
    assertThat(route.plan()).isNotInstanceOf(Plan.Abstain.class);
    assertThat(forecast(route, "a").why())
        .anySatisfy(reason -> {
          assertThat(reason.estimator()).isEqualTo("told");
          assertThat(reason.weight()).isZero();
          assertThat(reason.note()).contains("known by its card");
        });
    var some = new Told(nobody.p, new double[] {1, 0, 1}, nobody.tokens, nobody.coFailure, 0);
    assertThat(route(some, free(1)).why()).doesNotContain("no outcomes of any");
    assertThat(forecast(route(some, free(1)), "b").why())
        .extracting(Forecast.Reason::note)
        .anyMatch(note -> note.contains("known by its card"));
  }

  private static double p(Route route, String expert) {
    return forecast(route, expert).p();
  }

  private static Forecast forecast(Route route, String expert) {
    return route.forecasts().stream()
        .filter(each -> each.expert().equals(expert))
        .findAny()
        .orElseThrow();
  }

  private static Policy risking(double risk, double budget) {
    return new Policy("risk", 1, 1, 0, 0, List.of(), Set.of(), risk, budget);
  }

  private static Told least(Told told, double least) {
    return new Told(told.p, told.weight, told.tokens, told.coFailure, least);
  }

  @Test
  void aRiskContractAnswersOnlyFromTheForecastOnThatKeepsIt() {
    var told = least(Told.of(0.92, 0.8, 0.7), 0.9);
    var kept = route(told, risking(0.05, 1));

    assertThat(kept.plan()).isEqualTo(new Plan.One("a", List.of()));
    assertThat(kept.why()).contains("at most 5 % of such answers are wrong", "from 0.90 on");
    var broken = route(least(told, 0.95), risking(0.05, 1));
    assertThat(broken.plan()).isInstanceOf(Plan.Abstain.class);
    assertThat(broken.why())
        .isEqualTo(
            "abstained because at most 5 % of answers may be wrong: on held-out questions that takes a forecast of 0.95, and the best here is 0.92");
    assertThat(route(least(told, Double.NaN), risking(0.001, 1)).why())
        .isEqualTo(
            "abstained because at most 0.1 % of answers may be wrong: on held-out questions no forecast was that sure");
  }

  private static Told several(double leastOfSeveral, double... p) {
    var apart = new CoFailure(Map.of("", new CoFailure.Kind(0, 0.02)), List.of(), new double[0][0]);
    var told = Told.of(p);
    return new Told(p, told.weight, told.tokens, apart, 0.99, leastOfSeveral);
  }

  @Test
  void expertsThatAreNotSureAloneMayKeepARiskTogether() {
    var route = route(several(0.95, 0.75, 0.7, 0.65), risking(0.05, 1));

    assertThat(route.plan())
        .isInstanceOfSatisfying(
            Plan.Cascade.class,
            cascade -> {
              assertThat(cascade.minimum()).isEqualTo(0.95);
              assertThat(cascade.members()).contains("a", "b", "c");
              assertThat(cascade.fallbacks()).as("nobody alone reaches 0.95").isEmpty();
            });
    assertThat(route.why())
        .contains("at most 5 % of such answers are wrong", "from 0.95 on, of experts alone and");
  }

  @Test
  void whatWasPractisedOfAllExpertsHoldsForNoOtherChoice() {
    var told = several(0.95, 0.75, 0.7, 0.65);
    var usual = risking(0.05, 1);

    // alone it takes 0.99, which nobody has
    assertThat(route(told, usual.among(List.of("a", "b"), Set.of())).plan())
        .as("pinned")
        .isInstanceOf(Plan.Abstain.class);
    assertThat(route(told, usual.fusedBy(Plan.MAJORITY_VOTE)).plan())
        .as("fused another way")
        .isInstanceOf(Plan.Abstain.class);
    assertThat(route(told, Experts.profile("Write a letter.", usual), ROSTER, usual).plan())
        .as("answers that cannot be compared")
        .isInstanceOf(Plan.Abstain.class);
  }

  @Test
  void aRiskContractHasAPrice() {
    var told = least(Told.of(0.99, 0.95, 0.7), 0.9);
    double[] tokens = {5_000, 50, 50};
    var dear = new Told(told.p, told.weight, tokens, told.coFailure, 0.9);

    assertThat(route(dear, risking(0.05, 0.01)).plan()).isEqualTo(new Plan.One("b", List.of()));
    assertThat(route(dear, risking(0.05, 0.0001)).plan()).isInstanceOf(Plan.Abstain.class);
  }

  @Test
  void whoHasFewOutcomesIsNotHeldToARisk() {
    var told = least(Told.of(0.99, 0.95, 0.7), 0.9);
    double[] weights = {0.2, 1, 1};
    var route =
        route(new Told(told.p, weights, told.tokens, told.coFailure, 0.9), risking(0.05, 1));

    assertThat(route.plan()).isEqualTo(new Plan.One("b", List.of()));
    assertThat(route.excluded())
        .containsExactly(
            new Route.Exclusion("a", "has too few outcomes on record to be held to a risk"));
  }

  @Test
  void aPinnedExpertIsHeldToTheRiskAsWell() {
    var pinned = risking(0.05, 1).among(List.of("c"), Set.of());
    assertThat(route(least(Told.of(0.99, 0.95, 0.7), 0.9), pinned).plan())
        .isInstanceOf(Plan.Abstain.class);
  }

  @Test
  void withoutAFittedRouterTheForecastItselfMustBeThatSureAndThatIsSaid() {
    var router = Experts.router(Planner.greedy());
    var text = Experts.QUESTIONS.getFirst();
    var policy = risking(0.001, 1);
    var route = router.route(Experts.profile(text, policy), Experts.roster(), policy, 1);

    assertThat(route.plan()).isInstanceOf(Plan.Abstain.class);
    assertThat(route.why()).contains("no router was fitted to hold that to");
  }

  private static Told with(Told told, Map<String, CoFailure.Kind> kinds) {
    return new Told(
        told.p, told.weight, told.tokens, new CoFailure(kinds, List.of(), new double[0][0]), 0);
  }
}
