package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.CardState;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Health;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Price;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Skill;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final Router ROUTER = Experts.router(Planner.greedy());
  private static final List<String> IDS = List.of("calculator", "units", "weather", "translator");

  private static Route route(String text, Roster roster, Policy policy) {
    return ROUTER.route(Experts.profile(text, policy), roster, policy, 1);
  }

  private static List<String> named(Route route) {
    List<String> named = new ArrayList<>();
    if (route.plan() instanceof Plan.One one) {
      named.add(one.expert());
      named.addAll(one.fallbacks());
    }
    return named;
  }

  @Property(tries = 100)
  void aRouteNamesOnlyRosteredAndEligibleExperts(
      @ForAll @IntRange(min = 0, max = 4) int question,
      @ForAll @IntRange(min = 0, max = 15) int excluded,
      @ForAll @IntRange(min = 0, max = 15) int pinned) {
    var policy = Policy.BALANCED.among(subset(pinned), new HashSet<>(subset(excluded)));
    var route = route(Experts.QUESTIONS.get(question), Experts.roster(), policy);
    assertThat(IDS).containsAll(named(route));
    assertThat(named(route)).noneMatch(policy.exclude()::contains);
    if (!policy.pin().isEmpty()) {
      assertThat(policy.pin()).containsAll(named(route));
    }
    route.excluded().forEach(out -> assertThat(named(route)).doesNotContain(out.expert()));
    assertThat(named(route)).doesNotHaveDuplicates();
  }

  private static List<String> subset(int bits) {
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < IDS.size(); i++) {
      if ((bits >> i & 1) == 1) {
        chosen.add(IDS.get(i));
      }
    }
    return chosen;
  }

  @Property(tries = 50)
  void theSameQuestionAndSeedGiveTheSameRoute(
      @ForAll @IntRange(min = 0, max = 4) int question, @ForAll long seed) {
    var router = Experts.router(new Planner(0.5, 0.5));
    var text = Experts.QUESTIONS.get(question);
    var first = router.route(Experts.profile(text), Experts.roster(), Policy.BALANCED, seed);
    var again = router.route(Experts.profile(text), Experts.roster(), Policy.BALANCED, seed);
    assertThat(again).isEqualTo(first);
  }

  @Property(tries = 30)
  void theOrderOfTheRosterDoesNotMatter(
      @ForAll @IntRange(min = 0, max = 4) int question, @ForAll long shuffle) {
    var cards = new ArrayList<>(Experts.roster().cards());
    Collections.shuffle(cards, new Random(shuffle));
    var text = Experts.QUESTIONS.get(question);
    assertThat(route(text, Roster.of("shuffled", cards), Policy.BALANCED).plan())
        .isEqualTo(route(text, Experts.roster(), Policy.BALANCED).plan());
  }

  @Property(tries = 50)
  void intervalsHoldTheirChance(@ForAll String text) {
    for (var forecast : route("q " + text, Experts.roster(), Policy.BALANCED).forecasts()) {
      assertThat(forecast.p()).isBetween(forecast.low(), forecast.high());
      assertThat(forecast.low()).isNotNegative();
      assertThat(forecast.high()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void noColdForecastIsSurerThanTheHeldOutErrorAllows() {
    var lapse = ColdWeights.shipped().lapse();
    assertThat(lapse.low()).isPositive();
    for (var text : Experts.QUESTIONS) {
      for (var forecast : route(text, Experts.roster(), Policy.BALANCED).forecasts()) {
        assertThat(forecast.p()).isLessThanOrEqualTo(1 - lapse.share());
        assertThat(forecast.high()).isLessThanOrEqualTo(1 - lapse.low());
        if (forecast.p() > 0.5) {
          assertThat(forecast.low()).isLessThan(forecast.p());
          assertThat(forecast.high()).isGreaterThan(forecast.p());
        }
      }
    }
  }

  @Test
  void asksTheExpertThatTheQuestionIsFor() {
    assertThat(named(route("what is 12 * 7", Experts.roster(), Policy.BALANCED)))
        .first()
        .isEqualTo("calculator");
    assertThat(named(route("60 mph in km/h", Experts.roster(), Policy.BALANCED)))
        .first()
        .isEqualTo("units");
  }

  @Test
  void abstainsWithAReasonWhenNobodyIsLikelyToBeRight() {
    var route = route("who was the first president", Experts.roster(), Policy.BALANCED);
    assertThat(route.plan()).isInstanceOf(Plan.Abstain.class);
    assertThat(route.why()).isNotBlank();
    assertThat(route.forecasts()).hasSize(4);
  }

  @Test
  void asksASinglePinnedExpertWithoutEmbeddingAnything() {
    var policy = Policy.BALANCED.among(List.of("weather"), Set.of());
    var refusing =
        new QuestionProfiler(
            new Experts.WordEmbedder("other") {
              @Override
              public List<float[]> embed(List<String> texts) {
                throw new AssertionError("nobody asked for an embedding");
              }
            },
            SkillTags.shipped(),
            new Conversations(1, () -> 0),
            Experts.CLOCK);
    var route =
        ROUTER.route(
            refusing.profile(Question.of("what is 12 * 7", Experts.terms(policy))),
            Experts.roster(),
            policy,
            1);
    assertThat(route.plan()).isEqualTo(new Plan.One("weather", List.of()));
  }

  @Test
  void routesByWordsWhenTheEmbedderIsNotTheOneTheWeightsWereFittedWith() {
    var other = new Experts.WordEmbedder("other");
    var router = Router.cold(other, Runnable::run, Planner.greedy());
    var profile =
        Experts.profiler(other)
            .profile(Question.of("what is 12 * 7", Experts.terms(Policy.BALANCED)));
    assertThat(named(router.route(profile, Experts.roster(), Policy.BALANCED, 1)))
        .first()
        .isEqualTo("calculator");
  }

  @Test
  void anAllRounderAnswersWhatNoSpecialistDoes() {
    var cards = new ArrayList<>(Experts.roster().cards());
    cards.add(
        Experts.card("assistant", new ExpertKind.Llm(), "A helpful assistant.")
            .withSkills(List.of(new Skill("general", 1))));
    var roster = Roster.of("with-general", cards);
    assertThat(named(route("who was the first president", roster, Policy.BALANCED)))
        .containsExactly("assistant");
    assertThat(named(route("what is 12 * 7", roster, Policy.BALANCED))).startsWith("calculator");
  }

  @Test
  void leavesOutWhoIsDownDraftedOrTooDear() {
    var down =
        new Roster.Seat(
            Experts.CALCULATOR,
            new Health(Health.Status.DOWN, "no answer on its port", Experts.NOW),
            0,
            0);
    var draft = new Roster.Seat(Experts.UNITS.withState(CardState.DRAFT), Health.UNKNOWN, 0, 0);
    var route = route("what is 12 * 7", new Roster("mixed", List.of(down, draft)), Policy.BALANCED);
    assertThat(route.forecasts()).isEmpty();
    assertThat(route.excluded())
        .extracting(Route.Exclusion::reason)
        .anyMatch(reason -> reason.contains("no answer on its port"))
        .anyMatch(reason -> reason.contains("draft"));
    assertThat(route.plan()).isInstanceOf(Plan.Abstain.class);
  }

  @Test
  void prefersTheCheaperOfTwoEquals() {
    var dear =
        Experts.tool(
                "dear", Experts.CALCULATOR.description(), "calculation with numbers", "percentages")
            .withPrice(new Price(0, 0, 0, 0.01));
    var roster = Roster.of("twins", List.of(dear, Experts.CALCULATOR));
    var named = named(route("what is 12 * 7", roster, Policy.BALANCED));
    assertThat(named).containsExactly("calculator", "dear");
  }

  @Test
  void exploringNamesTheChanceOfEveryPlanExactly() {
    var dear =
        Experts.tool(
            "dear", Experts.CALCULATOR.description(), "calculation with numbers", "percentages");
    var roster = Roster.of("twins", List.of(dear, Experts.CALCULATOR));
    var router = Experts.router(new Planner(0.4, 0.5));
    var profile = Experts.profile("what is 12 * 7");
    double seen = 0;
    double propensity = 0;
    for (long seed = 0; seed < 2_000; seed++) {
      var route = router.route(profile, roster, Policy.BALANCED, seed);
      if (named(route).getFirst().equals("dear")) {
        seen++;
        propensity = route.propensity();
      }
    }
    assertThat(seen / 2_000).isCloseTo(propensity, within(0.04));
  }

  @Test
  void theSameDecisionTakesTheSameRouteOnEveryReplicaAndWhenItIsPlannedAgain() {
    var planner = new Planner(0.6, 0.5);
    var one = Experts.router(planner);
    var other = Experts.router(new Planner(0.6, 0.5));
    var twin = Experts.tool("twin", Experts.CALCULATOR.description(), "percentages");
    var cards = List.of(twin, Experts.CALCULATOR, Experts.UNITS);
    Set<Plan> plans = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      var decision = "dec_" + i;
      var route = explored(one, cards, decision);

      assertThat(explored(other, cards.reversed(), decision)).isEqualTo(route);
      var again =
          planner
              .plan(Planner.Case.alone(route.forecasts()), Policy.BALANCED, route.seed())
              .orElseThrow();
      assertThat(again.plan()).isEqualTo(route.plan());
      assertThat(again.propensity()).isEqualTo(route.propensity());
      assertThat(again.choices()).isEqualTo(route.choices());
      plans.add(route.plan());
      assertThat(route.choices()).contains(new Route.Choice(route.plan(), route.propensity()));
      assertThat(route.why().contains("was tried to learn of it"))
          .isEqualTo(!route.choices().getFirst().plan().equals(route.plan()));
    }
    assertThat(plans).hasSizeGreaterThan(1);
    assertThat(one.seed("dec_1")).isEqualTo(other.seed("dec_1"));
    assertThat(Router.seed("dec_1", "cold-1")).isNotEqualTo(Router.seed("dec_1", "cold-2"));
  }

  private static Route explored(Router router, List<ExpertCard> cards, String decision) {
    return router.route(
        Experts.profile("what is 12 % of 7"),
        Roster.of("two", cards),
        Policy.BALANCED,
        router.seed(decision));
  }

  @Test
  void ofManyExpertsTheMostUsefulAndTheAskedAreShownWhole() {
    List<ExpertCard> cards = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      cards.add(
          Experts.tool("calc" + i, Experts.CALCULATOR.description(), "percentages")
              .withPrice(new Price(0, 0, 0, i * 1e-5)));
    }
    var route = route("what is 12 % of 7", Roster.of("many", cards.reversed()), Policy.BALANCED);

    assertThat(named(route)).startsWith("calc0", "calc1", "calc2");
    assertThat(route.forecasts()).hasSizeBetween(Router.SHOWN, Router.SHOWN + 8);
    assertThat(route.forecasts().getFirst().expert()).isEqualTo("calc0");
    assertThat(route.forecasts())
        .allSatisfy(forecast -> {
          assertThat(forecast.low()).isLessThan(forecast.p());
          assertThat(forecast.why()).isNotEmpty();
        });
    assertThat(route.why()).contains("of 200 who may answer");
  }
}
