package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.testing.TestDecisions;
import io.consilium.expert.testing.TestPostgres;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import org.junit.jupiter.api.Test;

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
}
