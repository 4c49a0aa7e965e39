package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.index.DotProduct;
import io.consilium.expert.jdbc.JdbcOutcomes.Near;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Items by the likeness of their questions. On PostgreSQL each embedder's vectors have an HNSW
 * index of pgvector, in half precision: half the size, and no less right at the 20 nearest.
 */
final class NearItems {
  private static final Logger log = LoggerFactory.getLogger(NearItems.class);

  /**
   * How many candidates HNSW keeps at least while it looks; 40 by default, and then misses more.
   */
  private static final int CANDIDATES = 100;

  private static final int STEP = 500;

  private final Database database;

  NearItems(Database database) {
    this.database = database;
  }

  /** Keeps vectors; those already there stay. */
  int[] put(String embedder, Map<String, float[]> vectors) {
    List<Object[]> rows = new ArrayList<>();
    vectors.forEach((item, vector) -> {
      var bytes = JdbcOutcomes.bytes(vector);
      rows.add(
          database.shared()
              ? new Object[] {item, embedder, bytes, text(vector)}
              : new Object[] {item, embedder, bytes});
    });
    return database.batch(
        database.shared()
            ? "insert into item_vector (item, embedder, vector, near) values (?, ?, ?, cast(? as halfvec)) on conflict do nothing"
            : "insert into item_vector (item, embedder, vector) values (?, ?, ?) on conflict do nothing",
        rows);
  }

  List<Near> nearest(String embedder, float[] vector, int limit) {
    return database.shared()
        ? byIndex(embedder, vector, limit)
        : byReading(embedder, vector, limit);
  }

  private List<Near> byIndex(String embedder, float[] vector, int limit) {
    var distance =
        "near::halfvec(%1$d) <#> cast(:vector as halfvec(%1$d))".formatted(vector.length);
    return database.transaction(() -> {
      database
          .sql()
          .sql("set local hnsw.ef_search = " + Math.min(1_000, Math.max(CANDIDATES, 2 * limit)))
          .update();
      return database
          .sql()
          .sql(
              "select item, -(%s) as cosine from item_vector where embedder = %s and near is not null order by %s limit :limit"
                  .formatted(distance, quoted(embedder), distance))
          .param("vector", text(vector))
          .param("limit", limit)
          .query((row, number) -> new Near(row.getString("item"), row.getDouble("cosine")))
          .list();
    });
  }

  private List<Near> byReading(String embedder, float[] vector, int limit) {
    var best = new PriorityQueue<Near>(Comparator.comparingDouble(Near::cosine));
    var product = DotProduct.best();
    database.stream(
        "select item, vector from item_vector where embedder = ?",
        row -> {
          var found = JdbcOutcomes.floats(row.getBytes("vector"));
          if (found.length == vector.length) {
            best.add(new Near(row.getString("item"), product.of(vector, found, 0)));
            if (best.size() > limit) {
              best.remove();
            }
          }
        },
        embedder);
    return best.stream().sorted(Comparator.comparingDouble(Near::cosine).reversed()).toList();
  }

  /** Makes an embedder's index where there is none, and one replica of several does it. */
  void index(String embedder, int dimension) {
    if (!database.shared()) {
      return;
    }
    var name = "item_vector_near_%08x".formatted((embedder + "\n" + dimension).hashCode());
    try (var connection = database.connect()) {
      if (!one(connection, "select pg_try_advisory_lock(hashtext('%s'))".formatted(name))) {
        return;
      }
      fill(embedder, dimension);
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
        log.info("the index of the vectors of {} is being made", embedder);
        run(
            connection,
            "create index concurrently %s on item_vector using hnsw ((near::halfvec(%d)) halfvec_ip_ops) with (m = 16, ef_construction = 64) where embedder = %s"
                .formatted(name, dimension, quoted(embedder)));
        log.info("the index of the vectors of {} is made", embedder);
      }
    } catch (SQLException e) {
      throw new ExpertException(
          FailureKind.STORE_UNAVAILABLE,
          "%s cannot index the vectors of %s (%s); the nearest are found by reading all"
              .formatted(database.shown(), embedder, e.getMessage()),
          e);
    }
  }

  /** Vectors that came by an import, or from an older release. */
  private void fill(String embedder, int dimension) {
    List<Object[]> rows = new ArrayList<>();
    do {
      rows.clear();
      database.attempt(() ->
          database
              .sql()
              .sql(
                  """
                  select item, vector from item_vector
                  where embedder = :embedder and near is null and length(vector) = :bytes limit :step
                  """)
              .param("embedder", embedder)
              .param("bytes", dimension * Float.BYTES)
              .param("step", STEP)
              .query((row, number) ->
                  rows.add(
                      new Object[] {
                        text(JdbcOutcomes.floats(row.getBytes("vector"))),
                        embedder,
                        row.getString("item")
                      }))
              .list());
      database.transaction(() ->
          database.batch(
              "update item_vector set near = cast(? as halfvec) where embedder = ? and item = ?",
              rows));
    } while (rows.size() == STEP);
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

  /** As a literal, so that the planner sees that the index of this embedder will do. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String text(float[] vector) {
    var text = new StringBuilder(12 * vector.length).append('[');
    for (int i = 0; i < vector.length; i++) {
      text.append(i == 0 ? "" : ",").append(vector[i]);
    }
    return text.append(']').toString();
  }
}
