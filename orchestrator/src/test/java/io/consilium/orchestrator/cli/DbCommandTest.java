package io.consilium.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcCards;
import io.consilium.expert.registry.SnapshotRegistry;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.expert.testing.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DbCommandTest {
  @TempDir private Path folder = Path.of("");

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int run(Map<String, String> environment, String... arguments) {
    var out = System.out;
    var err = System.err;
    try (var caught = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      System.setOut(caught);
      System.setErr(caught);
      return ConsiliumCli.run(environment, arguments);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private Map<String, String> embedded(String home) {
    return Map.of("CONSILIUM_HOME", folder.resolve(home).toString());
  }

  private String file() {
    return folder.resolve("all.consilium").toString();
  }

  @Test
  void everythingGoesFromTheEmbeddedDatabaseToPostgresqlAndBack() {
    try (var database = Database.open(null, folder.resolve("here"))) {
      new SnapshotRegistry(new JdbcCards(database, Clock.systemUTC()))
          .put(ScriptedExpert.card("moved"));
    }
    var postgresql =
        Map.of(
            "CONSILIUM_HOME",
            folder.resolve("here").toString(),
            "CONSILIUM_DB_URL",
            TestPostgres.freshDatabase());

    assertThat(run(embedded("here"), "db", "export", file())).as(said::toString).isZero();
    assertThat(run(postgresql, "db", "import", file())).as(said::toString).isZero();
    assertThat(run(postgresql, "db", "export", file() + "2")).as(said::toString).isZero();
    assertThat(run(embedded("there"), "db", "import", file() + "2")).as(said::toString).isZero();

    try (var database = Database.open(null, folder.resolve("there"))) {
      assertThat(new JdbcCards(database, Clock.systemUTC()).load())
          .extracting(ExpertCard::reference)
          .containsExactly("moved@1");
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("Exported 2 rows", "Imported 2 rows", "CONSILIUM_SECRET_KEY")
        .doesNotContain("DEBUG", "trusted");
  }

  @Test
  void aFullTargetAFileThatIsThereAndAMissingDatabaseAreSaidPlainly() {
    assertThat(run(embedded("none"), "db", "export", file())).isOne();
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("there is no database");

    try (var held = Database.open(null, folder.resolve("here"))) {
      new SnapshotRegistry(new JdbcCards(held, Clock.systemUTC())).put(ScriptedExpert.card("kept"));
    }
    assertThat(run(embedded("here"), "db", "export", file())).isZero();
    assertThat(run(embedded("here"), "db", "import", file())).isOne();
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("is not empty", "card 1");
    assertThat(run(embedded("here"), "db", "export", file())).isOne();
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("is there already");
  }

  @Test
  void decisionsThatWaitInTheJournalAreMentioned() throws IOException {
    Database.open(null, folder.resolve("here")).close();
    var journal = Files.createDirectories(folder.resolve("here").resolve("journal"));
    Files.writeString(journal.resolve("000000000001.ndjson"), "waiting");

    assertThat(run(embedded("here"), "db", "export", file())).isZero();
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("7 bytes of decisions");
  }
}
