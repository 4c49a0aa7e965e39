package io.consilium.expert.jdbc;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/** Decisions that were drawn, what the judge came to, and what it cost. */
public final class JdbcSamples {
  private final Database database;

  public JdbcSamples(Database database) {
    this.database = database;
  }

  /** Decisions that wait for the judge, oldest first. */
  public List<String> toJudge(Instant from, int limit) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select decision from sampled_decision
                where at >= :from and judge = true and judged_at is null
                order by at, decision limit :limit
                """)
            .param("from", Columns.time(from))
            .param("limit", limit)
            .query(String.class)
            .list());
  }

  /** Keeps what the judge came to. */
  public void judged(String decision, Instant at, String verdict) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                update sampled_decision set judged_at = :at, verdict = :verdict
                where decision = :decision
                """)
            .param("at", Columns.time(at))
            .param("verdict", Columns.text(verdict, 16))
            .param("decision", decision)
            .update());
  }

  /** What the judge cost on a day, in US dollars. */
  public double spent(LocalDate day) {
    return database
        .attempt(() ->
            database
                .sql()
                .sql("select usd from judge_spend where spent_on = :day")
                .param("day", day)
                .query(Double.class)
                .optional())
        .orElse(0.0);
  }

  /** Adds to what the judge cost on a day. */
  public void spend(LocalDate day, double usd) {
    database.transaction(() -> {
      int updated =
          database
              .sql()
              .sql("update judge_spend set usd = usd + :usd where spent_on = :day")
              .param("usd", usd)
              .param("day", day)
              .update();
      return updated > 0
          ? updated
          : database
              .sql()
              .sql("insert into judge_spend (spent_on, usd) values (:day, :usd)")
              .param("usd", usd)
              .param("day", day)
              .update();
    });
  }

  /**
   * What was said of an answer.
   *
   * @param score 0 (wrong) to 1 (right)
   * @param audit whether its decision is of the audit sample
   */
  public record Word(double score, boolean audit) {}

  /**
   * Everything that was said of the answers of a time, one word for each: the latest feedback, or
   * else the mean of its outcomes that weigh something. Feedback alone is what people chose to
   * give; the words on the audit sample are those of which nobody chose the decision.
   *
   * @param feedback only what was said in feedback, or all there is
   */
  public List<Word> words(Instant from, boolean feedback) {
    var said =
        feedback
            ? """
            select f.score, s.audit from decision d
            join feedback f on f.decision = d.id
            left join sampled_decision s on s.decision = d.id
            where d.at >= :from
              and f.seq = (select max(later.seq) from feedback later where later.decision = d.id)
            """
            : """
            select words.score, words.audit from (
              select s.audit, coalesce(
                (select f.score from feedback f where f.decision = s.decision order by f.seq desc limit 1),
                (select avg(o.correct) from outcome o where o.item = s.decision and o.weight > 0)) as score
              from sampled_decision s where s.at >= :from and s.audit = true) words
            where words.score is not null
            """;
    return database.attempt(() ->
        database
            .sql()
            .sql(said)
            .param("from", Columns.time(from))
            .query((row, number) -> new Word(row.getDouble("score"), row.getBoolean("audit")))
            .list());
  }

  /** Answers of the audit sample of a time, judged or not. */
  public long audited(Instant from) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select count(*) from sampled_decision s join decision d on d.id = s.decision
                where s.at >= :from and s.audit = true and d.failure is null
                """)
            .param("from", Columns.time(from))
            .query(Long.class)
            .single());
  }
}
