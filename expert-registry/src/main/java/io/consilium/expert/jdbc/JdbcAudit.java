package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who changed what, newest first. Nothing is ever taken out. */
public final class JdbcAudit {
  /** The most entries one page holds. */
  public static final int MOST = 500;

  private final Database database;

  /**
   * One change.
   *
   * @param key the id of the API key it was made with; null when none was needed, or nobody did it
   * @param actor the role it was made with, or {@code consilium} when the service did it itself
   * @param action what was done, such as {@code PUT} or {@code breaker}
   * @param subject what it was done to: a path of the API, or an expert
   * @param note what else is worth knowing; may be empty
   */
  public record Change(
      Instant at, @Nullable String key, String actor, String action, String subject, String note) {}

  private record Row(long seq, Change change) {}

  public JdbcAudit(Database database) {
    this.database = database;
  }

  /** Keeps a change. */
  public void keep(Change change) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                insert into audit (at, api_key, actor, action, subject, note)
                values (:at, :key, :actor, :action, :subject, :note)
                """)
            .param("at", Columns.time(change.at()))
            .param("key", Columns.textOrNull(change.key(), 255))
            .param("actor", Columns.text(change.actor(), 255))
            .param("action", Columns.text(change.action(), 64))
            .param("subject", Columns.text(change.subject(), 512))
            .param("note", Columns.text(change.note(), 1024))
            .update());
  }

  /**
   * Changes, newest first.
   *
   * @param about part of their subject, or null for all
   * @param after {@link Page#next} of the page before, or null for the first
   */
  public Page<Change> list(@Nullable String about, int limit, @Nullable String after) {
    if (limit < 1 || limit > MOST) {
      throw ExpertException.invalid("limit", "limit must be from 1 to " + MOST);
    }
    var where = new StringBuilder("where true");
    Map<String, Object> values = new HashMap<>();
    if (about != null) {
      where.append(" and position(:about in subject) > 0");
      values.put("about", about);
    }
    if (after != null) {
      where.append(" and seq < :after");
      values.put("after", mark(after));
    }
    values.put("limit", limit + 1);
    var found =
        database.attempt(() ->
            database
                .sql()
                .sql("select * from audit %s order by seq desc limit :limit".formatted(where))
                .params(values)
                .query((row, number) ->
                    new Row(
                        row.getLong("seq"),
                        new Change(
                            Columns.instant(row, "at"),
                            row.getString("api_key"),
                            row.getString("actor"),
                            row.getString("action"),
                            row.getString("subject"),
                            row.getString("note"))))
                .list());
    boolean more = found.size() > limit;
    List<Row> page = more ? found.subList(0, limit) : found;
    return new Page<>(
        page.stream().map(Row::change).toList(), more ? Long.toString(page.getLast().seq()) : null);
  }

  private static long mark(String after) {
    try {
      return Long.parseLong(after);
    } catch (NumberFormatException e) {
      throw Page.unknown();
    }
  }
}
