package io.consilium.expert.jdbc;

import io.consilium.expert.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Outcomes, and the questions they are about as vectors. A vector belongs to an item and an
 * embedder's space, not to an outcome: many experts are judged on one item.
 */
public final class JdbcOutcomes {
  private final Database database;

  public JdbcOutcomes(Database database) {
    this.database = database;
  }

  /** Adds outcomes, all or none. */
  public void append(List<Outcome> outcomes) {
    List<Object[]> rows = new ArrayList<>();
    for (var outcome : outcomes) {
      rows.add(
          new Object[] {
            Columns.text(outcome.expert(), 160),
            Columns.text(outcome.item(), 255),
            outcome.correct(),
            outcome.weight(),
            outcome.usd(),
            outcome.millis(),
            Columns.text(outcome.category(), 255),
            Columns.text(outcome.tenant(), 255),
            Columns.time(outcome.at()),
            outcome.propensity(),
            outcome.source().name(),
            outcome.note() == null ? null : Columns.sound(outcome.note())
          });
    }
    database.transaction(() ->
        database.batch(
            """
            insert into outcome
              (expert, item, correct, weight, usd, millis, category, tenant, at, propensity,
               source, note)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            rows));
  }

  /** Keeps the vectors of items in one embedder's space; those already there stay. */
  public void embed(String embedder, Map<String, float[]> vectors) {
    List<Object[]> rows = new ArrayList<>();
    vectors.forEach((item, vector) -> rows.add(new Object[] {item, embedder, bytes(vector)}));
    database.transaction(() ->
        database.batch(
            "insert into item_vector (item, embedder, vector) values (?, ?, ?) on conflict do nothing",
            rows));
  }

  /** Every outcome, oldest first, one at a time. */
  public void forEach(Consumer<Outcome> reader) {
    database.stream(
        "select * from outcome order by seq",
        row ->
            reader.accept(
                new Outcome(
                    row.getString("expert"),
                    row.getString("item"),
                    row.getDouble("correct"),
                    row.getDouble("weight"),
                    row.getDouble("usd"),
                    row.getDouble("millis"),
                    row.getString("category"),
                    row.getString("tenant"),
                    Columns.instant(row, "at"),
                    row.getDouble("propensity"),
                    Outcome.Source.valueOf(row.getString("source")),
                    row.getString("note"))));
  }

  /** The vector of every item in one embedder's space, one at a time, in no particular order. */
  public void forEachVector(String embedder, BiConsumer<String, float[]> reader) {
    database.stream(
        "select item, vector from item_vector where embedder = ?",
        row -> reader.accept(row.getString("item"), floats(row.getBytes("vector"))),
        embedder);
  }

  private static byte[] bytes(float[] vector) {
    var bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
    bytes.asFloatBuffer().put(vector);
    return bytes.array();
  }

  private static float[] floats(byte[] bytes) {
    var vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(vector);
    return vector;
  }
}
