package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.Dump;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Moves everything between stores. It opens the store itself; the service is not asked. */
@Command(
    name = "db",
    description = "Move everything between the embedded database and PostgreSQL, through a file.",
    subcommands = {DbCommand.Export.class, DbCommand.Import.class},
    mixinStandardHelpOptions = true)
final class DbCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  DbCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
  }

  /** The store of {@code CONSILIUM_DB_URL}, else the embedded one of the data folder. */
  private Database open(boolean mustBeThere) {
    LoggingSystem.get(DbCommand.class.getClassLoader())
        .setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
    var url = client.environment().get("CONSILIUM_DB_URL");
    boolean embedded = url == null || url.isBlank();
    if (embedded && mustBeThere && !Files.exists(client.home().resolve("consilium.mv.db"))) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "there is no database in %s: set CONSILIUM_HOME to the data folder, or CONSILIUM_DB_URL to a PostgreSQL"
              .formatted(client.home()));
    }
    return Database.open(url, client.home());
  }

  /** Bytes of decisions that wait in the journal of this data folder. */
  private long waiting() {
    var journal = client.home().resolve("journal");
    if (!Files.isDirectory(journal)) {
      return 0;
    }
    try (var files = Files.list(journal)) {
      return files
          .filter(file -> file.getFileName().toString().matches("\\d{12}\\.ndjson"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "%s cannot be read: %s".formatted(journal, e), e);
    }
  }

  /** Writes a file. */
  @Command(
      name = "export",
      description = "Write everything in the database to a file.",
      mixinStandardHelpOptions = true)
  static final class Export implements Runnable {
    @ParentCommand private @Nullable DbCommand db;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "To write; it must not be there yet.")
    private Path file = Path.of("");

    @Override
    public void run() {
      var parent = Objects.requireNonNull(db);
      var out = spec.commandLine().getOut();
      try (var database = parent.open(true)) {
        var moved = Dump.write(database, file.toAbsolutePath());
        out.printf(
            "Exported %,d rows of %d tables from %s to %s.%n",
            moved.total(), moved.rows().size(), database.shown(), file);
      }
      long waiting = parent.waiting();
      if (waiting > 0) {
        out.printf(
            "The journal in %s holds %,d bytes of decisions that are not in it yet: they reach whichever"
                + " database the service with this data folder uses next.%n",
            parent.client.home(), waiting);
      }
      out.printf(
          "Secrets of experts are sealed in it: where it is imported, CONSILIUM_SECRET_KEY must be the"
              + " same, or secret.key be copied from %s.%n",
          parent.client.home());
      out.flush();
    }
  }

  /** Reads a file. */
  @Command(
      name = "import",
      description = "Put everything of an exported file into an empty database.",
      mixinStandardHelpOptions = true)
  static final class Import implements Runnable {
    @ParentCommand private @Nullable DbCommand db;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "That './consilium db export' wrote.")
    private Path file = Path.of("");

    @Override
    public void run() {
      var parent = Objects.requireNonNull(db);
      var out = spec.commandLine().getOut();
      try (var database = parent.open(false)) {
        var moved = Dump.read(database, file.toAbsolutePath());
        out.printf(
            "Imported %,d rows of %d tables from %s into %s.%n",
            moved.total(), moved.rows().size(), file, database.shown());
      }
      out.flush();
    }
  }
}
