package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.jdbc.JdbcToolQuestions.Written;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What questions of tools do, on any database. */
abstract class ToolQuestionsContract {
  private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

  /** An empty database. */
  abstract Database database();

  @Test
  void whatWasWrittenOfAVersionFirstStands() {
    var store = new JdbcToolQuestions(database());
    var mail =
        new Written("aa", "crm/mail", List.of("Write to Bob? 🙂", "\"Now\""), "writer", 0.25, NOON);
    var none = new Written("bb", "crm/find", List.of(), "writer", 0.5, NOON.plusSeconds(60));
    store.keep(none);
    store.keep(mail);

    store.keep(new Written("aa", "crm/mail", List.of("other"), "writer", 9, NOON));

    assertThat(store.all()).containsExactly(mail, none);
  }

  @Test
  void whatWasPaidIsAddedUpFromAMomentOn() {
    var store = new JdbcToolQuestions(database());
    assertThat(store.spent(NOON)).isZero();
    store.keep(new Written("aa", "a", List.of(), "writer", 1, NOON.minusSeconds(1)));
    store.keep(new Written("bb", "b", List.of(), "writer", 0.25, NOON));
    store.keep(new Written("cc", "c", List.of(), "writer", 0.5, NOON.plusSeconds(1)));

    assertThat(store.spent(NOON)).isEqualTo(0.75, within(1e-12));
  }
}
