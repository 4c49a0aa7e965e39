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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A real PostgreSQL with pgvector for tests, one server per JVM: the one {@code
 * CONSILIUM_TEST_DB_URL} names, else a container where Docker runs, else a server started from the
 * machine's own installation in a temporary folder. Where there is none the test fails, as a test
 * that is skipped proves nothing.
 */
public final class TestPostgres {
  private static final String IMAGE = "pgvector/pgvector:pg17";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static @Nullable Server server;

  /** Where databases can be made. */
  private record Server(String host, String user, String password) {
    String jdbc(String database) {
      return "jdbc:postgresql://%s/%s".formatted(host, database);
    }
  }

  private TestPostgres() {}

  /** The address of a new, empty database, as {@code CONSILIUM_DB_URL} takes it. */
  public static synchronized String freshDatabase() {
    if (server == null) {
      server = start();
    }
    var name = "t_" + UUID.randomUUID().toString().replace("-", "");
    execute(server, "create database " + name);
    var made = server;
    Runtime.getRuntime().addShutdownHook(new Thread(() -> dropQuietly(made, name), "drop-" + name));
    return "postgresql://%s:%s@%s/%s".formatted(made.user(), made.password(), made.host(), name);
  }

  private static void dropQuietly(Server server, String name) {
    try {
      execute(server, "drop database if exists " + name + " with (force)");
    } catch (IllegalStateException e) {
      // the server of this JVM may be gone already, and the database with it
    }
  }

  private static Server start() {
    var url = System.getenv("CONSILIUM_TEST_DB_URL");
    if (url != null && !url.isBlank()) {
      return given(url);
    }
    if (System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"))) {
      var contained = Container.start();
      if (contained.isPresent()) {
        return contained.get();
      }
    }
    return Local.start();
  }

  private static Server given(String url) {
    var address = url.replaceFirst("^(jdbc:)?postgres(ql)?://", "");
    var at = address.indexOf('@');
    var named = at < 0 ? new String[0] : address.substring(0, at).split(":", 2);
    return new Server(
        address.substring(at + 1).replaceFirst("/.*", ""),
        named.length > 0 ? named[0] : environment("CONSILIUM_TEST_DB_USER"),
        named.length > 1 ? named[1] : environment("CONSILIUM_TEST_DB_PASSWORD"));
  }

  private static String environment(String name) {
    return System.getenv().getOrDefault(name, "postgres");
  }

  private static void execute(Server server, String sql) {
    try (var connection =
            DriverManager.getConnection(server.jdbc("postgres"), server.user(), server.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Loaded only where Docker runs, so that Testcontainers does not probe in vain elsewhere. */
  private static final class Container {
    static Optional<Server> start() {
      if (!DockerClientFactory.instance().isDockerAvailable()) {
        return Optional.empty();
      }
      @SuppressWarnings("resource") // lives as long as the JVM; Testcontainers removes it then
      var container =
          new PostgreSQLContainer(
              DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("postgres"));
      container.start();
      return Optional.of(
          new Server(
              container.getHost() + ":" + container.getMappedPort(5432),
              container.getUsername(),
              container.getPassword()));
    }
  }

  /** The machine's own installation. */
  private static final class Local {
    static Server start() {
      var binaries =
          binaries()
              .orElseThrow(() ->
                  new AssertionError(
                      "these tests need PostgreSQL with pgvector: run"
                          + " deploy/install-test-postgres.sh as root, start Docker, or set"
                          + " CONSILIUM_TEST_DB_URL"));
      try {
        var folder = Files.createTempDirectory("consilium-postgres");
        if (isRoot()) {
          var lookup = folder.getFileSystem().getUserPrincipalLookupService();
          Files.setOwner(folder, lookup.lookupPrincipalByName("postgres"));
        }
        var data = folder.resolve("data");
        run(
            folder,
            binaries.resolve("initdb").toString(),
            "-D",
            data.toString(),
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C");
        int port = freePort();
        var process =
            process(
                    folder,
                    binaries.resolve("postgres").toString(),
                    "-D",
                    data.toString(),
                    "-p",
                    Integer.toString(port),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "fsync=off",
                    "-c",
                    "synchronous_commit=off",
                    "-c",
                    "full_page_writes=off")
                .start();
        Runtime.getRuntime()
            .addShutdownHook(new Thread(() -> stop(binaries, folder, data), "stop-test-postgres"));
        var server = new Server("127.0.0.1:" + port, "postgres", "trusted");
        await(server, process, folder);
        return server;
      } catch (IOException e) {
        throw new IllegalStateException("the test database could not be started", e);
      }
    }

    private static void await(Server server, Process process, Path folder) throws IOException {
      var deadline = Instant.now().plus(PATIENCE);
      while (true) {
        try {
          execute(server, "select 1");
          return;
        } catch (IllegalStateException e) {
          if (!process.isAlive() || Instant.now().isAfter(deadline)) {
            throw new IllegalStateException(
                "the test database did not start: " + Files.readString(folder.resolve("log")), e);
          }
          pause(process);
        }
      }
    }

    private static void pause(Process process) {
      try {
        process.waitFor(50, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
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

    private static void stop(Path binaries, Path folder, Path data) {
      try {
        run(
            folder,
            binaries.resolve("pg_ctl").toString(),
            "stop",
            "-D",
            data.toString(),
            "-m",
            "immediate");
        try (var all = Files.walk(folder)) {
          for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      } catch (IOException e) {
        System.err.println("the test database in " + folder + " was left behind: " + e);
      }
    }

    private static void run(Path folder, String... command) throws IOException {
      try {
        if (process(folder, command).start().waitFor() != 0) {
          throw new IOException(
              String.join(" ", command) + ": " + Files.readString(folder.resolve("log")));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    /** PostgreSQL refuses to run as root. */
    private static ProcessBuilder process(Path folder, String... command) {
      List<String> all = new ArrayList<>();
      if (isRoot()) {
        all.addAll(
            List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
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

    private static int freePort() throws IOException {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }
  }
}
