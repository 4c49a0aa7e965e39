package io.consilium.expert.jdbc;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feedback;
import io.consilium.expert.KeptDecision;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was said of answers, joined to the decisions that gave them. */
public final class JdbcFeedback {
  private final Database database;

  public JdbcFeedback(Database database) {
    this.database = database;
  }

  /** Keeps one; {@link FailureKind#NOT_FOUND} when its decision is not on record. */
  public void keep(Feedback feedback) {
    int kept =
        database.attempt(() ->
            database
                .sql()
                .sql(
                    """
                    insert into feedback
                      (decision, at, tenant, api_key, score, thumb, correction, check_name)
                    select id, :at, :tenant, :key, :score, :thumb, :correction, :check
                    from decision where id = :decision
                    """)
                .param("decision", feedback.decision())
                .param("at", Columns.time(feedback.at()))
                .param("tenant", Columns.text(feedback.tenant(), 255))
                .param("key", Columns.textOrNull(feedback.key(), 255))
                .param("score", feedback.score())
                .param("thumb", feedback.thumb())
                .param("correction", soundOrNull(feedback.correction()))
                .param("check", Columns.textOrNull(feedback.check(), 255))
                .update());
    if (kept == 0) {
      throw new ExpertException(
              FailureKind.NOT_FOUND,
              "no decision '%s' is on record: send the id in the x-consilium-decision header of the answer"
                  .formatted(feedback.decision()))
          .about("decision");
    }
  }

  /** A decision and the latest score it was given, 0 to 1. */
  public record Judged(Decision decision, double score) {}

  /** Decisions of which something was said, newest first. */
  public List<Judged> judged(Instant from, int limit) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select d.json, f.score from decision d join feedback f on f.decision = d.id
                where d.at >= :from
                  and f.seq = (select max(later.seq) from feedback later where later.decision = d.id)
                order by d.at desc, d.id desc limit :limit
                """)
            .param("from", Columns.time(from))
            .param("limit", limit)
            .query((row, number) ->
                new Judged(KeptDecision.decision(row.getString("json")), row.getDouble("score")))
            .list());
  }

  /** Everything said of a decision, oldest first. */
  public List<Feedback> of(String decision) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from feedback where decision = :decision order by seq")
            .param("decision", decision)
            .query((row, number) ->
                new Feedback(
                    row.getString("decision"),
                    Columns.instant(row, "at"),
                    row.getString("tenant"),
                    row.getString("api_key"),
                    row.getDouble("score"),
                    row.getObject("thumb", Boolean.class),
                    row.getString("correction"),
                    row.getString("check_name")))
            .list());
  }

  private static @Nullable String soundOrNull(@Nullable String text) {
    return text == null ? null : Columns.sound(text);
  }
}
