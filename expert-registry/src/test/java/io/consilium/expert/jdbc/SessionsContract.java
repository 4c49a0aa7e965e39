package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.testing.ManualClock;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What sessions of the console do, on any database. */
abstract class SessionsContract {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
  private JdbcSessions sessions = new JdbcSessions(database(), new SecureRandom(), clock);

  /** An empty database. */
  abstract Database database();

  @BeforeEach
  void open() {
    sessions = new JdbcSessions(database(), new SecureRandom(), clock);
  }

  @Test
  void aSessionLeadsToItsKeyUntilItIsEnded() {
    var mine = sessions.begin("key_1");
    var other = sessions.begin("key_2");

    assertThat(sessions.key(mine)).hasValue("key_1");
    assertThat(sessions.key(mine + "x")).isEmpty();

    sessions.end(mine);
    assertThat(sessions.key(mine)).isEmpty();
    assertThat(sessions.key(other)).hasValue("key_2");
  }

  @Test
  void aSessionIsOverAfterItsTime() {
    var mine = sessions.begin("key_1");
    clock.advance(JdbcSessions.LIFE);

    assertThat(sessions.key(mine)).isEmpty();
  }
}
