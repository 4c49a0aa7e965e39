package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Decision;
import io.consilium.expert.Feedback;
import io.consilium.expert.Outcome;
import io.consilium.expert.testing.TestDecisions;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What decisions that were drawn do, on any database. */
abstract class SamplesContract {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  /** An empty database. */
  abstract Database database();

  private static Outcome outcome(String decision, double correct, double weight) {
    return new Outcome(
        "a@1",
        decision,
        correct,
        weight,
        0,
        0,
        1,
        "",
        "default",
        NOON,
        1,
        weight > 0 ? Outcome.Source.JUDGE : Outcome.Source.FORM,
        null);
  }

  private static List<String> listed(JdbcDecisions decisions, JdbcDecisions.Sample sample) {
    return decisions
        .list(
            new JdbcDecisions.Filter(null, null, null, null, null, null, null, null, sample),
            10,
            null)
        .data()
        .stream()
        .map(Decision::id)
        .toList();
  }

  @Test
  void whatIsDrawnWaitsUntilSomebodyJudgesIt() {
    var database = database();
    var decisions = new JdbcDecisions(database, new Sampling(1, 1));
    var samples = new JdbcSamples(database);
    decisions.keep(
        TestDecisions.kept(
            TestDecisions.answered("dec_1", NOON, "a"),
            TestDecisions.answered("dec_2", NOON.plusSeconds(1), "a"),
            TestDecisions.answered("dec_3", NOON.plusSeconds(2), "a")));
    new JdbcDecisions(database)
        .keep(TestDecisions.kept(TestDecisions.answered("dec_4", NOON, "a")));
    assertThat(samples.toJudge(NOON, 10)).containsExactly("dec_1", "dec_2", "dec_3");
    assertThat(samples.toJudge(NOON.plusSeconds(1), 1)).containsExactly("dec_2");
    assertThat(listed(decisions, JdbcDecisions.Sample.AUDIT))
        .containsExactly("dec_3", "dec_2", "dec_1");
    assertThat(samples.audited(NOON)).isEqualTo(3);

    samples.judged("dec_1", NOON, "right");
    var feedback = new JdbcFeedback(database);
    feedback.keep(new Feedback("dec_2", NOON, "default", null, 0, null, null, null));
    feedback.keep(new Feedback("dec_2", NOON, "default", null, 0.5, null, null, null));
    feedback.keep(new Feedback("dec_4", NOON, "default", null, 0, null, null, null));
    new JdbcOutcomes(database)
        .append(
            List.of(outcome("dec_1", 1, 0.3), outcome("dec_2", 1, 0.3), outcome("dec_3", 0, 0)));

    assertThat(samples.toJudge(NOON, 10)).containsExactly("dec_2", "dec_3");
    assertThat(listed(decisions, JdbcDecisions.Sample.WAITING)).containsExactly("dec_3");
    assertThat(samples.words(NOON, false))
        .containsExactlyInAnyOrder(new JdbcSamples.Word(1, true), new JdbcSamples.Word(0.5, true));
    assertThat(samples.words(NOON, true))
        .containsExactlyInAnyOrder(new JdbcSamples.Word(0.5, true), new JdbcSamples.Word(0, false));
    assertThat(samples.words(NOON.plusSeconds(2), true)).isEmpty();
  }

  @Test
  void whatTheJudgeCostIsSummedByTheDay() {
    var samples = new JdbcSamples(database());
    var today = LocalDate.parse("2026-11-24");
    samples.spend(today, 0.25);
    samples.spend(today, 0.5);

    assertThat(samples.spent(today)).isEqualTo(0.75);
    assertThat(samples.spent(today.plusDays(1))).isZero();
  }
}
