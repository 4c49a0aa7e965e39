package io.consilium.orchestrator.durability;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.testing.LocalPostgres;
import io.consilium.orchestrator.net.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A service in a process of its own, a PostgreSQL that loses nothing, and a model to ask. */
final class Scene implements AutoCloseable {
  /** A model that answers at once. */
  static final String PINNED =
      """
      {"model":"plain","messages":[{"role":"user","content":"What is 2 + 3?"}]}\
      """;

  private static final String DATABASE = "consilium";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path home;
  private final FakeUpstream upstream = FakeUpstream.start();
  private final LocalPostgres postgres = LocalPostgres.start();
  private volatile @Nullable ServiceProcess service;

  /** Starts all three; the service has its data in a folder below {@code folder}. */
  Scene(Path folder) {
    home = folder.resolve("home");
    postgres.execute("postgres", "create database " + DATABASE);
    startService();
    running().register("plain", upstream.url());
  }

  void startService() {
    service =
        new ServiceProcess(
            home, "--consilium.db.url=" + postgres.url(DATABASE), "--consilium.warm-up=0s");
  }

  void killService() throws InterruptedException {
    var killed = running();
    service = null;
    killed.kill();
    killed.close();
  }

  LocalPostgres postgres() {
    return postgres;
  }

  /** The service, or null while it is down. */
  @Nullable ServiceProcess service() {
    return service;
  }

  private ServiceProcess running() {
    var present = service;
    if (present == null) {
      throw new IllegalStateException("the service is down");
    }
    return present;
  }

  /** Bytes of decisions that the store lacks, as the service tells. */
  double pending() {
    return running()
        .get("/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith("consilium_journal_pending "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** Waits until the store has every decision. */
  void awaitDrained() {
    await("the journal to drain", () -> pending() == 0);
  }

  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited two minutes for " + what);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** What the store and the journal say of acknowledged decisions. */
  Kept kept(Set<String> acknowledged) {
    Map<String, Integer> rows = new HashMap<>();
    query("select id from decision", row -> rows.merge(row.getFirst(), 1, Integer::sum));
    Set<String> lost = new HashSet<>(acknowledged);
    lost.removeAll(rows.keySet());
    int twice = (int) rows.values().stream().filter(n -> n > 1).count();
    return new Kept(acknowledged.size(), rows.size(), Set.copyOf(lost), twice, setAside());
  }

  /** Files of the journal that hold what was damaged or refused. */
  private List<String> setAside() {
    var journal = home.resolve("journal");
    try (var files = Files.walk(journal)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> journal.relativize(file).toString())
          .filter(name -> name.startsWith("damaged") || name.startsWith("rejected"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * How acknowledged decisions fared.
   *
   * @param acknowledged their callers had the answer
   * @param stored rows in the store; more than acknowledged, for some answers did not arrive
   * @param lost acknowledged but not in the store
   * @param twice ids with more than one row
   * @param setAside files of the journal with what could not be read or stored
   */
  record Kept(int acknowledged, int stored, Set<String> lost, int twice, List<String> setAside) {}

  /** A row of texts. */
  interface Row {
    void read(List<String> columns);
  }

  void query(String sql, Row reader) {
    try (var connection = DriverManager.getConnection(postgres.jdbc(DATABASE));
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        var row = new String[columns];
        for (int i = 0; i < columns; i++) {
          row[i] = String.valueOf(rows.getString(i + 1));
        }
        reader.read(List.of(row));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The address of the store. */
  String url() {
    return postgres.url(DATABASE);
  }

  @Override
  public void close() {
    var last = service;
    if (last != null) {
      last.close();
    }
    postgres.close();
    upstream.close();
  }
}
