package io.consilium.orchestrator.routers;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Outcome;
import io.consilium.expert.Roster;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.expert.jdbc.StoredItem;
import io.consilium.expert.testing.LengthEmbedder;
import io.consilium.expert.testing.ManualClock;
import io.consilium.router.SkillTags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of outcomes on record: who is fitted from them, and how long they stay. */
class OutcomesInUseTest {
  private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

  private final Database database = Database.inMemory();
  private final JdbcOutcomes outcomes = new JdbcOutcomes(database);

  @AfterEach
  void close() {
    database.close();
  }

  private void keep(String item, String tenant, Instant at) {
    outcomes.add(
        List.of(new StoredItem(item, "What is " + item + "?", "", 0.5)),
        List.of(
            new Outcome(
                "small", item, 1, 1, 0.01, 0, 10, "", tenant, at, 1, Outcome.Source.HUMAN, null)));
  }

  private List<String> kept() {
    List<String> items = new ArrayList<>();
    outcomes.forEach(outcome -> items.add(outcome.item()));
    return items;
  }

  @Test
  void outcomesOfATenantThatIsKeptOutAreFittedFromByNobody() {
    keep("one", "acme", NOON);
    keep("two", "initech", NOON);
    var evidence =
        new Evidence(outcomes, new LengthEmbedder(), SkillTags.shipped(), Set.of("acme"));

    var records = evidence.records(Roster.of("empty", List.of()));

    assertThat(records.items())
        .singleElement()
        .satisfies(item -> assertThat(item.text()).isEqualTo("What is two?"));
  }

  @Test
  void monthsThatAreTooOldAreForgottenByTheUpkeepAndOthersStay() {
    keep("old", "acme", NOON.minus(Duration.ofDays(400)));
    keep("new", "acme", NOON.minus(Duration.ofDays(5)));
    var clock = new ManualClock(NOON);
    try (var upkeep =
        new OutcomeUpkeep(outcomes, new LengthEmbedder(), Duration.ofDays(365), clock)) {
      FakeUpstream.await("the first round", () -> kept().equals(List.of("new")));
      assertThat(upkeep).isNotNull();
    }
  }
}
