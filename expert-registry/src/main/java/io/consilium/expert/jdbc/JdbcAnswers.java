package io.consilium.expert.jdbc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Answers that may be given again, by the hash of their requests. What an answer is, in JSON, and
 * when it holds, is its owner's to know.
 */
public final class JdbcAnswers {
  private static final int STEP = 500;

  private final Database database;

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
      Instant expires) {}

  /** What an answer is known by when it is to be forgotten. */
  public record Known(String decision, String tenant, String question) {}

  public JdbcAnswers(Database database) {
    this.database = database;
  }

  /** Keeps an answer in place of what was kept under its id. */
  public void keep(Kept kept) {
    database.transaction(() -> {
      database.sql().sql("delete from kept_answer where id = :id").param("id", kept.id()).update();
      return database
          .sql()
          .sql(
              """
              insert into kept_answer
                (id, tenant, decision, router, question, answer, size, usd, made_at, expires_at)
              values (:id, :tenant, :decision, :router, :question, :answer, :size, :usd, :made, :expires)
              on conflict do nothing
              """)
          .param("id", kept.id())
          .param("tenant", Columns.text(kept.tenant(), 255))
          .param("decision", Columns.text(kept.decision(), 128))
          .param("router", Columns.text(kept.router(), 255))
          .param("question", Columns.sound(kept.question()))
          .param("answer", Columns.sound(kept.answer()))
          .param("size", kept.question().length() + kept.answer().length())
          .param("usd", kept.usd())
          .param("made", Columns.time(kept.made()))
          .param("expires", Columns.time(kept.expires()))
          .update();
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
            .query((row, number) ->
                new Kept(
                    row.getString("id"),
                    row.getString("tenant"),
                    row.getString("decision"),
                    row.getString("router"),
                    row.getString("question"),
                    row.getString("answer"),
                    row.getDouble("usd"),
                    Columns.instant(row, "made_at"),
                    Columns.instant(row, "expires_at")))
            .optional());
  }

  /** Gives the answer that was made for a decision no more; its texts go at once. */
  public void drop(String decision, Instant now) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                update kept_answer set dropped_at = :now, question = '', answer = '', size = 0
                where decision = :decision and dropped_at is null
                """)
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
   * @param most characters of questions and answers together
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
