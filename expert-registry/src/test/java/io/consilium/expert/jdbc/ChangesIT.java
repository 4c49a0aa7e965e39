package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.ApiKey;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Outcome;
import io.consilium.expert.jdbc.Changes.Kind;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.expert.testing.TestDatabases;
import io.consilium.expert.testing.TestPostgres;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Polling is off here, so what is heard was told by the database. */
class ChangesIT {
  private static final Duration NEVER = Duration.ofDays(1);

  private final BlockingQueue<Kind> heard = new LinkedBlockingQueue<>();

  private Map<Kind, Runnable> listeners() {
    Map<Kind, Runnable> listeners = new EnumMap<>(Kind.class);
    for (var kind : Kind.values()) {
      listeners.put(kind, () -> heard.add(kind));
    }
    return listeners;
  }

  private Kind next() throws InterruptedException {
    var kind = heard.poll(60, TimeUnit.SECONDS);
    if (kind == null) {
      throw new AssertionError("nothing was told for a minute");
    }
    return kind;
  }

  private Set<Kind> everything() throws InterruptedException {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    while (kinds.size() < Kind.values().length) {
      kinds.add(next());
    }
    return kinds;
  }

  @Test
  void aChangeOfEachKindIsToldToOtherProcesses() throws Exception {
    var url = TestPostgres.freshDatabase();
    try (var here = Database.open(url, Path.of("unused"));
        var there = Database.open(url, Path.of("unused"));
        var _ = new Changes(here, NEVER, listeners())) {
      everything(); // once it listens, all are told
      assertThat(heard).isEmpty();

      new JdbcCards(there, Clock.systemUTC()).save(List.of(ScriptedExpert.card("a")));
      assertThat(next()).isEqualTo(Kind.CARDS);

      var keys = new JdbcKeys(there, new SecureRandom(), Clock.systemUTC());
      keys.make("k", "default", ApiKey.Access.USER, true, null);
      assertThat(next()).isEqualTo(Kind.KEYS);

      new JdbcRouters(there)
          .keep(
              new StoredRouter(
                  "r",
                  Instant.EPOCH,
                  StoredRouter.State.DRAFT,
                  0,
                  null,
                  "minilm",
                  "f",
                  List.of("a"),
                  Json.object()),
              new byte[] {1});
      assertThat(next()).isEqualTo(Kind.ROUTERS);

      new JdbcOutcomes(there)
          .append(
              List.of(
                  new Outcome(
                      "a@1",
                      "item",
                      1,
                      1,
                      0,
                      1,
                      Double.NaN,
                      "any",
                      "default",
                      Instant.EPOCH,
                      1,
                      Outcome.Source.CHECK,
                      null)));
      assertThat(next()).isEqualTo(Kind.OUTCOMES);

      new JdbcJobs(there)
          .keep(
              new StoredJob(
                  "j",
                  "fit",
                  StoredJob.State.QUEUED,
                  "default",
                  "there",
                  Instant.EPOCH,
                  null,
                  Json.object(),
                  null,
                  null));
      assertThat(next()).isEqualTo(Kind.JOBS);

      new JdbcAnswers(there).drop("dec_1", Instant.EPOCH);
      assertThat(next()).isEqualTo(Kind.ANSWERS);
    }
  }

  @Test
  void afterALostConnectionItListensAgainAndLooksAtEverything() throws Exception {
    var url = TestPostgres.freshDatabase();
    try (var here = Database.open(url, Path.of("unused"));
        var there = Database.open(url, Path.of("unused"));
        var _ = new Changes(here, NEVER, listeners())) {
      everything();
      try (var connection = there.dataSource().getConnection();
          var statement = connection.createStatement()) {
        statement.execute(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and query = 'listen consilium'
            """);
      }

      assertThat(everything()).hasSize(Kind.values().length);
      new JdbcCards(there, Clock.systemUTC()).save(List.of(ScriptedExpert.card("a")));
      assertThat(next()).isEqualTo(Kind.CARDS);
    }
  }

  @Test
  void aListenerThatFailsDoesNotEndTheListening() throws Exception {
    var url = TestPostgres.freshDatabase();
    var listeners = listeners();
    listeners.put(
        Kind.CARDS,
        () -> {
          throw new IllegalStateException("as scripted");
        });
    try (var here = Database.open(url, Path.of("unused"));
        var _ = new Changes(here, Duration.ofMillis(100), listeners)) {
      for (int i = 0; i < 3 * Kind.values().length; i++) {
        next(); // polled again and again
      }
    }
  }

  @Test
  void aListenerThatCouldNotLookIsToldAgain() throws Exception {
    var tries = new AtomicInteger();
    var listeners = listeners();
    listeners.put(
        Kind.ANSWERS,
        () -> {
          if (tries.incrementAndGet() < 3) {
            throw new ExpertException(FailureKind.STORE_UNAVAILABLE, "busy, as scripted");
          }
          heard.add(Kind.ANSWERS);
        });
    try (var here = Database.open(TestPostgres.freshDatabase(), Path.of("unused"));
        var _ = new Changes(here, NEVER, listeners)) {
      assertThat(everything()).contains(Kind.ANSWERS);
    }
  }

  @Test
  void inTheEmbeddedDatabaseNothingIsTold() throws SQLException {
    var changes = new Changes(TestDatabases.embedded(), Duration.ofMillis(100), listeners());
    changes.close();

    assertThat(heard).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList())
        .doesNotContain("store-changes");
  }
}
