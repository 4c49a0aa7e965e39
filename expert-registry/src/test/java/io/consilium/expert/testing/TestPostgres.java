package io.consilium.expert.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
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
    return local();
  }

  /** Nothing here outlives the tests, so it need not be safe from a crash. */
  private static Server local() {
    var local = LocalPostgres.start("fsync=off", "synchronous_commit=off", "full_page_writes=off");
    Runtime.getRuntime().addShutdownHook(new Thread(local::close, "stop-test-postgres"));
    return new Server(local.host(), "postgres", "trusted");
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
}
