package io.consilium.expert.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What decisions add up to over a time, summed by the database over an index that holds all it
 * needs. A hundred thousand decisions take a fraction of a second; ask no more often than people
 * look.
 */
public final class JdbcTraffic {
  /** The part of a percentile over an ordered column. */
  private static final String P50 = "percentile_cont(0.5) within group (order by %s)";

  private static final String P99 = "percentile_cont(0.99) within group (order by %s)";

  private static final String SUMS =
      """
      count(*) n, count(failure) failed, sum(case when plan = 'abstain' then 1 else 0 end) abstained,
      sum(usd) usd, %s p50, %s p99, %s own50, %s own99
      """
          .formatted(
              P50.formatted("millis"),
              P99.formatted("millis"),
              P50.formatted("own_millis"),
              P99.formatted("own_millis"));

  /** Everyone asked in a time: the first of a decision stands in it, the others beside it. */
  private static final String ASKED =
      """
      select d.expert, d.at, coalesce(d.expert_usd, d.usd) usd, coalesce(d.expert_millis, d.millis) millis,
        coalesce(d.expert_failed, d.failure is not null) failed
      from decision d where d.at >= :from and d.at < :to and d.expert is not null
      union all
      select e.expert, e.at, e.usd, e.millis, e.failed
      from decision_expert e where e.at >= :from and e.at < :to
      """;

  private final Database database;

  /**
   * What decisions add up to.
   *
   * @param requests how many there were
   * @param failed of these, without an answer
   * @param abstained of these, where nobody was asked
   * @param usd they cost
   * @param p50 median milliseconds from arrival to the last byte; null where there was none
   * @param p99 99th percentile of these
   * @param own50 median milliseconds spent by Consilium itself, where known
   * @param own99 99th percentile of these
   */
  public record Sums(
      long requests,
      long failed,
      long abstained,
      double usd,
      @Nullable Double p50,
      @Nullable Double p99,
      @Nullable Double own50,
      @Nullable Double own99) {}

  /** The sums of one step of time, which begins at {@code at}. */
  public record Step(Instant at, Sums sums) {}

  /**
   * What one expert did in one step of time.
   *
   * @param calls in how many decisions it was asked
   * @param millis it took in all, where known
   */
  public record Work(
      String expert, Instant at, long calls, long failed, double usd, double millis) {}

  /** What was asked with one key; null for questions without. */
  public record Use(@Nullable String key, long requests, double usd) {}

  public JdbcTraffic(Database database) {
    this.database = database;
  }

  /** The sums of a time, the end excluded. */
  public Sums sums(Instant from, Instant to) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select %s from decision where at >= :from and at < :to".formatted(SUMS))
            .params(between(from, to))
            .query((row, number) -> sums(row))
            .single());
  }

  /** The sums of every step in which there were decisions, in order. */
  public List<Step> steps(Instant from, Instant to, Duration step) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select slot, %s from (
                  select %s slot, plan, failure, usd, millis, own_millis
                  from decision d where at >= :from and at < :to) slotted
                group by slot order by slot
                """
                    .formatted(SUMS, slot(step)))
            .params(between(from, to))
            .query((row, number) -> new Step(at(row, step), sums(row)))
            .list());
  }

  /** What every expert did in every step of a time. */
  public List<Work> work(Instant from, Instant to, Duration step) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select expert, slot, count(*) n, sum(case when failed then 1 else 0 end) failed,
                  sum(usd) usd, sum(millis) millis
                from (select d.expert, %s slot, d.usd, d.millis, d.failed from (%s) d) slotted
                group by expert, slot order by expert, slot
                """
                    .formatted(slot(step), ASKED))
            .params(between(from, to))
            .query((row, number) ->
                new Work(
                    row.getString("expert"),
                    at(row, step),
                    row.getLong("n"),
                    row.getLong("failed"),
                    row.getDouble("usd"),
                    row.getDouble("millis")))
            .list());
  }

  /** What was asked and paid with each key, the dearest first. */
  public List<Use> use(Instant from, Instant to) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select api_key, count(*) n, sum(usd) usd from decision
                where at >= :from and at < :to group by api_key order by usd desc, n desc
                """)
            .params(between(from, to))
            .query((row, number) ->
                new Use(row.getString("api_key"), row.getLong("n"), row.getDouble("usd")))
            .list());
  }

  private static Map<String, Object> between(Instant from, Instant to) {
    return Map.of("from", Columns.time(from), "to", Columns.time(to));
  }

  /** A number of steps since 1970; the step is ours, so it may stand in the text. */
  private static String slot(Duration step) {
    return "cast(floor(extract(epoch from d.at) / %d) as bigint)".formatted(step.toSeconds());
  }

  private static Instant at(ResultSet row, Duration step) throws SQLException {
    return Instant.ofEpochSecond(row.getLong("slot") * step.toSeconds());
  }

  private static Sums sums(ResultSet row) throws SQLException {
    return new Sums(
        row.getLong("n"),
        row.getLong("failed"),
        row.getLong("abstained"),
        row.getDouble("usd"),
        number(row, "p50"),
        number(row, "p99"),
        number(row, "own50"),
        number(row, "own99"));
  }

  private static @Nullable Double number(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? null : value;
  }
}
