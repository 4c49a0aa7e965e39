package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Answer;
import io.consilium.expert.Expert;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Reply;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.router.QuestionProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BidEstimatorTest {
  private static final Terms TERMS = Terms.within(Duration.ofSeconds(5), Instant.EPOCH);

  private final List<Expert> shortlist =
      List.of(
          // knows what it knows
          new ScriptedExpert(
              ScriptedExpert.card("honest"),
              question ->
                  Answer.of(
                      question.lastUserText().contains("oven") ? "About 90." : "10", Usage.NONE)),
          ScriptedExpert.saying("boaster", "100"),
          ScriptedExpert.saying("mute", "I would rather not say."),
          ScriptedExpert.failing("broken", FailureKind.OVERLOADED));
  private final BidEstimator estimator = new BidEstimator(1_000);

  @Test
  void readsBids() {
    var profile = Generated.profile("the oven");
    assertThat(estimator.knows(profile)).isFalse();
    assertThat(bids(collect(profile))).isEqualTo(Map.of("honest", 0.9, "boaster", 1.0));
    assertThat(estimator.knows(profile)).isTrue();
    assertThat(BidEstimator.bid(Answer.of("0.7", Usage.NONE)).orElseThrow()).isEqualTo(0.7);
    assertThat(BidEstimator.bid(Answer.of("1", Usage.NONE)).orElseThrow()).isEqualTo(0.01);
    assertThat(BidEstimator.bid(Answer.of("250 %", Usage.NONE)).orElseThrow()).isEqualTo(1);
    assertThat(BidEstimator.bid(Answer.of("x", Usage.NONE).confident(0.3)).orElseThrow())
        .isEqualTo(0.3);
  }

  private List<Reply> collect(QuestionProfile profile) {
    return estimator.collect(profile, shortlist, TERMS, Duration.ofSeconds(20));
  }

  private static Map<String, Double> bids(List<Reply> replies) {
    Map<String, Double> made = new HashMap<>();
    for (var reply : replies) {
      if (reply instanceof Reply.Answered answered) {
        BidEstimator.bid(answered.answer()).ifPresent(bid -> made.put(reply.card().id(), bid));
      }
    }
    return made;
  }

  @Test
  void scoresBidsByAProperRule() {
    var known = Reputation.NONE.after(0.9, 1).after(0.6, 0);
    // squared errors 0.01 and 0.36
    assertThat(known.brier()).isCloseTo(0.185, within(1e-9));
    assertThat(known.rate()).isEqualTo(0.5); // (1 + 1) / (2 + 2)
    // rates before each were 1/2 and 2/3: errors 0.25 and 4/9, against 0.37; 2.5 presumed
    assertThat(known.skill())
        .isCloseTo((0.25 + 4 / 9.0 - 0.37) / (0.25 + 4 / 9.0 + 2.5), within(1e-9));
    assertThatThrownBy(() -> Reputation.NONE.after(1.2, 0)).hasMessageContaining("1.2");
  }

  @Test
  void believesTheHonestAndTakesBoastsForRates() {
    for (int i = 0; i < 60; i++) {
      var profile = Generated.profile((i % 2 == 0 ? "oven " : "court ") + i);
      var made = bids(collect(profile));
      estimator.observe("honest", made.getOrDefault("honest", 0.5), i % 2 == 0 ? 1 : 0);
      estimator.observe("boaster", made.getOrDefault("boaster", 0.5), i % 3 == 0 ? 1 : 0);
    }
    var roster = Generated.roster(List.of("honest", "boaster", "mute"));
    var oven = Generated.profile("a new oven");
    assertThat(estimator.estimate(oven, roster).weight(0)).isZero(); // no bid yet
    collect(oven);
    var court = Generated.profile("a new court");
    collect(court);
    assertThat(estimator.estimate(oven, roster).p(0)).isGreaterThan(0.85);
    assertThat(estimator.estimate(court, roster).p(0)).isLessThan(0.15);
    assertThat(estimator.estimate(oven, roster).p(1)).isCloseTo(1 / 3.0, within(0.02));
    assertThat(estimator.estimate(oven, roster).weight(2)).isZero();
    assertThat(estimator.reputation("boaster").skill()).isNegative();
    assertThat(estimator.reputation("honest").skill()).isPositive();
  }
}
