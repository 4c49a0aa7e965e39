package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Answer;
import io.consilium.expert.Embedder;
import io.consilium.expert.Endpoint;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Price;
import io.consilium.expert.Provider;
import io.consilium.expert.Reply;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.router.QuestionProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class InstructionEstimatorTest {
  private static final Terms TERMS = Terms.within(Duration.ofSeconds(5), Instant.EPOCH);

  /** A fake embedder: texts that share words are alike. */
  private static final Embedder WORDS =
      new Embedder() {
        @Override
        public String id() {
          return "words";
        }

        @Override
        public int dimension() {
          return Generated.DIMENSION;
        }

        @Override
        public List<float[]> embed(List<String> texts) {
          return texts.stream().map(Generated::embed).toList();
        }
      };

  private static ExpertCard card(String id, String description) {
    return ExpertCard.of(
        id,
        new ExpertKind.Llm(),
        description,
        new Endpoint(Provider.OPENAI, null, id, null, Map.of(), Map.of()));
  }

  private static final Roster ROSTER =
      Roster.of(
          "two",
          List.of(
              card("cook", "Cooking and recipes."), card("lawyer", "Contract law and courts.")));

  private final ScriptedExpert writer =
      ScriptedExpert.saying("writer", "A task about cooking and recipes.");
  private final InstructionEstimator estimator = new InstructionEstimator(WORDS, 100);

  @Test
  void comparesTheSentenceWithDescriptionsAndBuysItOnce() {
    estimator.prepare(ROSTER);
    var profile = Generated.profile("How long does a souffle take?");
    assertThat(estimator.estimate(profile, ROSTER).weight(0)).isZero(); // nothing bought yet
    assertThat(writer.asked()).isEmpty();
    assertThat(describe(writer, profile)).get().isInstanceOf(Reply.Answered.class);
    assertThat(describe(writer, profile)).isEmpty();
    assertThat(estimator.usd(profile, writer)).isZero();
    assertThat(writer.asked()).hasSize(1);
    assertThat(writer.asked().getFirst().lastUserText()).contains("souffle");
    var estimates = estimator.estimate(profile, ROSTER);
    assertThat(estimates.p(0)).isGreaterThan(0.5).isGreaterThan(estimates.p(1));
    assertThat(estimates.get(0).note()).contains("A task about cooking");
  }

  @Test
  void goesWithoutAWriterThatFails() {
    estimator.prepare(ROSTER);
    var profile = Generated.profile("How long does a souffle take?");
    var failing = ScriptedExpert.failing("writer", FailureKind.OVERLOADED);
    assertThat(describe(failing, profile)).get().isInstanceOf(Reply.Failed.class);
    assertThat(estimator.estimate(profile, ROSTER).weight(0)).isZero();
  }

  @Test
  void doesNotWaitForAWriterThatSaysNothing() {
    var profile = Generated.profile("How long does a souffle take?");
    var silent = ScriptedExpert.waiting("writer", new CountDownLatch(1), "too late");

    var reply = estimator.describe(profile, silent, TERMS, Duration.ofMillis(20)).orElseThrow();

    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED));
    assertThat(estimator.estimate(profile, ROSTER).weight(0)).isZero();
  }

  @Test
  void itsPriceIsBoundedByWhatIsRead() {
    var priced =
        new ScriptedExpert(
            ScriptedExpert.card("writer").withPrice(new Price(1, 1, 10, 0)),
            question -> Answer.of("Cooking.", new Usage(50, 5, 0, 0, false)));
    var profile = Generated.profile("How long does a souffle take?");

    // at most 100 tokens at 10 dollars a million are written
    assertThat(estimator.usd(profile, priced)).isBetween(0.00102, 0.0012);
    var reply = describe(priced, profile).orElseThrow();
    assertThat(((Reply.Answered) reply).usd()).isCloseTo(0.0001, within(1e-12));
    assertThat(priced.asked().getFirst().parameters().maxTokens()).isEqualTo(100);
  }

  private Optional<Reply> describe(Expert expert, QuestionProfile profile) {
    return estimator.describe(profile, expert, TERMS, Duration.ofSeconds(20));
  }

  @Test
  void saysNothingOfCardsItHasNotRead() {
    var profile = Generated.profile("How long does a souffle take?");
    describe(writer, profile);
    assertThat(estimator.estimate(profile, ROSTER).weight(0)).isZero();
    assertThat(estimator.estimate(profile, Roster.of("empty", List.of())).size()).isZero();
  }
}
