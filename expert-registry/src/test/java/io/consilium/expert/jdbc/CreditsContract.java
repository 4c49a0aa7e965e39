package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Credit;
import io.consilium.expert.testing.TestDecisions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What credits do, on any database. */
abstract class CreditsContract {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  /** An empty database. */
  abstract Database database();

  private static Credit credit(String decision, String expert, double with, double without) {
    return new Credit(decision, expert, 1, NOON, "default", "weighted_vote", with, without);
  }

  private static JdbcCredits credits(Database database) {
    new JdbcDecisions(database)
        .keep(
            TestDecisions.kept(
                TestDecisions.answered("dec_1", NOON, "a", "b"),
                TestDecisions.answered("dec_2", NOON, "a", "b")));
    return new JdbcCredits(database);
  }

  @Test
  void creditIsKeptByDecisionAndSumsUpByExpert() {
    var credits = credits(database());
    var pivotal = credit("dec_1", "a", 1, 0);
    var redundant = credit("dec_1", "b", 1, 1);
    credits.keep("dec_1", List.of(redundant, pivotal));
    credits.keep("dec_2", List.of(credit("dec_2", "b", 0, 1)));

    assertThat(credits.of("dec_1")).containsExactly(pivotal, redundant);
    assertThat(credits.shares())
        .containsExactly(new JdbcCredits.Share("a", 1, 1), new JdbcCredits.Share("b", 2, -0.5));
  }

  @Test
  void laterFindingsReplaceEarlierOnes() {
    var credits = credits(database());
    credits.keep("dec_1", List.of(credit("dec_1", "a", 1, 0), credit("dec_1", "b", 1, 1)));

    credits.keep("dec_1", List.of(credit("dec_1", "a", 0, 0)));

    assertThat(credits.of("dec_1")).containsExactly(credit("dec_1", "a", 0, 0));
  }

  @Test
  void creditIsNoOutcome() {
    var database = database();
    credits(database).keep("dec_1", List.of(credit("dec_1", "a", 1, 0)));

    assertThat(new JdbcOutcomes(database).counts(null, 10, null).data()).isEmpty();
  }

  @Test
  void aDecisionNobodyMadeEarnsNone() {
    var credits = credits(database());

    assertThatThrownBy(() -> credits.keep("dec_x", List.of(credit("dec_x", "a", 1, 0))))
        .isInstanceOf(RuntimeException.class);
    assertThat(credits.shares()).isEmpty();
  }
}
