package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Jobs and what came of them. */
public final class JdbcJobs {
  private final Database database;

  public JdbcJobs(Database database) {
    this.database = database;
  }

  /** Keeps a job, or its new state. */
  public void keep(StoredJob job) {
    database.transaction(() -> {
      int updated =
          database
              .sql()
              .sql(
                  """
                  update job set state = :state, finished_at = :finished, result = :result,
                    failure = :failure
                  where id = :id
                  """)
              .param("state", job.state().name())
              .param("finished", Columns.timeOrNull(job.finished()))
              .param("result", textOrNull(job.result()))
              .param("failure", job.failure() == null ? null : Columns.sound(job.failure()))
              .param("id", job.id())
              .update();
      return updated == 0 ? insert(job) : updated;
    });
  }

  private int insert(StoredJob job) {
    return database
        .sql()
        .sql(
            """
            insert into job (id, kind, state, tenant, runner, created_at, asked)
            values (:id, :kind, :state, :tenant, :runner, :created, :asked)
            """)
        .param("id", job.id())
        .param("kind", job.kind())
        .param("state", job.state().name())
        .param("tenant", Columns.text(job.tenant(), 255))
        .param("runner", Columns.text(job.runner(), 255))
        .param("created", Columns.time(job.created()))
        .param("asked", Columns.sound(job.asked().toString()))
        .update();
  }

  /** Says of all unfinished jobs of a process that it stopped; for its next start. */
  public int interrupt(String runner, Instant now) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                update job set state = 'INTERRUPTED', finished_at = :now,
                  failure = 'the service stopped before this was done; ask again'
                where runner = :runner and state in ('QUEUED', 'RUNNING')
                """)
            .param("now", Columns.time(now))
            .param("runner", Columns.text(runner, 255))
            .update());
  }

  /** The job with this id. */
  public Optional<StoredJob> find(String id) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from job where id = :id")
            .param("id", id)
            .query((row, number) -> job(row))
            .optional());
  }

  /**
   * Jobs, newest first.
   *
   * @param kind of which alone; null for all
   * @param limit at most so many
   * @param after {@link Page#next} of the page before, or null for the first
   * @throws ExpertException {@code INVALID_REQUEST} when there is no job {@code after}
   */
  public Page<StoredJob> newest(@Nullable String kind, int limit, @Nullable String after) {
    var where = new StringBuilder("where true");
    Map<String, Object> values = new HashMap<>();
    if (kind != null) {
      where.append(" and kind = :kind");
      values.put("kind", kind);
    }
    if (after != null) {
      var last = find(after).orElseThrow(Page::unknown);
      where.append(" and (created_at < :created or (created_at = :created and id < :id))");
      values.put("created", Columns.time(last.created()));
      values.put("id", last.id());
    }
    values.put("limit", limit + 1);
    var found =
        database.attempt(() ->
            database
                .sql()
                .sql(
                    "select * from job %s order by created_at desc, id desc limit :limit"
                        .formatted(where))
                .params(values)
                .query((row, number) -> job(row))
                .list());
    return Page.of(found, limit, StoredJob::id);
  }

  /** Jobs of a kind that were done, newest first. */
  public List<StoredJob> done(String kind) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select * from job where kind = :kind and state = 'DONE'
                order by created_at desc, id desc
                """)
            .param("kind", kind)
            .query((row, number) -> job(row))
            .list());
  }

  private static StoredJob job(ResultSet row) throws SQLException {
    var result = row.getString("result");
    return new StoredJob(
        row.getString("id"),
        row.getString("kind"),
        StoredJob.State.valueOf(row.getString("state")),
        row.getString("tenant"),
        row.getString("runner"),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "finished_at"),
        object(row.getString("asked")),
        result == null ? null : object(result),
        row.getString("failure"));
  }

  private static ObjectNode object(String json) {
    return Json.object(json.getBytes(StandardCharsets.UTF_8), "a job in the store");
  }

  private static @Nullable String textOrNull(@Nullable ObjectNode node) {
    return node == null ? null : Columns.sound(node.toString());
  }
}
