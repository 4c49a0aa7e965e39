package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Feedback;
import io.consilium.expert.KeptDecision;
import io.consilium.expert.Note;
import io.consilium.expert.Outcome;
import io.consilium.expert.testing.TestDecisions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What forgetting holds to on every store. */
abstract class ForgettingContract {
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

  private Database database = database();
  private JdbcForgetting forgetting = new JdbcForgetting(database);

  /** An empty database. */
  abstract Database database();

  /** Two decisions of acme (one below the other) and one of initech, each judged and remembered. */
  @BeforeEach
  void fill() {
    database = database();
    forgetting = new JdbcForgetting(database);
    keep("dec_1", "acme");
    keep("dec_1.ab", "acme");
    keep("dec_2", "initech");
  }

  private void keep(String id, String tenant) {
    new JdbcDecisions(database)
        .keep(
            List.of(
                KeptDecision.of(
                    TestDecisions.decision(id, NOON, tenant, "consilium/auto", null, "a", "b"))));
    new JdbcFeedback(database).keep(new Feedback(id, NOON, tenant, null, 1, true, null, null));
    var outcomes = new JdbcOutcomes(database);
    outcomes.add(
        List.of(new StoredItem(id, "What is 17.5 % of 2,340 EUR?", "", 0.25)),
        List.of(
            new Outcome(
                "a@1", id, 1, 1, 0.001, 12, 5, "", tenant, NOON, 1, Outcome.Source.HUMAN, null)));
    outcomes.embed("space", Map.of(id, new float[] {1}));
    new JdbcNotes(database)
        .keep(
            new Note(
                "note_" + id,
                tenant,
                Note.Kind.EXPERIENCE,
                "one",
                "What is 17.5 % of 2,340 EUR?",
                List.of("a"),
                1.0,
                id,
                NOON,
                NOON,
                null,
                null,
                0,
                null),
            "space",
            new float[] {1},
            List.of());
  }

  private List<String> left() {
    return new JdbcDecisions(database)
        .list(JdbcDecisions.Filter.ALL, 10, null).data().stream().map(each -> each.id()).toList();
  }

  private Map<String, Long> remove(Set<String> decisions, Set<String> items, String tenant) {
    return forgetting.remove(new JdbcForgetting.Scope(decisions, items, tenant, true));
  }

  @Test
  void aDecisionGoesWithThoseBelowItAndAllThatHangsOnThem() {
    var removed =
        forgetting.remove(
            new JdbcForgetting.Scope(forgetting.decision("dec_1", null), Set.of(), null, false));

    assertThat(removed)
        .containsEntry("decisions", 2L)
        .containsEntry("feedback", 2L)
        .containsEntry("outcomes", 2L)
        .containsEntry("questions", 2L)
        .containsEntry("vectors", 2L)
        .containsEntry("notes", 2L);
    assertThat(left()).containsExactly("dec_2");
    var outcomes = new JdbcOutcomes(database);
    assertThat(outcomes.counts(null, 10, null).data().getFirst().outcomes()).isEqualTo(1);
    assertThat(new JdbcNotes(database).list("initech", null, true, NOON, 9, null).data())
        .hasSize(1);
  }

  @Test
  void aTenantGoesWithAllItsNotesAndNobodyElses() {
    var removed = remove(forgetting.ofTenant("acme"), forgetting.itemsOf("acme"), "acme");

    assertThat(removed).containsEntry("decisions", 2L).containsEntry("notes", 2L);
    assertThat(left()).containsExactly("dec_2");
    assertThat(remove(forgetting.ofTenant("acme"), forgetting.itemsOf("acme"), "acme").values())
        .containsOnly(0L);
  }

  @Test
  void aQuestionThatOthersJudgedStaysOnRecordForThem() {
    new JdbcOutcomes(database)
        .append(
            List.of(
                new Outcome(
                    "b@1",
                    "dec_2",
                    0,
                    1,
                    0.001,
                    12,
                    5,
                    "",
                    "acme",
                    NOON,
                    1,
                    Outcome.Source.CHECK,
                    null)));

    var removed = remove(Set.of(), Set.of("dec_2"), "acme");

    assertThat(removed).containsEntry("outcomes", 1L).containsEntry("questions", 0L);
    assertThat(forgetting.items(0.25, text -> true)).contains("dec_2");
  }

  @Test
  void decisionsAreFoundByTheHashOfTheirQuestion() {
    assertThat(forgetting.withHash(List.of("abc"), null)).hasSize(3);
    assertThat(forgetting.withHash(List.of("abc"), "acme"))
        .containsExactlyInAnyOrder("dec_1", "dec_1.ab");
    assertThat(forgetting.withHash(List.of("abd"), null)).isEmpty();
  }

  @Test
  void receiptsAreKeptNewestFirst() {
    for (int i = 1; i <= 3; i++) {
      forgetting.keep(
          new JdbcForgetting.Receipt(
              "rcp_" + i,
              NOON,
              "key_1",
              "tenant",
              "ab",
              new LinkedHashMap<>(Map.of("decisions", 2L)),
              "cd"));
    }

    var first = forgetting.list(2, null);
    assertThat(first.data()).extracting("id").containsExactly("rcp_3", "rcp_2");
    assertThat(forgetting.list(2, first.next()).data()).extracting("id").containsExactly("rcp_1");
    assertThat(first.data().getFirst().removed()).containsEntry("decisions", 2L);
  }
}
