package io.consilium.expert.jdbc;

import io.consilium.expert.Json;
import io.consilium.expert.jdbc.StoredBatch.Counts;
import io.consilium.expert.jdbc.StoredBatch.State;
import io.consilium.expert.jdbc.StoredBatch.Times;
import io.consilium.expert.jdbc.StoredFile.Owner;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Batches, and what came of their lines until that stands in their files. */
public final class JdbcBatches {
  private static final int PAGE = 200;

  private final Database database;
  private final JdbcFiles files;

  public JdbcBatches(Database database, JdbcFiles files) {
    this.database = database;
    this.files = files;
  }

  /** Keeps a new batch. */
  public void keep(StoredBatch batch) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                insert into batch
                  (id, tenant, owner, record, endpoint, input_file, time_window,
                   keep_seconds, metadata, state, created_at, expires_at, total, completed, failed)
                values
                  (:id, :tenant, :owner, :record, :endpoint, :input, :window,
                   :keep, :metadata, :state, :created, :expires, 0, 0, 0)
                """)
            .param("id", batch.id())
            .param("tenant", Columns.text(batch.owner().tenant(), 255))
            .param("owner", Columns.text(batch.owner().key(), 255))
            .param("record", batch.record())
            .param("endpoint", batch.endpoint())
            .param("input", batch.input())
            .param("window", batch.window())
            .param("keep", batch.keepSeconds())
            .param("metadata", text(batch.metadata()))
            .param("state", batch.state().name())
            .param("created", Columns.time(batch.times().created()))
            .param("expires", Columns.time(batch.times().expires()))
            .update());
  }

  /** The batch with this id, whoever's it is; its lines are counted while it runs. */
  public Optional<StoredBatch> find(String id) {
    return database
        .attempt(() ->
            database
                .sql()
                .sql("select * from batch where id = :id")
                .param("id", id)
                .query((row, number) -> batch(row))
                .optional())
        .map(this::counted);
  }

  /** The owner's batch with this id. */
  public Optional<StoredBatch> find(String id, Owner owner) {
    return find(id).filter(batch -> batch.owner().equals(owner));
  }

  /**
   * The owner's batches, newest first.
   *
   * @param after the id of the last batch of the page before, or null
   */
  public Page<StoredBatch> list(Owner owner, int limit, @Nullable String after) {
    var found =
        database
            .attempt(() ->
                database
                    .sql()
                    .sql(
                        """
                        select * from batch where tenant = :tenant and owner = :owner
                          and (cast(:after as varchar) is null or id < cast(:after as varchar))
                        order by id desc limit :limit
                        """)
                    .param("tenant", owner.tenant())
                    .param("owner", owner.key())
                    .param("after", after)
                    .param("limit", limit + 1)
                    .query((row, number) -> batch(row))
                    .list())
            .stream()
            .map(this::counted)
            .toList();
    return Page.of(found, limit, StoredBatch::id);
  }

  /** Whether a batch that has not ended reads this file. */
  public Optional<String> readerOf(String file) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select id from batch where input_file = :file and ended_at is null limit 1")
            .param("file", file)
            .query(String.class)
            .optional());
  }

  private StoredBatch counted(StoredBatch batch) {
    if (batch.state().ended()) {
      return batch;
    }
    var counts = new int[2];
    database.attempt(() ->
        database
            .sql()
            .sql("select ok, count(*) as n from batch_line where batch = :id group by ok")
            .param("id", batch.id())
            .query((row, number) -> counts[row.getBoolean("ok") ? 0 : 1] = row.getInt("n"))
            .list());
    return new StoredBatch(
        batch.id(),
        batch.owner(),
        batch.record(),
        batch.endpoint(),
        batch.input(),
        batch.window(),
        batch.keepSeconds(),
        batch.metadata(),
        batch.state(),
        batch.times(),
        new Counts(batch.counts().total(), counts[0], counts[1]),
        batch.output(),
        batch.error(),
        batch.errors());
  }

  /** How far a batch is; empty when there is none. */
  public Optional<State> state(String id) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select state from batch where id = :id")
            .param("id", id)
            .query((row, number) -> State.valueOf(row.getString("state")))
            .optional());
  }

  /** Says that its lines were read; nothing when it is no longer being validated. */
  public void begin(String id, int total, Instant now) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                update batch set state = 'IN_PROGRESS', begun_at = :now, total = :total
                where id = :id and state = 'VALIDATING'
                """)
            .param("now", Columns.time(now))
            .param("total", total)
            .param("id", id)
            .update());
  }

  /** Says that its files are being written; nothing when it is being cancelled. */
  public void finalizing(String id, Instant now) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                update batch set state = 'FINALIZING', finalizing_at = :now
                where id = :id and state = 'IN_PROGRESS'
                """)
            .param("now", Columns.time(now))
            .param("id", id)
            .update());
  }

  /** Has it stop; whether there was anything to stop. */
  public boolean cancel(String id, Instant now) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                update batch set state = 'CANCELLING', cancelling_at = :now
                where id = :id and state in ('VALIDATING', 'IN_PROGRESS')
                """)
            .param("now", Columns.time(now))
            .param("id", id)
            .update())
        > 0;
  }

  /** Ends a batch of which nothing could be asked. */
  public void fail(String id, ArrayNode errors, Instant now) {
    database.transaction(() -> {
      int failed =
          database
              .sql()
              .sql(
                  """
                  update batch set state = 'FAILED', ended_at = :now, errors = :errors
                  where id = :id and ended_at is null
                  """)
              .param("now", Columns.time(now))
              .param("errors", Columns.sound(errors.toString()))
              .param("id", id)
              .update();
      return failed + dropLines(id);
    });
  }

  private int dropLines(String id) {
    return database.sql().sql("delete from batch_line where batch = :id").param("id", id).update();
  }

  /** Keeps what came of a line; what came of it first stays. */
  public void line(String id, int line, boolean ok, JsonNode said) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                insert into batch_line (batch, line, ok, json) values (:id, :line, :ok, :json)
                on conflict do nothing
                """)
            .param("id", id)
            .param("line", line)
            .param("ok", ok)
            .param("json", Columns.sound(said.toString()))
            .update());
  }

  /** The numbers of the lines of which something came. */
  public BitSet lines(String id) {
    var lines = new BitSet();
    database.stream(
        "select line from batch_line where batch = ?", row -> lines.set(row.getInt("line")), id);
    return lines;
  }

  /**
   * The files a batch ends with.
   *
   * @param output for answers
   * @param error for lines that were not answered
   */
  public record Files(StoredFile output, StoredFile error) {}

  /**
   * Ends a batch: what came of its lines becomes its files, in the order of the input; a file that
   * would be empty is none. All or nothing, and once only, whoever else tries the same.
   */
  public void finish(String id, State end, Files ends, Instant now) {
    database.transaction(() -> {
      int mine =
          database
              .sql()
              .sql(
                  """
                  update batch set state = :state, ended_at = :now
                  where id = :id and ended_at is null
                  """)
              .param("state", end.name())
              .param("now", Columns.time(now))
              .param("id", id)
              .update();
      if (mine == 0) {
        return 0;
      }
      int completed = gather(id, true, ends.output());
      int failed = gather(id, false, ends.error());
      database
          .sql()
          .sql(
              """
              update batch set completed = :completed, failed = :failed, output_file = :output,
                error_file = :error
              where id = :id
              """)
          .param("completed", completed)
          .param("failed", failed)
          .param("output", completed > 0 ? ends.output().id() : null)
          .param("error", failed > 0 ? ends.error().id() : null)
          .param("id", id)
          .update();
      return dropLines(id);
    });
  }

  private int gather(String id, boolean ok, StoredFile into) {
    int count = 0;
    int after = -1;
    var page = page(id, ok, after);
    if (page.isEmpty()) {
      return 0;
    }
    try (var pieces = files.begin(into)) {
      while (!page.isEmpty()) {
        for (var line : page) {
          pieces.write(line.json().getBytes(StandardCharsets.UTF_8));
          pieces.write('\n');
          after = line.number();
          count++;
        }
        page = page(id, ok, after);
      }
      var _ = pieces.end();
      return count;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e); // pieces go into the store
    }
  }

  private record Line(int number, String json) {}

  private List<Line> page(String id, boolean ok, int after) {
    return database
        .sql()
        .sql(
            """
            select line, json from batch_line where batch = :id and ok = :ok and line > :after
            order by line limit :limit
            """)
        .param("id", id)
        .param("ok", ok)
        .param("after", after)
        .param("limit", PAGE)
        .query((row, number) -> new Line(row.getInt("line"), row.getString("json")))
        .list();
  }

  /** Forgets the batches that ended before a moment. */
  public int forget(Instant before) {
    return database.attempt(() ->
        database
            .sql()
            .sql("delete from batch where ended_at < :before")
            .param("before", Columns.time(before))
            .update());
  }

  private static StoredBatch batch(ResultSet row) throws SQLException {
    var keep = row.getObject("keep_seconds", Long.class);
    var metadata = row.getString("metadata");
    var errors = row.getString("errors");
    return new StoredBatch(
        row.getString("id"),
        new Owner(row.getString("tenant"), row.getString("owner")),
        row.getBoolean("record"),
        row.getString("endpoint"),
        row.getString("input_file"),
        row.getString("time_window"),
        keep,
        metadata == null ? null : (ObjectNode) Json.MAPPER.readTree(metadata),
        State.valueOf(row.getString("state")),
        new Times(
            Columns.instant(row, "created_at"),
            Columns.instant(row, "expires_at"),
            Columns.instantOrNull(row, "begun_at"),
            Columns.instantOrNull(row, "finalizing_at"),
            Columns.instantOrNull(row, "cancelling_at"),
            Columns.instantOrNull(row, "ended_at")),
        new Counts(row.getInt("total"), row.getInt("completed"), row.getInt("failed")),
        row.getString("output_file"),
        row.getString("error_file"),
        errors == null ? null : (ArrayNode) Json.MAPPER.readTree(errors));
  }

  private static @Nullable String text(@Nullable ObjectNode node) {
    return node == null ? null : Columns.sound(node.toString());
  }
}
