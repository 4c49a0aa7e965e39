package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.expert.testing.TestDecisions;
import io.consilium.expert.testing.TestPostgres;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceUtils;

/** A PostgreSQL that drops every connection is away for a moment, and then as it was. */
class PostgresOutageIT {
  @Test
  void brokenConnectionsAreReplacedAndNothingIsKeptTwice() throws Exception {
    var url = TestPostgres.freshDatabase();
    var address = DatabaseUrl.parse(url);
    var decision = TestDecisions.answered("dec_1", Instant.EPOCH, "a");
    try (var database = Database.open(url, Path.of("unused"))) {
      var decisions = new JdbcDecisions(database);
      decisions.keep(TestDecisions.kept(decision));
      try (var other =
              DriverManager.getConnection(address.jdbc(), address.user(), address.password());
          var statement = other.createStatement()) {
        statement.execute(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """);
      }

      int tries = 0;
      for (boolean kept = false; !kept && tries < 20; tries++) {
        try {
          decisions.keep(TestDecisions.kept(decision));
          kept = true;
        } catch (ExpertException e) {
          assertThat(e.kind()).isEqualTo(FailureKind.STORE_UNAVAILABLE);
        }
      }
      assertThat(tries).isLessThan(20);
      assertThat(decisions.list(JdbcDecisions.Filter.ALL, 10, null).data())
          .containsExactly(decision);
    }
  }

  @Test
  void aServerThatFallsSilentIsGivenUpUnlessWhatItDoesMayTakeLong() throws Exception {
    BlockingQueue<Changes.Kind> heard = new LinkedBlockingQueue<>();
    var never = Duration.ofDays(1);
    try (var database =
            Database.open(TestPostgres.freshDatabase() + "?socketTimeout=1", Path.of("unused"));
        var _ =
            new Changes(
                database, never, Map.of(Changes.Kind.CARDS, () -> heard.add(Changes.Kind.CARDS)))) {
      assertThat(heard.poll(60, TimeUnit.SECONDS)).isNotNull(); // it listens

      assertThatThrownBy(() -> database.attempt(() -> sleep(database, 5)))
          .isInstanceOfSatisfying(
              ExpertException.class,
              e -> assertThat(e.kind()).isEqualTo(FailureKind.STORE_UNAVAILABLE));
      var rows = new ArrayList<Integer>();
      database.stream("select pg_sleep(1.2)", row -> rows.add(1));

      assertThat(rows).hasSize(1);
      assertThat(heard).isEmpty(); // who listens did not have to begin anew
      new JdbcCards(database, Clock.systemUTC()).save(List.of(ScriptedExpert.card("a")));
      assertThat(heard.poll(60, TimeUnit.SECONDS)).isNotNull();
    }
  }

  private static int sleep(Database database, int seconds) {
    return database
        .sql()
        .sql("select 1 from pg_sleep(%d)".formatted(seconds))
        .query(Integer.class)
        .single();
  }

  @Test
  void aConnectionThatMightBeSilentForLongMayNotBeInItsNextUse() throws Exception {
    try (var database = Database.open(TestPostgres.freshDatabase(), Path.of("unused"))) {
      var within = new int[1];
      database.longTransaction(() -> within[0] = timeout(database));

      assertThat(within[0]).isEqualTo(3_600_000);
      assertThat(database.<Integer>transaction(() -> timeout(database))).isEqualTo(60_000);
    }
  }

  /** Of the connection of this transaction. */
  private static int timeout(Database database) {
    var connection = DataSourceUtils.getConnection(database.dataSource());
    try {
      return connection.getNetworkTimeout();
    } catch (SQLException e) {
      throw new AssertionError(e);
    } finally {
      DataSourceUtils.releaseConnection(connection, database.dataSource());
    }
  }
}
