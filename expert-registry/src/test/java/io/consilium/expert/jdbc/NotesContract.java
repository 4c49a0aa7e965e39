package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Note;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of notes holds to. */
abstract class NotesContract {
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
  private static final float[] VECTOR = {0.6f, 0.8f};

  private JdbcNotes notes = new JdbcNotes(database());

  /** An empty database. */
  abstract Database database();

  @BeforeEach
  void empty() {
    notes = new JdbcNotes(database());
  }

  private static Note note(
      String id, String tenant, Note.Kind kind, Instant from, @Nullable Instant until) {
    return new Note(
        id,
        tenant,
        kind,
        "hours",
        "Support answers from 8 to 18.",
        kind == Note.Kind.FACT ? List.of() : List.of("a", "b"),
        kind == Note.Kind.FACT ? null : 0.5,
        "key_1",
        NOON,
        from,
        until,
        null,
        0,
        null);
  }

  private static Note fact(String id, String tenant) {
    return note(id, tenant, Note.Kind.FACT, NOON, null);
  }

  private List<String> holding(String tenant, Instant now) {
    return notes.holding(tenant, "space", now, 10).stream()
        .map(placed -> placed.note().id())
        .toList();
  }

  @Test
  void aNoteComesBackAsItWasKeptWithItsVector() {
    var one = note("note_1", "acme", Note.Kind.EXPERIENCE, NOON, NOON.plusSeconds(60));
    notes.keep(one, "space", VECTOR, List.of());

    assertThat(notes.find("note_1")).hasValue(one);
    assertThat(notes.holding("acme", "space", NOON, 10).getFirst().vector())
        .containsExactly(VECTOR);
    assertThat(notes.holding("acme", "other space", NOON, 10)).isEmpty();
  }

  @Test
  void aTenantNeverSeesAnothersNotes() {
    notes.keep(fact("note_1", "acme"), "space", VECTOR, List.of());
    notes.keep(fact("note_2", "initech"), "space", VECTOR, List.of("note_1"));

    assertThat(holding("acme", NOON)).containsExactly("note_1");
    assertThat(notes.list("acme", null, true, NOON, 10, null).data())
        .extracting(Note::id)
        .containsExactly("note_1");
  }

  @Test
  void whatIsSupersededOrDoesNotHoldNowIsKeptButNotGiven() {
    notes.keep(fact("note_1", "acme"), "space", VECTOR, List.of());
    notes.keep(fact("note_2", "acme"), "space", VECTOR, List.of("note_1"));
    notes.keep(
        note("note_3", "acme", Note.Kind.FACT, NOON.plusSeconds(60), NOON.plusSeconds(120)),
        "space",
        VECTOR,
        List.of());

    assertThat(holding("acme", NOON)).containsExactly("note_2");
    assertThat(holding("acme", NOON.plusSeconds(60))).containsExactly("note_3", "note_2");
    assertThat(holding("acme", NOON.plusSeconds(120))).containsExactly("note_2");
    assertThat(notes.find("note_1").orElseThrow().supersededBy()).isEqualTo("note_2");
    assertThat(notes.list("acme", Note.Kind.FACT, true, NOON, 10, null).data()).hasSize(3);
    assertThat(notes.list("acme", Note.Kind.EXPERIENCE, true, NOON, 10, null).data()).isEmpty();
  }

  @Test
  void usesAreCountedAndPagesFollowEachOther() {
    for (int i = 1; i <= 3; i++) {
      notes.keep(fact("note_" + i, "acme"), "space", VECTOR, List.of());
    }
    notes.used(List.of("note_1", "note_2"), NOON.plusSeconds(1));
    notes.used(List.of("note_1"), NOON.plusSeconds(2));

    var used = notes.find("note_1").orElseThrow();
    assertThat(used.uses()).isEqualTo(2);
    assertThat(used.used()).isEqualTo(NOON.plusSeconds(2));
    var first = notes.list("acme", null, false, NOON, 2, null);
    var second = notes.list("acme", null, false, NOON, 2, first.next());
    assertThat(first.data()).extracting(Note::id).containsExactly("note_3", "note_2");
    assertThat(second.data()).extracting(Note::id).containsExactly("note_1");
    assertThat(second.next()).isNull();
  }

  @Test
  void theOldestGoWhenThereAreTooMany() {
    for (int i = 1; i <= 4; i++) {
      notes.keep(fact("note_" + i, "acme"), "space", VECTOR, List.of());
    }
    notes.keep(fact("note_0", "initech"), "space", VECTOR, List.of());

    notes.prune("acme", Note.Kind.FACT, 2);

    assertThat(notes.count("acme", Note.Kind.FACT)).isEqualTo(2);
    assertThat(holding("acme", NOON)).containsExactlyInAnyOrder("note_3", "note_4");
    assertThat(holding("initech", NOON)).containsExactly("note_0");
  }

  @Test
  void aDeletedNoteIsGone() {
    notes.keep(fact("note_1", "acme"), "space", VECTOR, List.of());

    notes.delete("note_1");

    assertThat(notes.find("note_1")).isEmpty();
    assertThatThrownBy(() -> notes.delete("note_1")).isInstanceOf(ExpertException.class);
  }

  private static Note at(String id, Note.Kind kind) {
    return note(id, "acme", kind, NOON, null);
  }

  @Test
  void theNearestOfAKindComeFirstAndThoseTooFarNotAtAll() {
    notes.keep(at("note_1", Note.Kind.FACT), "space", new float[] {0, 1}, List.of());
    notes.keep(at("note_2", Note.Kind.FACT), "space", new float[] {1, 0}, List.of());
    notes.keep(at("note_3", Note.Kind.FACT), "space", new float[] {0.6f, 0.8f}, List.of());
    notes.keep(at("note_4", Note.Kind.EXPERIENCE), "space", new float[] {1, 0}, List.of());
    notes.keep(at("note_5", Note.Kind.FACT), "elsewhere", new float[] {1, 0}, List.of());
    notes.keep(fact("note_6", "other"), "space", new float[] {1, 0}, List.of());

    var near = notes.nearest("acme", Note.Kind.FACT, "space", new float[] {1, 0}, NOON, 0.5, 10);

    assertThat(near).extracting(each -> each.note().id()).containsExactly("note_2", "note_3");
    assertThat(near.getFirst().cosine()).isCloseTo(1, within(1e-3));
    assertThat(near.getLast().cosine()).isCloseTo(0.6, within(1e-3));
    assertThat(notes.nearest("acme", Note.Kind.FACT, "space", VECTOR, NOON, -1, 1))
        .extracting(each -> each.note().id())
        .containsExactly("note_3");
  }

  @Test
  void theNearestAreOnlyOfThoseThatHold() {
    var end = NOON.plusSeconds(60);
    notes.keep(note("note_1", "acme", Note.Kind.FACT, NOON, end), "space", VECTOR, List.of());
    notes.keep(fact("note_2", "acme"), "space", VECTOR, List.of());
    notes.keep(fact("note_3", "acme"), "space", VECTOR, List.of("note_2"));

    assertThat(notes.nearest("acme", Note.Kind.FACT, "space", VECTOR, end, 0, 10))
        .extracting(each -> each.note().id())
        .containsExactly("note_3");
  }

  @Test
  void whatAppliesToASourceIsFoundByIt() {
    notes.keep(fact("note_1", "acme"), "space", VECTOR, List.of());
    notes.keep(fact("note_2", "acme"), "space", VECTOR, List.of("note_1"));
    notes.keep(fact("note_3", "other"), "space", VECTOR, List.of());

    assertThat(notes.from("acme", "key_1")).containsExactly("note_2");
    assertThat(notes.from("acme", "key_2")).isEmpty();
  }
}
