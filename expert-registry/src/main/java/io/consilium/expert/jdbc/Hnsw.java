package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HNSW index of pgvector over a column {@code near} of a table, for the rows of one predicate:
 * half precision, inner product.
 *
 * @param name of the index
 * @param predicate SQL that queries repeat letter for letter
 */
record Hnsw(Database database, String name, String table, int dimension, String predicate) {
  /**
   * How many candidates are kept at least while the nearest are looked for; 40 by default, and then
   * misses more.
   */
  static final int CANDIDATES = 200;

  /**
   * How many are kept while the index is made. With 64, as by default, texts of one kind are hardly
   * tied to those of another, and of a million one in five is missed.
   */
  private static final int CONSTRUCTION = 128;

  private static final Logger log = LoggerFactory.getLogger(Hnsw.class);

  /**
   * Makes it where it is not; one replica of several does, and writes go on meanwhile.
   *
   * @param what is indexed, for people
   * @param before what is to be done first
   */
  void make(String what, Runnable before) {
    try (var connection = database.connect()) {
      if (!one(connection, "select pg_try_advisory_lock(hashtext('%s'))".formatted(name))) {
        return;
      }
      before.run();
      boolean there = one(connection, "select to_regclass('%s') is not null".formatted(name));
      if (there
          && !one(
              connection,
              "select indisvalid from pg_index where indexrelid = '%s'::regclass"
                  .formatted(name))) {
        run(connection, "drop index " + name); // its making was interrupted
        there = false;
      }
      if (!there) {
        log.info("the index of {} is being made", what);
        run(
            connection,
            "create index concurrently %s on %s using hnsw ((near::halfvec(%d)) halfvec_ip_ops) with (m = 16, ef_construction = %d) where %s"
                .formatted(name, table, dimension, CONSTRUCTION, predicate));
        log.info("the index of {} is made", what);
      }
    } catch (SQLException e) {
      throw new ExpertException(
          FailureKind.STORE_UNAVAILABLE,
          "%s cannot index %s (%s); the nearest are found by reading all"
              .formatted(database.shown(), what, e.getMessage()),
          e);
    }
  }

  private static boolean one(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** As a literal, so that the planner sees that the index of this predicate will do. */
  static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** As pgvector reads it. */
  static String text(float[] vector) {
    var text = new StringBuilder(12 * vector.length).append('[');
    for (int i = 0; i < vector.length; i++) {
      text.append(i == 0 ? "" : ",").append(vector[i]);
    }
    return text.append(']').toString();
  }
}
