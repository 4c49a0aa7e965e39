package io.consilium.expert.jdbc;

import java.util.HashMap;
import java.util.Map;

/**
 * The column {@code near} of a table on PostgreSQL that has an {@code id} and an exact {@code
 * vector}: the vector once more, in half precision, for pgvector. The embedded database has no such
 * column, and nothing is done there.
 */
record HalfVectors(Database database, String table) {
  private static final int STEP = 500;

  /** Fills the column of rows, within the transaction of the caller. */
  void place(Map<String, float[]> vectors) {
    if (database.shared()) {
      database.batch(
          "update %s set near = cast(? as halfvec) where id = ?".formatted(table),
          vectors.entrySet().stream()
              .map(each -> new Object[] {Hnsw.text(each.getValue()), each.getKey()})
              .toList());
    }
  }

  /** The same for rows of this value that came by an import, or from an older release. */
  void placeAll(String column, String value) {
    if (!database.shared()) {
      return;
    }
    Map<String, float[]> vectors = new HashMap<>();
    do {
      vectors.clear();
      database.attempt(() -> {
        database
            .sql()
            .sql(
                "select id, vector from %s where %s = :value and near is null and vector is not null limit :step"
                    .formatted(table, column))
            .param("value", value)
            .param("step", STEP)
            .query(row -> {
              vectors.put(row.getString("id"), JdbcOutcomes.floats(row.getBytes("vector")));
            });
        return vectors.size();
      });
      if (!vectors.isEmpty()) {
        database.transaction(() -> {
          place(vectors);
          return vectors.size();
        });
      }
    } while (vectors.size() == STEP);
  }
}
