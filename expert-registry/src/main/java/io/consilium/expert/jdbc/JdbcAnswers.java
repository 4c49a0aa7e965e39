package io.consilium.expert.jdbc;

import io.consilium.expert.index.DotProduct;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers that may be given again, by the hash of their requests, and by the likeness of their
 * questions among those that are the same but for the question. What an answer is, in JSON, and
 * when it holds, is its owner's to know, and so is whether two questions ask the same.
 *
 * <p>The nearest are looked for among the newest of one frame, exactly: on PostgreSQL by pgvector
 * in half precision among {@value #MANY}, in the embedded database by reading {@value #MANY_READ}.
 */
public final class JdbcAnswers {
  /** So many of a frame are looked at on PostgreSQL: some milliseconds. */
  static final int MANY = 20_000;

  /** So many in the embedded database, which hands over each vector. */
  static final int MANY_READ = 5_000;

  private static final int STEP = 500;

  private final Database database;
  private final HalfVectors near;

  /**
   * An answer.
   *
   * @param id of the request it answers, scope included, at most 64 characters
   * @param tenant whose it is
   * @param decision it was made for
   * @param router the version of the router that decided
   * @param question the last user turn
   * @param answer in JSON
   * @param usd what it cost when it was made
   * @param made when
   * @param expires when it may be given no more
   * @param place where its question lies; null where it is given to the same request only
   */
  public record Kept(
      String id,
      String tenant,
      String decision,
      String router,
      String question,
      String answer,
      double usd,
      Instant made,
      Instant expires,
      @Nullable Place place) {
    /** The same with another answer. */
    public Kept withAnswer(String other) {
      return new Kept(id, tenant, decision, router, question, other, usd, made, expires, place);
    }
  }

  /**
   * Where a question lies.
   *
   * @param frame the hash of all of the request but the question, at most 64 characters
   * @param embedder the id of the space of {@code vector}
   */
  public record Place(String frame, String embedder, float[] vector) {}

  /**
   * A question near another one.
   *
   * @param id of the request whose answer is kept
   * @param cosine of the two
   */
  public record Near(String id, String question, double cosine) {}

  /** What an answer is known by when it is to be forgotten. */
  public record Known(String decision, String tenant, String question) {}

  public JdbcAnswers(Database database) {
    this.database = database;
    this.near = new HalfVectors(database, "kept_answer");
  }

  /** Keeps an answer in place of what was kept under its id. */
  public void keep(Kept kept) {
    var place = kept.place();
    int size =
        kept.question().length()
            + kept.answer().length()
            + (place == null ? 0 : Float.BYTES * place.vector().length);
    database.transaction(() -> {
      database.sql().sql("delete from kept_answer where id = :id").param("id", kept.id()).update();
      int rows =
          database
              .sql()
              .sql(
                  """
                  insert into kept_answer
                    (id, tenant, decision, router, question, answer, size, usd, made_at, expires_at,
                     frame, embedder, vector)
                  values (:id, :tenant, :decision, :router, :question, :answer, :size, :usd, :made,
                    :expires, :frame, :embedder, :vector)
                  on conflict do nothing
                  """)
              .param("id", kept.id())
              .param("tenant", Columns.text(kept.tenant(), 255))
              .param("decision", Columns.text(kept.decision(), 128))
              .param("router", Columns.text(kept.router(), 255))
              .param("question", Columns.sound(kept.question()))
              .param("answer", Columns.sound(kept.answer()))
              .param("size", size)
              .param("usd", kept.usd())
              .param("made", Columns.time(kept.made()))
              .param("expires", Columns.time(kept.expires()))
              .param("frame", place == null ? null : place.frame(), Types.VARCHAR)
              .param("embedder", place == null ? null : place.embedder(), Types.VARCHAR)
              .param(
                  "vector",
                  place == null ? null : JdbcOutcomes.bytes(place.vector()),
                  Types.VARBINARY)
              .update();
      if (place != null && rows > 0) {
        near.place(Map.of(kept.id(), place.vector()));
      }
      return rows;
    });
  }

  /** What is kept under an id and may still be given at {@code now}. */
  public Optional<Kept> find(String id, Instant now) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                "select * from kept_answer where id = :id and expires_at > :now and dropped_at is null")
            .param("id", id)
            .param("now", Columns.time(now))
            .query((row, number) -> kept(row))
            .optional());
  }

  private static Kept kept(ResultSet row) throws SQLException {
    var frame = row.getString("frame");
    var vector = row.getBytes("vector");
    return new Kept(
        row.getString("id"),
        row.getString("tenant"),
        row.getString("decision"),
        row.getString("router"),
        row.getString("question"),
        row.getString("answer"),
        row.getDouble("usd"),
        Columns.instant(row, "made_at"),
        Columns.instant(row, "expires_at"),
        frame == null || vector == null
            ? null
            : new Place(frame, row.getString("embedder"), JdbcOutcomes.floats(vector)));
  }

  /**
   * Questions of a frame whose answers may still be given, nearest first.
   *
   * @param place the question that is asked
   * @param router only answers that this version decided about
   * @param least the least cosine
   */
  public List<Near> nearest(Place place, String router, Instant now, double least, int limit) {
    if (!database.shared()) {
      return byReading(place, router, now, least, limit);
    }
    near.placeAll("frame", place.frame());
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                with newest as materialized
                  (select id, question, near from kept_answer
                   where frame = :frame and embedder = :embedder and router = :router
                     and expires_at > :now and dropped_at is null and near is not null
                   order by made_at desc limit :many),
                placed as materialized
                  (select id, question, -(near <#> cast(:vector as halfvec)) as cosine from newest)
                select * from placed where cosine >= :least order by cosine desc, id limit :limit
                """)
            .param("frame", place.frame())
            .param("embedder", place.embedder())
            .param("router", router)
            .param("now", Columns.time(now))
            .param("many", MANY)
            .param("vector", Hnsw.text(place.vector()))
            .param("least", least)
            .param("limit", limit)
            .query((row, number) ->
                new Near(row.getString("id"), row.getString("question"), row.getDouble("cosine")))
            .list());
  }

  private List<Near> byReading(Place place, String router, Instant now, double least, int limit) {
    var best = new PriorityQueue<Near>(Comparator.comparingDouble(Near::cosine));
    var product = DotProduct.best();
    database.stream(
        """
        select id, question, vector from kept_answer
        where frame = ? and embedder = ? and router = ? and expires_at > ? and dropped_at is null
        order by made_at desc limit ?
        """,
        row -> {
          var vector = JdbcOutcomes.floats(row.getBytes("vector"));
          double cosine =
              vector.length == place.vector().length ? product.of(place.vector(), vector, 0) : -1;
          if (cosine >= least) {
            best.add(new Near(row.getString("id"), row.getString("question"), cosine));
            if (best.size() > limit) {
              best.remove();
            }
          }
        },
        place.frame(),
        place.embedder(),
        router,
        Columns.time(now),
        MANY_READ);
    return best.stream().sorted(Comparator.comparingDouble(Near::cosine).reversed()).toList();
  }

  /** Gives the answer that was made for a decision no more; its texts and vector go at once. */
  public void drop(String decision, Instant now) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                update kept_answer set dropped_at = :now, question = '', answer = '', size = 0,
                  frame = null, embedder = null, vector = null%s
                where decision = :decision and dropped_at is null
                """
                    .formatted(database.shared() ? ", near = null" : ""))
            .param("decision", Columns.text(decision, 128))
            .param("now", Columns.time(now))
            .update());
  }

  /** Decisions of which the answer was dropped at {@code since} or later. */
  public Set<String> dropped(Instant since) {
    return database.attempt(() ->
        Set.copyOf(
            database
                .sql()
                .sql("select decision from kept_answer where dropped_at >= :since")
                .param("since", Columns.time(since))
                .query(String.class)
                .set()));
  }

  /** Takes out what passes, and gives the ids. */
  public List<String> forget(Predicate<Known> which) {
    List<String> ids = new ArrayList<>();
    database.stream(
        "select id, decision, tenant, question from kept_answer",
        row -> {
          if (which.test(
              new Known(
                  row.getString("decision"), row.getString("tenant"), row.getString("question")))) {
            ids.add(row.getString("id"));
          }
        });
    database.longTransaction(() -> {
      for (int from = 0; from < ids.size(); from += STEP) {
        database
            .sql()
            .sql("delete from kept_answer where id in (:ids)")
            .param("ids", ids.subList(from, Math.min(ids.size(), from + STEP)))
            .update();
      }
      return ids.size();
    });
    return ids;
  }

  /**
   * Takes out what expired, and the oldest of what is more than may be kept.
   *
   * @param most characters of questions and answers, and bytes of vectors, together
   */
  public void sweep(Instant now, long most) {
    database.longTransaction(() -> {
      database
          .sql()
          .sql("delete from kept_answer where expires_at <= :now")
          .param("now", Columns.time(now))
          .update();
      return database
          .sql()
          .sql(
              """
              delete from kept_answer where id in
                (select id from
                  (select id, sum(size) over (order by made_at desc, id) as total from kept_answer) newer
                 where total > :most)
              """)
          .param("most", most)
          .update();
    });
  }
}
