package io.consilium.expert.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ParameterizedPreparedStatementSetter;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
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
          + ";CACHE_SIZE=2048";

  private final String shown;
  private final boolean postgres;
  private final HikariDataSource pool;
  private final JdbcClient client;
  private final JdbcTemplate template;
  private final TransactionTemplate transactions;

  private Database(String shown, HikariConfig config) {
    this.shown = shown;
    this.postgres = config.getJdbcUrl().startsWith("jdbc:postgresql:");
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
    return migrated("a database in memory", config);
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
    config.setJdbcUrl("jdbc:h2:file:" + folder.resolve("consilium") + H2_MODE + ";WRITE_DELAY=0");
    config.setUsername("consilium");
    config.setMaximumPoolSize(8);
    return migrated("the embedded database in " + folder, config);
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
    config.addDataSourceProperty("connectTimeout", "5");
    config.addDataSourceProperty("ApplicationName", "consilium");
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    return migrated(address.shown(), config);
  }

  private static Database migrated(String shown, HikariConfig config) {
    config.setPoolName("consilium-store");
    Database database;
    try {
      database = new Database(shown, config);
    } catch (RuntimeException e) {
      throw unreachable(shown, e);
    }
    try {
      Flyway.configure()
          .dataSource(database.pool)
          .locations("classpath:db/migration/common", "classpath:db/migration/{vendor}")
          .load()
          .migrate();
      return database;
    } catch (FlywayException e) {
      database.close();
      throw wrong(
          "the schema of %s cannot be brought up to date: %s".formatted(shown, firstLine(e)), e);
    }
  }

  private static ExpertException unreachable(String shown, RuntimeException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    var why = firstLine(root);
    if (why.contains("already in use") || why.contains("locked")) {
      return wrong(
          "%s is in use by another process: stop it (./consilium down), or set CONSILIUM_HOME to another folder"
              .formatted(shown),
          null);
    }
    var state = root instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
    var mend =
        state.startsWith("28")
            ? "correct user and password in CONSILIUM_DB_URL"
            : state.equals("3D000")
                ? "create the database, or correct its name in CONSILIUM_DB_URL"
                : "start it, or correct CONSILIUM_DB_URL";
    return wrong("%s cannot be opened (%s): %s".formatted(shown, why, mend), null);
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

  /** Whether this is PostgreSQL and not the embedded database. */
  boolean isPostgres() {
    return postgres;
  }

  /** Whether the store answers at present. */
  public boolean reachable() {
    try {
      return client.sql("select 1").query(Integer.class).single() == 1;
    } catch (DataAccessException e) {
      return false;
    }
  }

  /** Runs {@code work} in one transaction. */
  <T> T transaction(Supplier<T> work) {
    return attempt(() -> transactions.<T>execute(status -> work.get()));
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
    transaction(() -> {
      reader.query(sql, row, values);
      return true;
    });
  }

  @Override
  public void close() {
    pool.close();
  }
}
