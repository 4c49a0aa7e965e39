package io.consilium.orchestrator.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Note;
import io.consilium.expert.index.Words;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcNotes;
import io.consilium.expert.testing.ManualClock;
import io.consilium.expert.testing.TestDatabases;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final Duration MONTH = Duration.ofDays(30);

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-30T12:00:00Z"));
  private final JdbcNotes notes = new JdbcNotes(database());
  private final Memory memory = memory(MemorySettings.DEFAULT);

  /** An empty database. */
  Database database() {
    return TestDatabases.embedded();
  }

  private Memory memory(MemorySettings settings) {
    return new Memory(
        notes, new SharedWords(), settings, clock, System::nanoTime, new SimpleMeterRegistry());
  }

  /** A fake embedder: texts are as near as the words they share. */
  private static final class SharedWords implements Embedder {
    @Override
    public String id() {
      return "words";
    }

    @Override
    public int dimension() {
      return 512;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(SharedWords::vector).toList();
    }

    private static float[] vector(String text) {
      float[] vector = new float[512];
      var words = Words.of(text);
      for (var word : words) {
        vector[Math.floorMod(word.hashCode(), 512)] += 1;
      }
      double squares = 0;
      for (float each : vector) {
        squares += each * each;
      }
      for (int i = 0; i < vector.length; i++) {
        vector[i] /= (float) Math.sqrt(Math.max(1, squares));
      }
      return vector;
    }
  }

  private Memory.Stated state(String subject, String text) {
    clock.advance(Duration.ofSeconds(1));
    return memory.state("acme", subject, text, null, null, List.of(), "key_1");
  }

  private List<String> facts(String question) {
    return memory.facts("acme", question).stream().map(each -> each.note().text()).toList();
  }

  @Test
  void theScoreIsSimilarityTimesRecencyTimesFrequency() {
    assertThat(Memory.score(0.8, Duration.ZERO, 0, MONTH)).isCloseTo(0.8, within(1e-9));
    // after a half-life .5 + .5 / 2
    assertThat(Memory.score(0.8, MONTH, 0, MONTH)).isCloseTo(0.6, within(1e-9));
    // used twice: 1 + ln 3 / 10
    assertThat(Memory.score(1, Duration.ZERO, 2, MONTH)).isCloseTo(1.1098612, within(1e-6));
    assertThat(Memory.score(1, Duration.ZERO, 1_000_000, MONTH)).isCloseTo(1.5, within(1e-9));
  }

  @Test
  void aFactOnTheSameSubjectTakesThePlaceOfTheOneBefore() {
    var first = state("support hours", "Support answers from 8 to 18.");
    var second = state("Support  hours", "Support answers from 9 to 17.");

    assertThat(second.superseded()).containsExactly(first.fact().id());
    assertThat(facts("When does support answer?")).containsExactly("Support answers from 9 to 17.");
    assertThat(notes.find(first.fact().id()).orElseThrow().supersededBy())
        .isEqualTo(second.fact().id());
  }

  @Test
  void theOppositeSupersedesAndAnotherNumberIsPointedOut() {
    var first = state("", "The branch in Bern is open on Sunday.");
    var opposite = state("", "The branch in Bern is not open on Sunday.");
    var desks = state("", "The branch in Bern has 20 desks.");
    var more = state("", "The branch in Bern has 25 desks.");

    assertThat(opposite.superseded()).containsExactly(first.fact().id());
    assertThat(more.superseded()).isEmpty();
    assertThat(more.conflicts()).containsExactly(desks.fact().id());
  }

  @Test
  void whatIsBesideThePointIsNotRemembered() {
    state("", "The canteen serves fish on Friday.");

    assertThat(facts("How do I reset my password?")).isEmpty();
    assertThat(facts("Does the canteen serve fish?")).hasSize(1);
  }

  @Test
  void aFactHoldsFromItsBeginningToItsEnd() {
    var now = clock.instant();
    memory.state(
        "acme",
        "",
        "The canteen is closed this week.",
        now.plusSeconds(10),
        now.plusSeconds(20),
        List.of(),
        "");

    assertThat(facts("Is the canteen closed this week?")).isEmpty();
    clock.advance(Duration.ofSeconds(10));
    memory.refresh("acme");
    assertThat(facts("Is the canteen closed this week?")).hasSize(1);
    clock.advance(Duration.ofSeconds(10));
    assertThat(facts("Is the canteen closed this week?")).isEmpty();
  }

  @Test
  void noTenantIsToldAnothersFacts() {
    state("", "The canteen serves fish on Friday.");

    assertThat(memory.facts("initech", "Does the canteen serve fish on Friday?")).isEmpty();
    assertThatThrownBy(() ->
            memory.state("initech", "", "It does not.", null, null, List.of(stated()), "key_2"))
        .isInstanceOf(ExpertException.class);
  }

  private String stated() {
    return notes
        .list("acme", Note.Kind.FACT, true, clock.instant(), 1, null)
        .data()
        .getFirst()
        .id();
  }

  @Test
  void aTenantHasNoMoreFactsThanItMay() {
    var small = memory(new MemorySettings(true, 1, 1, 0.35, 5, MONTH));
    small.state("acme", "", "One fact.", null, null, List.of(), "");

    assertThatThrownBy(() -> small.state("acme", "", "Another.", null, null, List.of(), ""))
        .hasMessageContaining("consilium.memory.facts");
  }
}
