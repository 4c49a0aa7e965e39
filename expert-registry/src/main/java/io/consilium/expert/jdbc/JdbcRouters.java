package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Versions of the router: opaque bytes and what is known of them. At most one is promoted, and at
 * most one is on trial.
 */
public final class JdbcRouters {
  /** The embedded store takes a binary value of one mebibyte at most. */
  private static final int PART = 512 * 1024;

  private final Database database;

  public JdbcRouters(Database database) {
    this.database = database;
  }

  /** Keeps a version with its bytes, all or nothing. */
  public void keep(StoredRouter router, byte[] bytes) {
    List<Object[]> parts = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += PART) {
      parts.add(
          new Object[] {
            router.id(),
            parts.size(),
            Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PART))
          });
    }
    database.transaction(() -> {
      database
          .sql()
          .sql(
              """
              insert into router_version
                (id, created_at, state, promoted_at, embedder, fingerprint, experts, metrics)
              values (:id, :created, :state, :promoted, :embedder, :fingerprint, :experts, :metrics)
              """)
          .param("id", router.id())
          .param("created", Columns.time(router.created()))
          .param("state", router.state().name())
          .param("promoted", Columns.timeOrNull(router.promoted()))
          .param("embedder", Columns.text(router.embedder(), 255))
          .param("fingerprint", Columns.text(router.fingerprint(), 128))
          .param("experts", Columns.sound(Json.MAPPER.writeValueAsString(router.experts())))
          .param("metrics", Columns.sound(router.metrics().toString()))
          .update();
      return database.batch(
          "insert into router_part (version, part, bytes) values (?, ?, ?)", parts);
    });
  }

  /** Every version, newest first. */
  public List<StoredRouter> list() {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from router_version order by created_at desc, id desc")
            .query((row, number) -> router(row))
            .list());
  }

  /** The version with this id. */
  public Optional<StoredRouter> find(String id) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from router_version where id = :id")
            .param("id", id)
            .query((row, number) -> router(row))
            .optional());
  }

  /** The version that serves. */
  public Optional<StoredRouter> promoted() {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select * from router_version where state = 'PROMOTED'
                order by promoted_at desc, id desc limit 1
                """)
            .query((row, number) -> router(row))
            .optional());
  }

  /** The version on trial, as a shadow or a canary. */
  public Optional<StoredRouter> onTrial() {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select * from router_version where state in ('SHADOW', 'CANARY')
                order by id desc limit 1
                """)
            .query((row, number) -> router(row))
            .optional());
  }

  /** The version that served before the one that does. */
  public Optional<StoredRouter> before() {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select * from router_version where state = 'RETIRED' and promoted_at is not null
                order by promoted_at desc, id desc limit 1
                """)
            .query((row, number) -> router(row))
            .optional());
  }

  /**
   * Puts a version on trial, in place of any other; {@link FailureKind#NOT_FOUND} when there is
   * none. The one that serves cannot be.
   *
   * @param state shadow or canary
   * @param share of questions it decides, as a canary
   */
  public StoredRouter tryOut(String id, StoredRouter.State state, double share) {
    return database.transaction(() -> {
      endTrials();
      database
          .sql()
          .sql(
              """
              update router_version set state = :state, share = :share
              where id = :id and state <> 'PROMOTED'
              """)
          .param("state", state.name())
          .param("share", share)
          .param("id", id)
          .update();
      return find(id).orElseThrow(() -> unknown(id));
    });
  }

  /** Ends the trial, if there is one: the version is what it was before. */
  public void endTrial() {
    database.transaction(this::endTrials);
  }

  private int endTrials() {
    return database
        .sql()
        .sql(
            """
            update router_version set share = 0,
              state = case when promoted_at is null then 'DRAFT' else 'RETIRED' end
            where state in ('SHADOW', 'CANARY')
            """)
        .update();
  }

  /** The bytes of a version, whole; {@link FailureKind#NOT_FOUND} when there is none. */
  public byte[] bytes(String id) {
    var whole = new ByteArrayOutputStream();
    database
        .attempt(() ->
            database
                .sql()
                .sql("select bytes from router_part where version = :id order by part")
                .param("id", id)
                .query((row, number) -> row.getBytes("bytes"))
                .list())
        .forEach(whole::writeBytes);
    if (whole.size() == 0) {
      throw unknown(id);
    }
    return whole.toByteArray();
  }

  /** Makes this version the one that serves; {@link FailureKind#NOT_FOUND} when there is none. */
  public StoredRouter promote(String id, Instant now) {
    return database.transaction(() -> {
      database
          .sql()
          .sql("update router_version set state = 'RETIRED' where state = 'PROMOTED' and id <> :id")
          .param("id", id)
          .update();
      database
          .sql()
          .sql(
              """
              update router_version set state = 'PROMOTED', share = 0, promoted_at = :now
              where id = :id
              """)
          .param("now", Columns.time(now))
          .param("id", id)
          .update();
      // nobody is retired for a version that does not exist: the transaction is rolled back
      return find(id).orElseThrow(() -> unknown(id));
    });
  }

  private static ExpertException unknown(String id) {
    return new ExpertException(
        FailureKind.NOT_FOUND,
        "there is no router version '%s'; GET /v1/routers lists them".formatted(id));
  }

  private static StoredRouter router(ResultSet row) throws SQLException {
    List<String> experts = new ArrayList<>();
    Json.MAPPER.readTree(row.getString("experts")).forEach(name -> experts.add(name.asString("")));
    return new StoredRouter(
        row.getString("id"),
        Columns.instant(row, "created_at"),
        StoredRouter.State.valueOf(row.getString("state")),
        row.getDouble("share"),
        Columns.instantOrNull(row, "promoted_at"),
        row.getString("embedder"),
        row.getString("fingerprint"),
        experts,
        Json.object(
            row.getString("metrics").getBytes(StandardCharsets.UTF_8), "metrics in the store"));
  }
}
