package io.consilium.expert.jdbc;

import io.consilium.expert.Credit;
import java.util.List;

/** What members brought to the answers of panels. */
public final class JdbcCredits {
  private final Database database;

  public JdbcCredits(Database database) {
    this.database = database;
  }

  /**
   * An expert over all panels on record.
   *
   * @param panels in how many it answered
   * @param contribution its mean contribution, −1 to 1
   */
  public record Share(String expert, long panels, double contribution) {}

  /** Keeps the credits of one decision in place of those it had; its decision must be on record. */
  public void keep(String decision, List<Credit> credits) {
    database.transaction(() -> {
      database
          .sql()
          .sql("delete from credit where decision = :decision")
          .param("decision", decision)
          .update();
      for (var credit : credits) {
        database
            .sql()
            .sql(
                """
                insert into credit
                  (decision, expert, version, at, tenant, aggregator, fused, left_out)
                values (:decision, :expert, :version, :at, :tenant, :aggregator, :fused, :left)
                """)
            .param("decision", decision)
            .param("expert", Columns.text(credit.expert(), 128))
            .param("version", credit.version())
            .param("at", Columns.time(credit.at()))
            .param("tenant", Columns.text(credit.tenant(), 255))
            .param("aggregator", Columns.text(credit.aggregator(), 255))
            .param("fused", credit.with())
            .param("left", credit.without())
            .update();
      }
      return credits.size();
    });
  }

  /** The credits of a decision, by expert. */
  public List<Credit> of(String decision) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from credit where decision = :decision order by expert, version")
            .param("decision", decision)
            .query((row, number) ->
                new Credit(
                    row.getString("decision"),
                    row.getString("expert"),
                    row.getInt("version"),
                    Columns.instant(row, "at"),
                    row.getString("tenant"),
                    row.getString("aggregator"),
                    row.getDouble("fused"),
                    row.getDouble("left_out")))
            .list());
  }

  /** Every expert that was credited, the one that brought most first. */
  public List<Share> shares() {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select expert, count(*) as panels, avg(fused - left_out) as contribution
                from credit group by expert order by contribution desc, expert
                """)
            .query((row, number) ->
                new Share(
                    row.getString("expert"), row.getLong("panels"), row.getDouble("contribution")))
            .list());
  }
}
