package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feedback;
import io.consilium.expert.testing.TestDecisions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What feedback does, on any database. */
abstract class FeedbackContract {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  /** An empty database. */
  abstract Database database();

  @Test
  void feedbackIsJoinedToItsDecision() {
    var database = database();
    new JdbcDecisions(database)
        .keep(
            TestDecisions.kept(
                TestDecisions.answered("dec_1", NOON, "a"),
                TestDecisions.answered("dec_2", NOON, "a")));
    var feedback = new JdbcFeedback(database);
    var person = new Feedback("dec_1", NOON, "default", "key_1", 0.25, false, "409.50 €", null);
    var check = new Feedback("dec_1", NOON, "default", null, 1, null, null, "unit-tests");
    feedback.keep(person);
    feedback.keep(check);

    assertThat(feedback.of("dec_1")).containsExactly(person, check);
    assertThat(feedback.of("dec_2")).isEmpty();
  }

  @Test
  void judgedDecisionsComeWithTheirLatestScoreNewestFirst() {
    var database = database();
    new JdbcDecisions(database)
        .keep(
            TestDecisions.kept(
                TestDecisions.answered("dec_1", NOON, "a"),
                TestDecisions.answered("dec_2", NOON.plusSeconds(1), "a"),
                TestDecisions.answered("dec_3", NOON.plusSeconds(2), "a")));
    var feedback = new JdbcFeedback(database);
    feedback.keep(new Feedback("dec_1", NOON, "default", null, 0, null, null, null));
    feedback.keep(new Feedback("dec_1", NOON, "default", null, 0.75, null, null, null));
    feedback.keep(new Feedback("dec_2", NOON, "default", null, 1, null, null, null));

    assertThat(feedback.judged(NOON, 10))
        .extracting(judged -> judged.decision().id() + " " + judged.score())
        .containsExactly("dec_2 1.0", "dec_1 0.75");
    assertThat(feedback.judged(NOON.plusSeconds(1), 10)).hasSize(1);
    assertThat(feedback.judged(NOON, 1)).hasSize(1);
  }

  @Test
  void feedbackOnADecisionNobodyMadeIsRefused() {
    var feedback = new JdbcFeedback(database());

    assertThatThrownBy(
            () -> feedback.keep(new Feedback("dec_x", NOON, "default", null, 1, true, null, null)))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.NOT_FOUND);
              assertThat(e.parameter()).hasValue("decision");
            })
        .hasMessageContainingAll("dec_x", "x-consilium-decision");
  }

  @Test
  void aScoreOutsideItsRangeIsRefused() {
    for (var score : List.of(-0.1, 1.1, Double.NaN)) {
      assertThatThrownBy(
              () -> new Feedback("dec_1", NOON, "default", null, score, null, null, null))
          .hasMessageContaining("between 0 and 1");
    }
  }
}
