package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Embedder;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Provider;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
  private final InstructionEstimator estimator = new InstructionEstimator(writer, WORDS, 100);

  @Test
  void comparesTheSentenceWithDescriptionsAndBuysItOnce() {
    estimator.prepare(ROSTER);
    var profile = Generated.profile("How long does a souffle take?");
    assertThat(estimator.estimate(profile, ROSTER).weight(0)).isZero(); // nothing bought yet
    assertThat(writer.asked()).isEmpty();
    assertThat(estimator.describe(profile, TERMS)).contains("A task about cooking and recipes.");
    assertThat(estimator.describe(profile, TERMS)).isPresent();
    assertThat(writer.asked()).hasSize(1);
    assertThat(writer.asked().getFirst().lastUserText()).contains("souffle");
    var estimates = estimator.estimate(profile, ROSTER);
    assertThat(estimates.p(0)).isGreaterThan(0.5).isGreaterThan(estimates.p(1));
    assertThat(estimates.get(0).note()).contains("A task about cooking");
  }

  @Test
  void goesWithoutAWriterThatFails() {
    var failing =
        new InstructionEstimator(
            ScriptedExpert.failing("writer", FailureKind.OVERLOADED), WORDS, 100);
    failing.prepare(ROSTER);
    var profile = Generated.profile("How long does a souffle take?");
    assertThat(failing.describe(profile, TERMS)).isEmpty();
    assertThat(failing.estimate(profile, ROSTER).weight(0)).isZero();
  }

  @Test
  void saysNothingOfCardsItHasNotRead() {
    var profile = Generated.profile("How long does a souffle take?");
    estimator.describe(profile, TERMS);
    assertThat(estimator.estimate(profile, ROSTER).weight(0)).isZero();
    assertThat(estimator.estimate(profile, Roster.of("empty", List.of())).size()).isZero();
  }
}
