package io.consilium.expert.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ParameterizedPreparedStatementSetter;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The store's connections: the embedded database in a folder, or PostgreSQL. Opening brings the
 * schema up to date; both speak the same SQL. Safe for concurrent use; calls block.
 */
public final class Database implements AutoCloseable {
  private static final String H2_MODE =
      ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_ON_EXIT=FALSE"
          // kilobytes; what was just written is rarely read, and keeping it busies the collector
          + ";CACHE_SIZE=2048"
          // what goes wrong is thrown; on a full disk H2 would write it all down beside the data
          + ";TRACE_LEVEL_FILE=0";

  /**
   * Not H2's usual file, which closes for everybody when a thread that reads or writes it is
   * interrupted: this one is read and written by threads of its own, which nobody interrupts.
   */
  private static final String FILE = "jdbc:h2:async:";

  /** H2's number for a database that was closed. */
  private static final int CLOSED = 90_098;

  /** A server that is silent for so long in the middle of a statement is taken to be gone. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  /** The same for what may sort or copy much before it says a word. */
  private static final Duration LONG_SILENCE = Duration.ofHours(1);

  private static final String COMMON = "classpath:db/migration/common";
  private static final String POSTGRESQL = "classpath:db/migration/postgresql";

  /** As PostgreSQL writes it. */
  private static final int OLDEST = 150_000;

  /** Has half-precision vectors. */
  private static final MigrationVersion OLDEST_VECTORS = MigrationVersion.fromVersion("0.7");

  /** SQL state: insufficient privilege. */
  private static final String NO_RIGHT = "42501";

  private final String shown;
  private final @Nullable DatabaseUrl address;
  private final HikariDataSource pool;
  private final JdbcClient client;
  private final JdbcTemplate template;
  private final TransactionTemplate transactions;

  private Database(String shown, @Nullable DatabaseUrl address, HikariConfig config) {
    this.shown = shown;
    this.address = address;
    this.pool = new HikariDataSource(config);
    this.client = JdbcClient.create(pool);
    this.template = new JdbcTemplate(pool);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
  }

  /**
   * Opens the database at {@code url}, or the embedded one in {@code home} when {@code url} is null
   * or blank.
   *
   * @param url {@code postgresql://USER:PASSWORD@HOST:PORT/NAME} or {@code jdbc:postgresql://…}
   * @throws ExpertException {@link FailureKind#CONFIGURATION} when it cannot be opened; never shows
   *     the password
   */
  public static Database open(@Nullable String url, Path home) {
    return url == null || url.isBlank() ? embedded(home) : postgres(url);
  }

  /** A fresh embedded database that lasts until it is closed. */
  public static Database inMemory() {
    var config = new HikariConfig();
    config.setJdbcUrl(
        "jdbc:h2:mem:" + java.util.UUID.randomUUID() + H2_MODE + ";DB_CLOSE_DELAY=-1");
    config.setUsername("consilium");
    config.setMaximumPoolSize(4);
    return migrated("a database in memory", null, config);
  }

  private static Database embedded(Path home) {
    var folder = home.toAbsolutePath().normalize();
    if (folder.toString().contains(";")) {
      throw wrong(
          "the data folder %s has a ';' in its name: choose another".formatted(folder), null);
    }
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "consilium", ".probe"));
    } catch (IOException e) {
      throw wrong(
          "the data folder %s cannot be written (%s): let this user write it, or set CONSILIUM_HOME to another"
              .formatted(folder, e.getClass().getSimpleName()),
          e);
    }
    var config = new HikariConfig();
    // by default a commit reaches the file half a second later, and a killed process loses it
    config.setJdbcUrl(FILE + folder.resolve("consilium") + H2_MODE + ";WRITE_DELAY=0");
    config.setUsername("consilium");
    config.setMaximumPoolSize(8);
    config.setConnectionTimeout(5_000);
    return migrated("the embedded database in " + folder, null, config);
  }

  private static Database postgres(String url) {
    var address = DatabaseUrl.parse(url);
    var config = new HikariConfig();
    config.setJdbcUrl(address.jdbc());
    config.setUsername(address.user());
    config.setPassword(address.password());
    config.setMaximumPoolSize(10);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5_000);
    config.setDataSourceProperties(properties(address));
    // what the address itself says of this counts more
    config.addDataSourceProperty("socketTimeout", Long.toString(SILENCE.toSeconds()));
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    return migrated(address.shown(), address, config);
  }

  private static Database migrated(
      String shown, @Nullable DatabaseUrl address, HikariConfig config) {
    config.setPoolName("consilium-store");
    Database database;
    try {
      database = new Database(shown, address, config);
    } catch (RuntimeException e) {
      throw unreachable(shown, e);
    }
    try {
      if (database.shared()) {
        database.requirePostgres();
      }
      var flyway = database.flyway();
      refuseNewer(shown, flyway.info());
      flyway.migrate();
      return database;
    } catch (FlywayException e) {
      database.close();
      throw sqlState(e).equals(NO_RIGHT)
          ? wrong(
              "the schema of %s cannot be made or changed by this user (%s): let its owner run  grant usage, create on schema public to USER;  and start again"
                  .formatted(shown, firstLine(root(e))),
              e)
          : wrong(
              "the schema of %s cannot be brought up to date: %s".formatted(shown, firstLine(e)),
              e);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /**
   * What PostgreSQL has besides may have come later than the rest, and then is caught up on. A
   * migration may be silent for as long as it takes.
   */
  private Flyway flyway() {
    return (address == null
            ? Flyway.configure().dataSource(pool).locations(COMMON)
            : Flyway.configure()
                .dataSource(new DriverManagerDataSource(address.jdbc(), properties(address)))
                .locations(COMMON, POSTGRESQL)
                .outOfOrder(true))
        .load();
  }

  /** What this release does not know it must not touch. */
  private static void refuseNewer(String shown, MigrationInfoService schema) {
    MigrationVersion known = null;
    MigrationVersion newer = null;
    for (var migration : schema.all()) {
      var version = migration.getVersion();
      if (version != null) {
        switch (migration.getState()) {
          case FUTURE_SUCCESS, FUTURE_FAILED -> newer = version;
          default -> known = version;
        }
      }
    }
    if (newer != null) {
      throw wrong(
          "the schema of %s is of version %s, made by a newer Consilium, and this one knows version %s at most: start a release that knows version %s, or use another database"
              .formatted(shown, newer, known, newer),
          null);
    }
  }

  private void requirePostgres() {
    int server = client.sql("show server_version_num").query(Integer.class).single();
    if (server < OLDEST) {
      throw wrong(
          "%s is a PostgreSQL %d: %d or newer is needed"
              .formatted(shown, server / 10_000, OLDEST / 10_000),
          null);
    }
    var installed = vectors();
    if (installed.isEmpty()) {
      addVectors(server / 10_000);
    } else if (MigrationVersion.fromVersion(installed.get()).compareTo(OLDEST_VECTORS) < 0) {
      throw wrong(
          "%s has pgvector %s, and %s or newer is needed: install a newer one beside the server, let a superuser run  alter extension vector update;  in this database, and start again"
              .formatted(shown, installed.get(), OLDEST_VECTORS),
          null);
    }
  }

  /** The version of pgvector in this database, if it has one. */
  private Optional<String> vectors() {
    return client
        .sql("select extversion from pg_extension where extname = 'vector'")
        .query(String.class)
        .optional();
  }

  private void addVectors(int server) {
    int available =
        client
            .sql("select count(*) from pg_available_extensions where name = 'vector'")
            .query(Integer.class)
            .single();
    if (available == 0) {
      throw wrong(
          "the server of %s has no pgvector: install it there (on Debian the package postgresql-%d-pgvector; the image pgvector/pgvector has it), and start again"
              .formatted(shown, server),
          null);
    }
    try {
      client.sql("create extension if not exists vector").update();
    } catch (DataAccessException e) {
      if (vectors().isEmpty()) { // else another replica was quicker
        throw wrong(
            "%s lacks the extension pgvector, and this user may not add it (%s): let a superuser run  create extension vector;  in this database, and start again"
                .formatted(shown, firstLine(root(e))),
            null);
      }
    }
  }

  private static ExpertException unreachable(String shown, RuntimeException e) {
    var why = firstLine(root(e));
    if (why.contains("already in use") || why.contains("locked")) {
      return wrong(
          "%s is in use by another process: stop it (./consilium down), or set CONSILIUM_HOME to another folder"
              .formatted(shown),
          null);
    }
    var state = sqlState(e);
    var mend =
        state.startsWith("28")
            ? "correct user and password in CONSILIUM_DB_URL"
            : state.equals("3D000")
                ? "create the database, or correct its name in CONSILIUM_DB_URL"
                : "start it, or correct CONSILIUM_DB_URL";
    return wrong("%s cannot be opened (%s): %s".formatted(shown, why, mend), null);
  }

  private static Throwable root(Throwable e) {
    var root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String sqlState(Throwable e) {
    return root(e) instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
  }

  /** Whether H2 closed the database under its connections, as when the disk was full. */
  private static boolean isClosed(Throwable e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof SQLException sql && sql.getErrorCode() == CLOSED) {
        return true;
      }
    }
    return false;
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  private static ExpertException wrong(String message, @Nullable Throwable cause) {
    return new ExpertException(FailureKind.CONFIGURATION, message, cause);
  }

  /** Where the data is, for people. */
  public String shown() {
    return shown;
  }

  /** The connections, for telemetry and tests. */
  public DataSource dataSource() {
    return pool;
  }

  /** Whether this is a PostgreSQL, which other processes may use as well. */
  public boolean shared() {
    return address != null;
  }

  /**
   * A connection of its own, apart from the others, to a PostgreSQL; it waits for an answer as long
   * as that takes.
   */
  Connection connect() throws SQLException {
    if (address == null) {
      throw new IllegalStateException(shown + " has no other connections");
    }
    return DriverManager.getConnection(address.jdbc(), properties(address));
  }

  private static Properties properties(DatabaseUrl address) {
    var properties = new Properties();
    if (address.user() != null) {
      properties.setProperty("user", address.user());
    }
    if (address.password() != null) {
      properties.setProperty("password", address.password());
    }
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", "consilium");
    return properties;
  }

  /** Whether the store answers at present. */
  public boolean reachable() {
    try {
      return client.sql("select 1").query(Integer.class).single() == 1;
    } catch (DataAccessException e) {
      return false;
    }
  }

  /** Runs reading {@code work} on the store as it is at one moment. */
  <T> T snapshot(Supplier<T> work) {
    var transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
    transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    return attempt(() -> transaction.<T>execute(status -> patiently(work)));
  }

  /** The version of the schema. */
  MigrationVersion version() {
    var current = flyway().info().current();
    return current == null ? MigrationVersion.EMPTY : current.getVersion();
  }

  /** Runs {@code work} in one transaction. */
  <T> T transaction(Supplier<T> work) {
    return attempt(() -> transactions.<T>execute(status -> work.get()));
  }

  /** The same for work that may take long. */
  <T> T longTransaction(Supplier<T> work) {
    return attempt(() -> transactions.<T>execute(status -> patiently(work)));
  }

  /** Lets the connection of this transaction be silent for long; the pool sets that right again. */
  private <T> T patiently(Supplier<T> work) {
    if (shared()) {
      var connection = DataSourceUtils.getConnection(pool);
      try {
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(LONG_SILENCE.toMillis()));
      } catch (SQLException e) {
        throw new DataAccessResourceFailureException("the connection is gone", e);
      } finally {
        DataSourceUtils.releaseConnection(connection, pool);
      }
    }
    return work.get();
  }

  /**
   * Runs {@code work}. A store that is away is {@link FailureKind#STORE_UNAVAILABLE}; what it will
   * not take however often it is sent is {@link FailureKind#INTERNAL}.
   */
  <T> T attempt(Supplier<T> work) {
    try {
      return work.get();
    } catch (DataIntegrityViolationException | InvalidDataAccessResourceUsageException e) {
      throw new ExpertException(
          FailureKind.INTERNAL,
          "%s does not take this: %s".formatted(shown, firstLine(e.getMostSpecificCause())),
          e);
    } catch (DataAccessException | TransactionException e) {
      if (address == null && isClosed(e)) {
        pool.getHikariPoolMXBean().softEvictConnections(); // the next ones open it again
      }
      throw new ExpertException(
          FailureKind.STORE_UNAVAILABLE,
          "%s does not answer (%s): answering goes on, this needs it back"
              .formatted(shown, e.getClass().getSimpleName()),
          e);
    }
  }

  JdbcClient sql() {
    return client;
  }

  int[] batch(String sql, List<? extends @Nullable Object[]> rows) {
    return template.batchUpdate(sql, rows);
  }

  /** The same for rows whose columns are set one by one, which is quicker. */
  <T> void batch(String sql, List<T> rows, ParameterizedPreparedStatementSetter<T> columns) {
    if (!rows.isEmpty()) {
      template.batchUpdate(sql, rows, rows.size(), columns);
    }
  }

  /**
   * Reads a long result row by row, in a transaction so that PostgreSQL does not fetch it whole.
   */
  void stream(String sql, RowCallbackHandler row, Object... values) {
    var reader = new JdbcTemplate(pool);
    reader.setFetchSize(1_000);
    longTransaction(() -> {
      reader.query(sql, row, values);
      return true;
    });
  }

  @Override
  public void close() {
    pool.close();
  }
}
