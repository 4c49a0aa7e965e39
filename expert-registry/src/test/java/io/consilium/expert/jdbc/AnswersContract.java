package io.consilium.expert.jdbc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.jdbc.JdbcAnswers.Kept;
import io.consilium.expert.jdbc.JdbcAnswers.Near;
import io.consilium.expert.jdbc.JdbcAnswers.Place;
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
        id, tenant, decision, "r1", "How many?", "{\"n\":1}", 0.25, made, made.plus(HOUR), null);
  }

  private static Kept placed(String id, String router, String frame, float... vector) {
    return new Kept(
        id,
        "acme",
        "dec_" + id,
        router,
        "How many " + id + "?",
        "{}",
        0,
        NOON,
        NOON.plus(HOUR),
        new Place(frame, "space", vector));
  }

  private List<String> near(String frame, String router, String embedder, Instant now) {
    return answers
        .nearest(new Place(frame, embedder, new float[] {1, 0}), router, now, 0.5, 2)
        .stream()
        .map(Near::id)
        .toList();
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
        new Kept(
            "a",
            "acme",
            "dec_1",
            "r1",
            "half \ud800 and \0",
            "{}",
            0,
            NOON,
            NOON.plus(HOUR),
            null));

    assertThat(answers.find("a", NOON)).isPresent();
  }

  @Test
  void theNearestQuestionsOfAFrameComeFirstAndThoseTooFarNotAtAll() {
    answers.keep(placed("far", "r1", "f", 0, 1));
    answers.keep(placed("near", "r1", "f", 1, 0));
    answers.keep(placed("nearly", "r1", "f", 0.6f, 0.8f));
    answers.keep(placed("third", "r1", "f", 0.55f, 0.835f));
    answers.keep(placed("framed", "r1", "another", 1, 0));
    answers.keep(placed("routed", "r2", "f", 1, 0));
    answers.keep(kept("exact", "acme", "dec_1", NOON));

    var found = answers.nearest(new Place("f", "space", new float[] {1, 0}), "r1", NOON, 0.5, 10);

    assertThat(found).extracting(Near::id).containsExactly("near", "nearly", "third");
    assertThat(found.getFirst().question()).isEqualTo("How many near?");
    assertThat(found.getFirst().cosine()).isCloseTo(1, within(1e-3));
    assertThat(found.get(1).cosine()).isCloseTo(0.6, within(1e-3));
    assertThat(near("f", "r1", "space", NOON)).containsExactly("near", "nearly");
    assertThat(near("f", "r1", "elsewhere", NOON)).isEmpty();
  }

  @Test
  void aPlaceComesBackWithItsAnswer() {
    answers.keep(placed("a", "r1", "f", 0.6f, 0.8f));

    var place = requireNonNull(answers.find("a", NOON).orElseThrow().place());

    assertThat(place.frame()).isEqualTo("f");
    assertThat(place.embedder()).isEqualTo("space");
    assertThat(place.vector()).containsExactly(0.6f, 0.8f);
  }

  @Test
  void whatExpiredWasDroppedOrForgottenIsNearNothing() {
    answers.keep(placed("a", "r1", "f", 1, 0));
    answers.keep(placed("b", "r1", "f", 1, 0));
    assertThat(near("f", "r1", "space", NOON.plus(HOUR))).isEmpty();

    answers.drop("dec_a", NOON);
    assertThat(near("f", "r1", "space", NOON)).containsExactly("b");
    var _ = answers.forget(known -> known.decision().equals("dec_b"));

    assertThat(near("f", "r1", "space", NOON)).isEmpty();
  }

  @Test
  void vectorsCountTowardsTheBound() {
    var one = placed("a", "r1", "f", 1, 0);
    answers.keep(one);
    int size = one.question().length() + one.answer().length() + 2 * Float.BYTES;

    answers.sweep(NOON, size);
    assertThat(answers.find("a", NOON)).isPresent();
    answers.sweep(NOON, size - 1);

    assertThat(answers.find("a", NOON)).isEmpty();
  }
}
