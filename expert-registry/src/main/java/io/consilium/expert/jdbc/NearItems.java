package io.consilium.expert.jdbc;

import io.consilium.expert.index.DotProduct;
import io.consilium.expert.jdbc.JdbcOutcomes.Near;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Items by the likeness of their questions. On PostgreSQL each embedder's vectors have an HNSW
 * index of pgvector, in half precision: half the size, and no less right at the 20 nearest.
 */
final class NearItems {
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
              ? new Object[] {item, embedder, bytes, Hnsw.text(vector)}
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
          .sql(
              "set local hnsw.ef_search = " + Math.min(1_000, Math.max(Hnsw.CANDIDATES, 2 * limit)))
          .update();
      return database
          .sql()
          .sql(
              "select item, -(%s) as cosine from item_vector where embedder = %s and near is not null order by %s limit :limit"
                  .formatted(distance, Hnsw.quoted(embedder), distance))
          .param("vector", Hnsw.text(vector))
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
    if (database.shared()) {
      new Hnsw(
              database,
              "item_vector_near_%08x".formatted((embedder + "\n" + dimension).hashCode()),
              "item_vector",
              dimension,
              "embedder = " + Hnsw.quoted(embedder))
          .make("the vectors of " + embedder, () -> fill(embedder, dimension));
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
                        Hnsw.text(JdbcOutcomes.floats(row.getBytes("vector"))),
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
}
