package io.consilium.expert.testing;

import io.consilium.expert.jdbc.Database;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The two stores for tests, opened once per JVM and emptied whenever they are asked for. Leave them
 * open.
 */
public final class TestDatabases {
  private static final List<String> TABLES =
      List.of(
          "declaration",
          "kept_answer",
          "note",
          "receipt",
          "feedback",
          "decision_expert",
          "decision",
          "outcome",
          "item",
          "router_part",
          "router_version",
          "job",
          "item_vector",
          "sampled_decision",
          "judge_spend",
          "batch_line",
          "batch",
          "stored_file_part",
          "stored_file",
          "scheduled_tasks",
          "api_key",
          "console_session",
          "audit",
          "approved_tool",
          "tool_question",
          "card_version",
          "card");

  private static @Nullable Database embedded;
  private static @Nullable Database postgres;

  private TestDatabases() {}

  /** The embedded database, in memory. */
  public static synchronized Database embedded() {
    if (embedded == null) {
      embedded = Database.inMemory();
    }
    return emptied(embedded);
  }

  /** A real PostgreSQL. */
  public static synchronized Database postgres() {
    if (postgres == null) {
      postgres = Database.open(TestPostgres.freshDatabase(), Path.of("unused"));
    }
    return emptied(postgres);
  }

  private static Database emptied(Database database) {
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      for (var table : TABLES) {
        statement.execute("delete from " + table);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return database;
  }
}
