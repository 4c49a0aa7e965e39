package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.testing.TestPostgres;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that cannot be used says why, and what to run. */
class PostgresRightsIT {
  private static final String FUTURE = "29990101000000";

  private final String url = TestPostgres.freshDatabase();

  private static void assertRefused(Runnable open, String... words) {
    assertThatThrownBy(open::run)
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFIGURATION))
        .hasMessageContainingAll(words);
  }

  private void execute(String... statements) throws SQLException {
    var address = DatabaseUrl.parse(url);
    try (var connection =
            DriverManager.getConnection(address.jdbc(), address.user(), address.password());
        var statement = connection.createStatement()) {
      for (var each : statements) {
        statement.execute(each);
      }
    }
  }

  private String as(String user) {
    return url.replaceFirst("//[^@]*@", "//" + user + ":secret@");
  }

  @Test
  void aUserWhoMayNotAddPgvectorIsToldWhatASuperuserRuns() throws SQLException {
    execute(
        "create role no_extension login password 'secret'",
        "grant usage, create on schema public to no_extension");
    try {
      assertRefused(
          () -> Database.open(as("no_extension"), Path.of("unused")),
          "pgvector",
          "create extension vector;",
          "superuser");
      execute("create extension vector");
      try (var opened = Database.open(as("no_extension"), Path.of("unused"))) {
        assertThat(opened.reachable()).isTrue();
      }
    } finally {
      execute("drop owned by no_extension", "drop role no_extension");
    }
  }

  @Test
  void aUserWhoMayMakeNoTablesIsToldWhatTheOwnerRuns() throws SQLException {
    execute(
        "create extension vector",
        "revoke create on schema public from public",
        "create role no_tables login password 'secret'");
    try {
      assertRefused(
          () -> Database.open(as("no_tables"), Path.of("unused")),
          "grant usage, create on schema public");
    } finally {
      execute("drop owned by no_tables", "drop role no_tables");
    }
  }

  @Test
  void aSchemaOfANewerReleaseIsLeftAloneAndItsVersionNamed(@TempDir Path home) throws Exception {
    for (var each : new String[] {url, ""}) {
      try (var database = Database.open(each, home);
          var connection = database.dataSource().getConnection();
          var statement = connection.createStatement()) {
        statement.execute(
            """
            insert into "flyway_schema_history" ("installed_rank", "version", "description", "type",
              "script", "installed_by", "execution_time", "success")
            values (999, '%s', 'future', 'SQL', 'V%s__future.sql', 'somebody', 1, true)
            """
                .formatted(FUTURE, FUTURE));
      }
      assertRefused(
          () -> Database.open(each, home), FUTURE, "newer Consilium", "knows version 2026");
    }
  }
}
