package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Note;
import io.consilium.expert.index.DotProduct;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What tenants' memories hold. */
public final class JdbcNotes {
  /** The most notes one page holds. */
  public static final int MOST = 500;

  private final Database database;
  private final HalfVectors near;

  /** A note and its place in an embedder's space. */
  public record Placed(Note note, float[] vector) {}

  /** A note and the cosine of it and what was asked. */
  public record Near(Note note, double cosine) {}

  public JdbcNotes(Database database) {
    this.database = database;
    this.near = new HalfVectors(database, "note");
  }

  /**
   * Keeps a note, which takes the place of others.
   *
   * @param embedder the id of the space of {@code vector}
   * @param superseded ids of notes of the same tenant
   */
  public void keep(Note note, String embedder, float[] vector, Collection<String> superseded) {
    database.transaction(() -> {
      database.batch(
          """
          insert into note
            (id, tenant, kind, subject, text, experts, score, source, created_at, valid_from,
             valid_until, uses, embedder, vector)
          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
          """,
          List.<@Nullable Object[]>of(
              new @Nullable Object[] {
                note.id(),
                Columns.text(note.tenant(), 255),
                note.kind().name(),
                Columns.text(note.subject(), 255),
                Columns.sound(note.text()),
                String.join("\n", note.experts()),
                note.score(),
                Columns.text(note.source(), 255),
                Columns.time(note.created()),
                Columns.time(note.from()),
                Columns.timeOrNull(note.until()),
                embedder,
                JdbcOutcomes.bytes(vector)
              }));
      near.place(Map.of(note.id(), vector));
      database.batch(
          "update note set superseded_by = ? where id = ? and tenant = ? and superseded_by is null",
          superseded.stream()
              .map(id -> new Object[] {note.id(), id, Columns.text(note.tenant(), 255)})
              .toList());
      return 1;
    });
  }

  /** Notes that hold, with their vectors in one space; the newest, {@code limit} at most. */
  public List<Placed> holding(String tenant, String embedder, Instant now, int limit) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select * from note
                where tenant = :tenant and embedder = :embedder and superseded_by is null
                  and valid_from <= :now and (valid_until is null or valid_until > :now)
                order by created_at desc, id desc limit :limit
                """)
            .param("tenant", tenant)
            .param("embedder", embedder)
            .param("now", Columns.time(now))
            .param("limit", limit)
            .query(
                (row, number) -> new Placed(note(row), JdbcOutcomes.floats(row.getBytes("vector"))))
            .list());
  }

  /** Whether {@link #nearest} is the database's work, and worth asking for each question. */
  public boolean searches() {
    return database.shared();
  }

  /**
   * Notes of a kind that hold, nearest first.
   *
   * @param embedder the id of the space of {@code vector}
   * @param least the least cosine
   */
  public List<Near> nearest(
      String tenant,
      Note.Kind kind,
      String embedder,
      float[] vector,
      Instant now,
      double least,
      int limit) {
    if (!database.shared()) {
      var product = DotProduct.best();
      return holding(tenant, embedder, now, Integer.MAX_VALUE).stream()
          .filter(placed -> placed.note().kind() == kind)
          .map(placed -> new Near(placed.note(), product.of(vector, placed.vector(), 0)))
          .filter(near -> near.cosine() >= least)
          .sorted(Comparator.comparingDouble(Near::cosine).reversed())
          .limit(limit)
          .toList();
    }
    near.placeAll("tenant", tenant);
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                with placed as materialized
                  (select note.*, -(near <#> cast(:vector as halfvec)) as cosine from note
                   where tenant = :tenant and kind = :kind and embedder = :embedder
                     and superseded_by is null and valid_from <= :now
                     and (valid_until is null or valid_until > :now) and near is not null)
                select * from placed where cosine >= :least order by cosine desc, id limit :limit
                """)
            .param("vector", Hnsw.text(vector))
            .param("tenant", tenant)
            .param("kind", kind.name())
            .param("embedder", embedder)
            .param("now", Columns.time(now))
            .param("least", least)
            .param("limit", limit)
            .query((row, number) -> new Near(note(row), row.getDouble("cosine")))
            .list());
  }

  /** The ids of notes of a tenant that stem from this decision or key and hold still. */
  public List<String> from(String tenant, String source) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                "select id from note where tenant = :tenant and source = :source and superseded_by is null")
            .param("tenant", tenant)
            .param("source", source)
            .query(String.class)
            .list());
  }

  /** The note with this id. */
  public Optional<Note> find(String id) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from note where id = :id")
            .param("id", id)
            .query((row, number) -> note(row))
            .optional());
  }

  /**
   * Notes of a tenant, newest first.
   *
   * @param kind of one kind only, or null
   * @param all those too that hold no more or not yet
   * @param after {@link Page#next} of the page before, or null for the first
   */
  public Page<Note> list(
      String tenant,
      Note.@Nullable Kind kind,
      boolean all,
      Instant now,
      int limit,
      @Nullable String after) {
    if (limit < 1 || limit > MOST) {
      throw ExpertException.invalid("limit", "limit must be from 1 to " + MOST);
    }
    var where = new StringBuilder("where tenant = :tenant");
    Map<String, Object> values = new HashMap<>();
    values.put("tenant", tenant);
    if (kind != null) {
      where.append(" and kind = :kind");
      values.put("kind", kind.name());
    }
    if (!all) {
      where.append(
          " and superseded_by is null and valid_from <= :now and (valid_until is null or valid_until > :now)");
      values.put("now", Columns.time(now));
    }
    if (after != null) {
      where.append(" and id < :after"); // ids sort by time
      values.put("after", after);
    }
    values.put("limit", limit + 1);
    var found =
        database.attempt(() ->
            database
                .sql()
                .sql("select * from note %s order by id desc limit :limit".formatted(where))
                .params(values)
                .query((row, number) -> note(row))
                .list());
    return Page.of(found, limit, Note::id);
  }

  /** How many notes of a kind a tenant has, superseded ones too. */
  public long count(String tenant, Note.Kind kind) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select count(*) from note where tenant = :tenant and kind = :kind")
            .param("tenant", tenant)
            .param("kind", kind.name())
            .query(Long.class)
            .single());
  }

  /** Notes that were given or heeded. */
  public void used(Collection<String> ids, Instant at) {
    database.transaction(() -> {
      database.batch(
          "update note set uses = uses + 1, used_at = ? where id = ?",
          ids.stream().map(id -> new Object[] {Columns.time(at), id}).toList());
      return ids.size();
    });
  }

  /** Takes a note out. {@link FailureKind#NOT_FOUND} when there is none. */
  public void delete(String id) {
    int gone =
        database.attempt(
            () -> database.sql().sql("delete from note where id = :id").param("id", id).update());
    if (gone == 0) {
      throw missing(id);
    }
  }

  /** The failure of a note that is not there. */
  public static ExpertException missing(String id) {
    return new ExpertException(FailureKind.NOT_FOUND, "there is no note '%s'".formatted(id));
  }

  /** Takes out the oldest notes of a kind beyond so many. */
  public void prune(String tenant, Note.Kind kind, int most) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                delete from note where tenant = :tenant and kind = :kind and id <
                  (select min(kept.id) from
                    (select id from note where tenant = :tenant and kind = :kind
                     order by id desc limit :most) kept)
                """)
            .param("tenant", tenant)
            .param("kind", kind.name())
            .param("most", most)
            .update());
  }

  private static Note note(ResultSet row) throws SQLException {
    var experts = row.getString("experts");
    var score = row.getObject("score", Double.class);
    return new Note(
        row.getString("id"),
        row.getString("tenant"),
        Note.Kind.valueOf(row.getString("kind")),
        row.getString("subject"),
        row.getString("text"),
        experts.isEmpty() ? List.of() : new ArrayList<>(List.of(experts.split("\n"))),
        score,
        row.getString("source"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "valid_from"),
        Columns.instantOrNull(row, "valid_until"),
        row.getString("superseded_by"),
        row.getLong("uses"),
        Columns.instantOrNull(row, "used_at"));
  }
}
