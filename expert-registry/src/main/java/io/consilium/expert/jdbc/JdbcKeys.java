package io.consilium.expert.jdbc;

import io.consilium.expert.ApiKey;
import io.consilium.expert.Caching;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * API keys: 256 random bits each, kept as SHA-256. Looking one up is a hash and a map access; the
 * database is asked when keys are made, withdrawn or {@linkplain #refresh refreshed}.
 */
public final class JdbcKeys {
  /** Starts every key, so that leak scanners know them. */
  public static final String PREFIX = "consilium_";

  private final Database database;
  private final SecureRandom random;
  private final Clock clock;
  private final Map<String, Hashed> configured = new ConcurrentHashMap<>();
  private volatile Map<String, Hashed> stored = Map.of();

  private record Hashed(byte[] hash, ApiKey key) {}

  /**
   * A key just made.
   *
   * @param clear the key itself; this is the only time it is known
   */
  public record Made(ApiKey key, String clear) {
    /** Without the key. */
    @Override
    public String toString() {
      return "Made[key=" + key + "]";
    }
  }

  public JdbcKeys(Database database, SecureRandom random, Clock clock) {
    this.database = database;
    this.random = random;
    this.clock = clock;
    refresh();
  }

  /** Makes a key with which answers may be cached and learnt from, and keeps its hash. */
  public Made make(
      String name,
      String tenant,
      ApiKey.Access access,
      boolean recordContent,
      @Nullable Instant expires) {
    return make(name, tenant, access, recordContent, expires, Caching.SEMANTIC, true);
  }

  /** Makes a key and keeps its hash. */
  public Made make(
      String name,
      String tenant,
      ApiKey.Access access,
      boolean recordContent,
      @Nullable Instant expires,
      Caching caching,
      boolean teaches) {
    var bits = new byte[32];
    random.nextBytes(bits);
    var clear = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    var hash = sha256(clear);
    var id = "key_" + HexFormat.of().formatHex(hash, 0, 8);
    var key =
        new ApiKey(
            id,
            name,
            tenant,
            access,
            recordContent,
            clock.instant(),
            expires,
            null,
            caching,
            teaches);
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                insert into api_key
                  (id, hash, name, tenant, access, record_content, created_at, expires_at, caching,
                   teaches)
                values (:id, :hash, :name, :tenant, :access, :record, :created, :expires, :caching,
                        :teaches)
                """)
            .param("id", id)
            .param("hash", hash)
            .param("name", Columns.text(name, 255))
            .param("tenant", Columns.text(tenant, 255))
            .param("access", access.name())
            .param("record", recordContent)
            .param("created", Columns.time(key.created()))
            .param("expires", Columns.timeOrNull(expires))
            .param("caching", caching.name())
            .param("teaches", teaches)
            .update());
    refresh();
    return new Made(key, clear);
  }

  /**
   * Lets a key from the configuration in, as long as the process runs; it is never stored.
   *
   * @throws ExpertException {@link FailureKind#CONFIGURATION} when it is too short to be safe
   */
  public ApiKey admit(String clear, String name, ApiKey.Access access) {
    if (clear.strip().length() < 16) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the key '%s' is too short: use at least 16 random characters".formatted(name));
    }
    var hash = sha256(clear.strip());
    var key = new ApiKey("key_" + name, name, "default", access, true, clock.instant(), null, null);
    configured.put(hex(hash), new Hashed(hash, key));
    return key;
  }

  /** The working key that was sent; empty when it is unknown, expired or withdrawn. */
  public Optional<ApiKey> find(String clear) {
    var hash = sha256(clear.strip());
    var hex = hex(hash);
    var found = configured.get(hex);
    if (found == null) {
      found = stored.get(hex);
    }
    if (found == null || !MessageDigest.isEqual(found.hash(), hash)) {
      return Optional.empty();
    }
    return Optional.of(found.key()).filter(key -> key.worksAt(clock.instant()));
  }

  /** The working key with this id; empty when it is unknown, expired or withdrawn. */
  public Optional<ApiKey> withId(String id) {
    return Stream.concat(configured.values().stream(), stored.values().stream())
        .map(Hashed::key)
        .filter(key -> key.id().equals(id) && key.worksAt(clock.instant()))
        .findFirst();
  }

  /**
   * Whether what is said of answers given under this key teaches everybody; of a key that is not
   * known, or none, it does.
   */
  public boolean teaches(@Nullable String id) {
    return id == null
        || stored.values().stream()
            .map(Hashed::key)
            .filter(key -> key.id().equals(id))
            .allMatch(ApiKey::teaches);
  }

  /**
   * Stored keys, newest first, withdrawn ones too.
   *
   * @param about part of a name, id or tenant, whatever its case; null for all
   * @param limit at most so many
   * @param after {@link Page#next} of the page before, or null for the first
   * @throws ExpertException {@link FailureKind#INVALID_REQUEST} when there is no key {@code after}
   */
  public Page<ApiKey> list(@Nullable String about, int limit, @Nullable String after) {
    var where = new StringBuilder("where true");
    Map<String, Object> values = new HashMap<>();
    if (about != null && !about.isBlank()) {
      where.append(" and position(:about in lower(name || ' ' || id || ' ' || tenant)) > 0");
      values.put("about", about.strip().toLowerCase(Locale.ROOT));
    }
    if (after != null) {
      var last =
          read("where id = :id", Map.of("id", after)).stream()
              .findFirst()
              .orElseThrow(Page::unknown);
      where.append(" and (created_at < :created or (created_at = :created and id < :id))");
      values.put("created", Columns.time(last.created()));
      values.put("id", last.id());
    }
    values.put("limit", limit + 1);
    var found = read(where + " order by created_at desc, id desc limit :limit", values);
    return Page.of(found, limit, ApiKey::id);
  }

  private List<ApiKey> read(String where, Map<String, ?> values) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from api_key " + where)
            .params(values)
            .query((row, number) -> key(row))
            .list());
  }

  /**
   * Changes what a key may and keeps; the key itself stays, and so do its id and tenant.
   *
   * @param change makes the new state out of the one on record; nobody else changes it meanwhile
   * @throws ExpertException {@link FailureKind#NOT_FOUND} when there is none, {@link
   *     FailureKind#CONFLICT} when it was withdrawn
   */
  public ApiKey change(String id, UnaryOperator<ApiKey> change) {
    var changed =
        database.transaction(() -> {
          var before =
              read("where id = :id for update", Map.of("id", id)).stream()
                  .findFirst()
                  .orElseThrow(() -> unknown(id));
          if (before.revoked() != null) {
            throw new ExpertException(
                FailureKind.CONFLICT,
                "key '%s' was revoked and stays so: make another".formatted(id));
          }
          var after = change.apply(before);
          database
              .sql()
              .sql(
                  """
                  update api_key set name = :name, access = :access, record_content = :record,
                    expires_at = :expires, caching = :caching, teaches = :teaches
                  where id = :id
                  """)
              .param("id", id)
              .param("name", Columns.text(after.name(), 255))
              .param("access", after.access().name())
              .param("record", after.recordContent())
              .param("expires", Columns.timeOrNull(after.expires()))
              .param("caching", after.caching().name())
              .param("teaches", after.teaches())
              .update();
          return after;
        });
    refresh();
    return changed;
  }

  private static ExpertException unknown(String id) {
    return new ExpertException(FailureKind.NOT_FOUND, "there is no key '%s'".formatted(id));
  }

  /** Withdraws a key; it stays on record. {@link FailureKind#NOT_FOUND} when there is none. */
  public ApiKey revoke(String id) {
    database.attempt(() ->
        database
            .sql()
            .sql("update api_key set revoked_at = :now where id = :id and revoked_at is null")
            .param("now", Columns.time(clock.instant()))
            .param("id", id)
            .update());
    refresh();
    return stored.values().stream()
        .map(Hashed::key)
        .filter(key -> key.id().equals(id))
        .findFirst()
        .orElseThrow(() -> unknown(id));
  }

  /** Reads the keys again; for changes made by other processes. */
  public void refresh() {
    Map<String, Hashed> all = new HashMap<>();
    var hashed =
        database.attempt(() ->
            database
                .sql()
                .sql("select * from api_key")
                .query((row, number) -> new Hashed(row.getBytes("hash"), key(row)))
                .list());
    hashed.forEach(each -> all.put(hex(each.hash()), each));
    stored = Map.copyOf(all);
  }

  private static ApiKey key(ResultSet row) throws SQLException {
    return new ApiKey(
        row.getString("id"),
        row.getString("name"),
        row.getString("tenant"),
        ApiKey.Access.valueOf(row.getString("access")),
        row.getBoolean("record_content"),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "expires_at"),
        Columns.instantOrNull(row, "revoked_at"),
        Caching.valueOf(row.getString("caching")),
        row.getBoolean("teaches"));
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
