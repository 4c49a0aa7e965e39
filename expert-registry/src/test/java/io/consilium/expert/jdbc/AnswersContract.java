package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.jdbc.JdbcAnswers.Kept;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of answers that are given again holds to. */
abstract class AnswersContract {
  private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private JdbcAnswers answers = new JdbcAnswers(database());

  /** An empty database. */
  abstract Database database();

  @BeforeEach
  void empty() {
    answers = new JdbcAnswers(database());
  }

  private static Kept kept(String id, String tenant, String decision, Instant made) {
    return new Kept(
        id, tenant, decision, "r1", "How many?", "{\"n\":1}", 0.25, made, made.plus(HOUR));
  }

  @Test
  void anAnswerComesBackAsItWasKeptUntilItExpires() {
    var one = kept("a", "acme", "dec_1", NOON);
    answers.keep(one);

    assertThat(answers.find("a", NOON)).contains(one);
    assertThat(answers.find("a", NOON.plus(HOUR))).isEmpty();
    assertThat(answers.find("b", NOON)).isEmpty();
  }

  @Test
  void aNewerAnswerTakesThePlaceOfTheOlderEvenIfThatWasDropped() {
    answers.keep(kept("a", "acme", "dec_1", NOON));
    answers.keep(kept("a", "acme", "dec_2", NOON));
    assertThat(answers.find("a", NOON).orElseThrow().decision()).isEqualTo("dec_2");

    answers.drop("dec_2", NOON);
    assertThat(answers.find("a", NOON)).isEmpty();
    answers.keep(kept("a", "acme", "dec_3", NOON));

    assertThat(answers.find("a", NOON).orElseThrow().decision()).isEqualTo("dec_3");
  }

  @Test
  void whatWasDroppedIsToldAndHoldsNoTextAnyMore() {
    answers.keep(kept("a", "acme", "dec_1", NOON));
    answers.keep(kept("b", "acme", "dec_2", NOON));

    answers.drop("dec_1", NOON.plusSeconds(5));

    assertThat(answers.dropped(NOON)).containsExactly("dec_1");
    assertThat(answers.dropped(NOON.plusSeconds(6))).isEmpty();
    assertThat(answers.find("b", NOON)).isPresent();
    assertThat(answers.forget(known -> known.question().isEmpty())).containsExactly("a");
  }

  @Test
  void whatIsForgottenIsGone() {
    answers.keep(kept("a", "acme", "dec_1", NOON));
    answers.keep(kept("b", "acme", "dec_2", NOON));
    answers.keep(kept("c", "other", "dec_3", NOON));

    var gone =
        answers.forget(
            known -> known.tenant().equals("acme") && known.question().equals("How many?"));

    assertThat(gone).containsExactlyInAnyOrder("a", "b");
    assertThat(answers.find("a", NOON)).isEmpty();
    assertThat(answers.find("c", NOON)).isPresent();
  }

  @Test
  void sweepingTakesWhatExpiredAndTheOldestBeyondTheBound() {
    for (var id : List.of("a", "b", "c", "d")) {
      answers.keep(kept(id, "acme", "dec_" + id, NOON.plusSeconds(id.charAt(0))));
    }
    int each = "How many?".length() + "{\"n\":1}".length();

    answers.sweep(NOON, 2L * each);
    assertThat(List.of("a", "b", "c", "d"))
        .filteredOn(id -> answers.find(id, NOON).isPresent())
        .containsExactly("c", "d");
    answers.sweep(NOON.plus(HOUR).plusSeconds('c'), 100L * each);

    assertThat(answers.find("c", NOON)).isEmpty();
    assertThat(answers.find("d", NOON)).isPresent();
  }

  @Test
  void textsNoDatabaseTakesAreMadeSound() {
    answers.keep(
        new Kept("a", "acme", "dec_1", "r1", "half \ud800 and \0", "{}", 0, NOON, NOON.plus(HOUR)));

    assertThat(answers.find("a", NOON)).isPresent();
  }
}
