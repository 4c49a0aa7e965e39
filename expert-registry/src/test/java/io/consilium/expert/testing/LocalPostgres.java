package io.consilium.expert.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL with pgvector of its own, started from the machine's installation in a temporary
 * folder. It can be killed as a crash would, and started again on what it had written. Not safe for
 * concurrent use.
 */
public final class LocalPostgres implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path binaries;
  private final Path folder;
  private final int port;
  private final List<String> settings;
  private Process process;

  private LocalPostgres(Path binaries, List<String> settings) throws IOException {
    this.binaries = binaries;
    this.settings = List.copyOf(settings);
    this.folder = Files.createTempDirectory("consilium-postgres");
    if (isRoot()) {
      var lookup = folder.getFileSystem().getUserPrincipalLookupService();
      Files.setOwner(folder, lookup.lookupPrincipalByName("postgres"));
    }
    var data = folder.resolve("data").toString();
    var initdb = binaries.resolve("initdb").toString();
    run(
        initdb,
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C");
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    process = launch();
  }

  /**
   * Starts one and waits until it answers.
   *
   * @param settings as {@code name=value}, beside PostgreSQL's own defaults, which lose nothing
   * @throws AssertionError where there is no PostgreSQL with pgvector
   */
  public static LocalPostgres start(String... settings) {
    var binaries =
        binaries()
            .orElseThrow(() ->
                new AssertionError(
                    "these tests need PostgreSQL with pgvector: run"
                        + " deploy/install-test-postgres.sh as root, start Docker, or set"
                        + " CONSILIUM_TEST_DB_URL"));
    try {
      var server = new LocalPostgres(binaries, List.of(settings));
      server.await();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException("the test database could not be started", e);
    }
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(binaries.resolve("postgres").toString());
    command.addAll(List.of("-D", folder.resolve("data").toString(), "-p", Integer.toString(port)));
    command.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
    settings.forEach(setting -> command.addAll(List.of("-c", setting)));
    return builder(command.toArray(String[]::new)).start();
  }

  private void await() throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(
            "the test database did not start: " + Files.readString(folder.resolve("log")));
      }
      try {
        process.waitFor(50, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  private boolean answers() {
    try {
      execute("postgres", "select 1");
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Where it listens, {@code host:port}. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  /** The address of a database, as {@code CONSILIUM_DB_URL} takes it. */
  public String url(String database) {
    return "postgresql://postgres:trusted@%s/%s".formatted(host(), database);
  }

  /** The address of a database for JDBC; the user is {@code postgres}, the password anything. */
  public String jdbc(String database) {
    return "jdbc:postgresql://%s/%s?user=postgres&password=trusted".formatted(host(), database);
  }

  /** Runs one statement in a database. */
  public void execute(String database, String sql) {
    try (var connection = DriverManager.getConnection(jdbc(database));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The folder of its data. */
  public Path data() {
    return folder.resolve("data");
  }

  /** Kills every process of it without a word, as {@code kill -9} does. */
  public void kill() {
    var others = process.descendants().toList();
    process.destroyForcibly();
    others.forEach(ProcessHandle::destroyForcibly);
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    others.forEach(each -> each.onExit().join());
  }

  /** Starts it again on what it had written, and waits until it answers. */
  public void restart() {
    try {
      process = launch();
      await();
    } catch (IOException e) {
      throw new IllegalStateException("the test database could not be started again", e);
    }
  }

  /** Ends it and removes its folder. */
  @Override
  public void close() {
    try {
      if (process.isAlive()) {
        var data = folder.resolve("data").toString();
        run(binaries.resolve("pg_ctl").toString(), "stop", "-D", data, "-m", "immediate");
      }
    } catch (IOException e) {
      System.err.println("the test database did not stop: " + e);
    }
    try (var all = Files.walk(folder)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      System.err.println("the test database in " + folder + " was left behind: " + e);
    }
  }

  /** Where the programs are, when the extension is beside them. */
  private static Optional<Path> binaries() {
    List<String> configs = new ArrayList<>(List.of("pg_config"));
    try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      versions
          .sorted(Comparator.reverseOrder())
          .map(version -> version.resolve("bin/pg_config").toString())
          .forEach(configs::add);
    } catch (IOException e) {
      // not Debian's layout; the path may still know it
    }
    for (var config : configs) {
      var libraries = output(config, "--pkglibdir");
      var found = output(config, "--bindir");
      if (libraries.isPresent()
          && found.isPresent()
          && Files.exists(Path.of(libraries.get(), "vector.so"))
          && Files.exists(Path.of(found.get(), "initdb"))) {
        return found.map(Path::of);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> output(String... command) {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? Optional.of(text) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void run(String... command) throws IOException {
    try {
      if (builder(command).start().waitFor() != 0) {
        throw new IOException(
            String.join(" ", command) + ": " + Files.readString(folder.resolve("log")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** PostgreSQL refuses to run as root. */
  private ProcessBuilder builder(String... command) {
    List<String> all = new ArrayList<>();
    if (isRoot()) {
      all.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
    }
    all.addAll(List.of(command));
    var builder =
        new ProcessBuilder(all)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    builder.environment().putAll(Map.of("LC_ALL", "C", "TZ", "UTC"));
    return builder;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
