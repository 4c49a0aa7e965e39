package io.consilium.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Answer;
import io.consilium.expert.Decision;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Price;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.router.Conversations;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.estimator.BidEstimator;
import io.consilium.router.estimator.InstructionEstimator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PaidInquiriesTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A fake: every text is alike. */
  private static final Embedder EMBEDDER =
      new Embedder() {
        @Override
        public String id() {
          return "alike/2";
        }

        @Override
        public int dimension() {
          return 2;
        }

        @Override
        public List<float[]> embed(List<String> texts) {
          return texts.stream().map(text -> new float[] {1, 0}).toList();
        }
      };

  private final ScriptedExpert scribe = priced("scribe", "A sum.", 10);
  private final ScriptedExpert sure = priced("sure", "90", 10);
  private final ScriptedExpert unsure = priced("unsure", "About 20.", 10);
  private final ScriptedExpert mute = priced("mute", "I would rather not say.", 10);

  /** 5 tokens are written, of which a million cost so many dollars. */
  private static ScriptedExpert priced(String id, String says, double output) {
    return new ScriptedExpert(
        ScriptedExpert.card(id).withPrice(new Price(0, 0, output, 0)),
        question -> Answer.of(says, new Usage(40, 5, 0, 0, false)));
  }

  private PaidInquiries inquiries(PaidInquiries.Offer offer, List<? extends Expert> experts) {
    var clock = Clock.fixed(NOW, ZoneOffset.UTC);
    return new PaidInquiries(
        offer,
        new QuestionProfiler(EMBEDDER, SkillTags.shipped(), new Conversations(10, () -> 0), clock),
        new InstructionEstimator(EMBEDDER, 10),
        new BidEstimator(10),
        PaidInquiriesTest::decided,
        id ->
            experts.stream()
                .filter(expert -> expert.card().id().equals(id))
                .findAny()
                .orElseThrow(),
        clock);
  }

  /** In the order of the roster. */
  private static Decider.Decided decided(Question question, Roster roster) {
    var forecasts =
        roster.cards().stream()
            .map(card -> new Forecast(card.id(), 0.5, 0, 1, 0, 0, List.of()))
            .toList();
    return new Decider.Decided(
        PinnedDecider.profile(question),
        new Route(
            new Plan.One(forecasts.getFirst().expert(), List.of()),
            forecasts,
            List.of(new Route.Exclusion("scribe", "only writes")),
            1,
            0,
            "test",
            roster.id(),
            ""));
  }

  private static List<Decision.Told> about(
      PaidInquiries inquiries, Question question, List<? extends Expert> experts) {
    return inquiries.about(question, Roster.of("r", experts.stream().map(Expert::card).toList()));
  }

  private static Question question(Policy policy, double budget) {
    return Question.of("What is 2 + 2?", terms(policy, budget));
  }

  private static Terms terms(Policy policy, double budget) {
    return new Terms(
        policy, NOW.plusSeconds(60), budget, "default", null, null, "dec_1", 0, null, true);
  }

  private static PaidInquiries.Offer offer(double budget) {
    return new PaidInquiries.Offer("scribe", 2, budget, PATIENCE);
  }

  @Test
  void aDescriptionAndBidsAreBoughtOnceAndTheirPriceIsKnown() {
    var all = List.of(scribe, mute, sure, unsure);
    var buyer = inquiries(offer(0.01), all);

    var bought = about(buyer, question(Policy.BALANCED, 1), all);

    assertThat(bought).extracting(Decision.Told::expert).containsExactly("scribe", "mute", "sure");
    assertThat(bought).extracting(Decision.Told::p).containsExactly(null, null, 0.9);
    assertThat(bought.getFirst().text()).isEqualTo("A sum.");
    assertThat(bought).allSatisfy(told -> assertThat(told.usd()).isCloseTo(5e-5, within(1e-12)));
    assertThat(scribe.asked().getFirst().terms().depth()).isEqualTo(1);
    assertThat(scribe.asked().getFirst().terms().deadline()).isEqualTo(NOW.plus(PATIENCE));
    assertThat(about(buyer, question(Policy.BALANCED, 1), all)).isEmpty();
    assertThat(unsure.asked()).isEmpty();
  }

  @Test
  void nothingIsBoughtBeyondTheBudgetOfTheSettingTheCallerOrThePolicy() {
    var all = List.of(scribe, sure, unsure);
    // 100 tokens may be written for a dollar in a thousand each
    var tight = new Policy("p", 1, 1, 0, 0, List.of(), Set.of(), 1, 0.0005);

    assertThat(about(inquiries(offer(0.0005), all), question(Policy.BALANCED, 1), all)).isEmpty();
    assertThat(about(inquiries(offer(0.01), all), question(Policy.BALANCED, 0.0005), all))
        .isEmpty();
    assertThat(about(inquiries(offer(0.01), all), question(tight, 1), all)).isEmpty();
    // 0.001 for the description; what it left of 0.0025 does not reach for two bids
    assertThat(about(inquiries(offer(0.0025), all), question(Policy.BALANCED, 1), all))
        .extracting(Decision.Told::expert)
        .containsExactly("scribe", "sure", "unsure");
    assertThat(about(inquiries(offer(0.0015), all), question(Policy.BALANCED, 1), all))
        .extracting(Decision.Told::expert)
        .containsExactly("scribe");
  }

  @Test
  void questionsThatAreDecidedAlreadyOrHeldToARiskBuyNothing() {
    var all = List.of(scribe, sure, unsure);
    var buyer = inquiries(offer(1), all);
    var pinned = Policy.BALANCED.among(List.of("sure"), Set.of());
    var risk = new Policy("p", 1, 1, 0, 0, List.of(), Set.of(), 0.1, 1);
    var plain = question(Policy.BALANCED, 1);
    var named =
        new Question(
            plain.dialect(),
            "sure",
            plain.body(),
            plain.messages(),
            plain.tools(),
            plain.parameters(),
            plain.terms());

    assertThat(about(buyer, question(pinned, 1), all)).isEmpty();
    assertThat(about(buyer, question(risk, 1), all)).isEmpty();
    assertThat(about(buyer, named, all)).isEmpty();
    assertThat(about(buyer, plain.under(plain.terms().deeper()), all)).isEmpty();
    assertThat(about(inquiries(new PaidInquiries.Offer(null, 0, 1, PATIENCE), all), plain, all))
        .isEmpty();
    assertThat(scribe.asked()).isEmpty();
  }

  @Test
  void whatFailsOrIsNotThereIsOnRecordAndDoneWithout() {
    var broken = ScriptedExpert.failing("scribe", FailureKind.OVERLOADED);
    var all = List.of(broken, sure, unsure);
    var bought = about(inquiries(offer(1), all), question(Policy.BALANCED, 1), all);
    assertThat(bought.getFirst().failure()).isNotNull();
    assertThat(bought.getFirst().usd()).isZero();
    assertThat(bought).hasSize(3);

    var without = List.of(sure, unsure);
    var absent = about(inquiries(offer(1), without), question(Policy.BALANCED, 1), without);
    assertThat(absent.getFirst().failure())
        .isNotNull()
        .extracting(Decision.Failure::message)
        .asString()
        .contains("no expert 'scribe'", "consilium.evidence.writer");
  }

  @Test
  void nobodyIsWaitedForBeyondTheOffersTime() {
    var silent = ScriptedExpert.waiting("scribe", new CountDownLatch(1), "late");
    var all = List.of(silent, sure, unsure);
    var hurried = new PaidInquiries.Offer("scribe", 0, 1, Duration.ofMillis(30));

    var bought = about(inquiries(hurried, all), question(Policy.BALANCED, 1), all);

    assertThat(bought).singleElement().extracting(Decision.Told::failure).isNotNull();
  }

  @Test
  void contentsAreNotKeptWhereTheyMayNotBe() {
    var all = List.of(scribe, sure, unsure);
    var terms = terms(Policy.BALANCED, 1);
    var secret =
        Question.of(
            "What is 2 + 2?",
            new Terms(
                terms.policy(),
                terms.deadline(),
                1,
                "default",
                null,
                null,
                "dec_1",
                0,
                null,
                false));

    assertThat(about(inquiries(offer(1), all), secret, all))
        .extracting(Decision.Told::text)
        .containsOnlyNulls();
  }

  @Test
  void aRouterThatCannotDecideLeavesTheFailureToTheDecision() {
    var clock = Clock.fixed(NOW, ZoneOffset.UTC);
    var failing =
        new PaidInquiries(
            new PaidInquiries.Offer(null, 2, 1, PATIENCE),
            new QuestionProfiler(
                EMBEDDER, SkillTags.shipped(), new Conversations(10, () -> 0), clock),
            new InstructionEstimator(EMBEDDER, 10),
            new BidEstimator(10),
            (question, roster) -> {
              throw new ExpertException(FailureKind.NO_EXPERT, "nobody");
            },
            Map.<String, Expert>of()::get,
            clock);

    assertThat(about(failing, question(Policy.BALANCED, 1), List.of(sure))).isEmpty();
  }
}
