package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.registry.SnapshotRegistry;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.expert.testing.TestDecisions;
import io.consilium.expert.testing.TestPostgres;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {
  private static final String PASSWORD = "hunter2-very-secret";

  @TempDir private Path home = Path.of("");

  private static void assertMisconfigured(Runnable act, String... words) {
    assertThatThrownBy(act::run)
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.CONFIGURATION);
              for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                assertThat(String.valueOf(cause.getMessage())).doesNotContain(PASSWORD);
              }
            })
        .hasMessageContainingAll(words);
  }

  @Test
  void theEmbeddedDatabaseKeepsWhatItHolds() {
    try (var database = Database.open(null, home.resolve("new/data"))) {
      new SnapshotRegistry(new JdbcCards(database, Clock.systemUTC()))
          .put(ScriptedExpert.card("a"));
    }
    try (var database = Database.open(" ", home.resolve("new/data"))) {
      assertThat(new JdbcCards(database, Clock.systemUTC()).load()).hasSize(1);
      assertThat(database.reachable()).isTrue();
      assertThat(database.shown()).contains("new/data");
    }
  }

  /** H2's usual file would be closed for everybody by the first interrupt. */
  @Test
  void aThreadThatIsInterruptedWhileItWritesHarmsNobody() throws Exception {
    Set<String> kept = ConcurrentHashMap.newKeySet();
    try (var database = Database.open(null, home)) {
      var decisions = new JdbcDecisions(database);
      var writer =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 60; i++) {
                  var id = "dec_" + i;
                  try {
                    decisions.keep(
                        TestDecisions.kept(TestDecisions.answered(id, Instant.EPOCH, "a")));
                    kept.add(id);
                  } catch (ExpertException e) {
                    assertThat(e.kind()).isEqualTo(FailureKind.STORE_UNAVAILABLE);
                  }
                }
              });
      while (writer.isAlive()) {
        writer.interrupt();
        Thread.onSpinWait();
      }
      decisions.keep(TestDecisions.kept(TestDecisions.answered("after", Instant.EPOCH, "a")));
      kept.add("after");
    }
    assertThat(kept).hasSizeGreaterThan(1);
    try (var database = Database.open(null, home)) {
      var decisions = new JdbcDecisions(database);
      assertThat(kept).allMatch(id -> decisions.find(id).isPresent());
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws Exception {
    var file = Files.writeString(home.resolve("file"), "in the way");

    assertMisconfigured(
        () -> Database.open(null, file.resolve("data")), "file/data", "CONSILIUM_HOME");
    assertMisconfigured(() -> Database.open(null, Path.of("/proc/consilium")), "/proc/consilium");
    assertMisconfigured(() -> Database.open(null, home.resolve("a;b")), "';'");
  }

  @Test
  void aFolderInUseByAnotherProcessIsNamed() throws Exception {
    whileAnotherProcessHolds(
        () -> assertMisconfigured(() -> Database.open(null, home), "in use by another process"));

    Database.open(null, home).close(); // a killed process leaves no lock
  }

  @Test
  void whatWasKeptSurvivesAProcessThatIsKilledAtOnce() throws Exception {
    whileAnotherProcessHolds(() -> {});

    try (var database = Database.open(null, home)) {
      assertThat(new JdbcCards(database, Clock.systemUTC()).load())
          .extracting(ExpertCard::id)
          .containsExactly("kept");
      assertThat(new JdbcDecisions(database).find("dec_kept")).isPresent();
    }
  }

  private List<String> java(Class<?> main) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        main.getName(),
        home.toString());
  }

  private void whileAnotherProcessHolds(Runnable act) throws Exception {
    var other =
        new ProcessBuilder(java(Holder.class))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var said =
        new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.lines().anyMatch("kept"::equals)).isTrue();
      act.run();
    } finally {
      other.destroyForcibly();
      other.waitFor();
    }
  }

  /** A limit on the size of files stops a write midway, as a full disk does. */
  @Test
  @Timeout(120)
  void onceAFullDiskHasRoomTheEmbeddedDatabaseGoesOnAndHoldsAllItAcknowledged() throws Exception {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "ulimit -S -f 3072; exec \"$@\"", "-"));
    command.addAll(java(Filler.class));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> acknowledged = new ArrayList<>();
    boolean refused = false;
    try (var said = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = said.readLine(); !"done".equals(line); line = said.readLine()) {
        assertThat(line).as("what it says before it is done").isNotNull();
        if (line.startsWith("dec_")) {
          acknowledged.add(line);
        } else if (line.startsWith("refused STORE_UNAVAILABLE") && !refused) {
          refused = true;
          var raised =
              new ProcessBuilder(
                      "prlimit", "--pid", Long.toString(process.pid()), "--fsize=unlimited:")
                  .inheritIO()
                  .start();
          assertThat(raised.waitFor()).isZero();
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(refused).isTrue();
    try (var database = Database.open(null, home)) {
      var decisions = new JdbcDecisions(database);
      assertThat(acknowledged)
          .hasSizeGreaterThan(10)
          .allMatch(id -> decisions.find(id).isPresent());
    }
  }

  /** Keeps decisions until the disk is full, and some more once it is not. */
  static final class Filler {
    private Filler() {}

    public static void main(String[] arguments) throws Exception {
      boolean refused = false;
      var decisions = new JdbcDecisions(Database.open(null, Path.of(arguments[0])));
      int more = 10;
      for (int i = 0; more > 0; i++) {
        var id = "dec_%08d".formatted(i);
        var text = new StringBuilder();
        new Random(i).ints(4_000, 'a', 'z').forEach(each -> text.append((char) each));
        try {
          decisions.keep(
              TestDecisions.kept(
                  TestDecisions.decision(id, Instant.EPOCH, text.toString(), "5", null, "a")));
          System.out.println(id);
          more -= refused ? 1 : 0;
        } catch (ExpertException e) {
          refused = true;
          System.out.println("refused " + e.kind() + " " + e.message());
        }
      }
      System.out.println("done");
      System.out.flush();
      System.in.read();
    }
  }

  /** Another process that holds the embedded database, and keeps something in it. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws Exception {
      var database = Database.open(null, Path.of(arguments[0]));
      new SnapshotRegistry(new JdbcCards(database, Clock.systemUTC()))
          .put(ScriptedExpert.card("kept"));
      new JdbcDecisions(database)
          .keep(TestDecisions.kept(TestDecisions.answered("dec_kept", Instant.EPOCH, "kept")));
      System.out.println("kept");
      System.out.flush();
      System.in.read();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql://u:p@h:5433/db | jdbc:postgresql://h:5433/db | u | p",
        "postgres://u:p@h/db | jdbc:postgresql://h/db | u | p",
        "postgresql://u@h/db?sslmode=require | jdbc:postgresql://h/db?sslmode=require | u |",
        "postgresql://u:p%40%3A%2F+%25@h/db | jdbc:postgresql://h/db | u | p@:/+%",
        "postgresql://[::1]:5432/db | jdbc:postgresql://[::1]:5432/db | |",
        "postgresql://h1:1,h2:2/db?targetServerType=primary | jdbc:postgresql://h1:1,h2:2/db?targetServerType=primary | |",
        "jdbc:postgresql://h/db | jdbc:postgresql://h/db | |",
        "jdbc:postgresql://h:1/db?user=u&password=p%26&ssl=true | jdbc:postgresql://h:1/db?ssl=true | u | p&",
        "jdbc:postgresql://u:p@h/db | jdbc:postgresql://h/db | u | p"
      })
  void bothWaysToWriteAnAddressAreRead(String url, String jdbc, String user, String password) {
    var read = DatabaseUrl.parse(url);

    assertThat(read.jdbc()).isEqualTo(jdbc);
    assertThat(read.user()).isEqualTo(user);
    assertThat(read.password()).isEqualTo(password);
    assertThat(read.toString()).startsWith("postgresql://").doesNotContain("p@", "sslmode");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://u:" + PASSWORD + "@h/db",
        "jdbc:mysql://h/db?password=" + PASSWORD,
        "postgresql:u:" + PASSWORD,
        "postgresql://u:" + PASSWORD + "@/db",
        "postgresql://u:" + PASSWORD + "%zz@h/db",
        "postgresql://u:a/" + PASSWORD + "@h/db",
        "postgresql://u:" + PASSWORD + "@h:port/db",
        "jdbc:postgresql:db",
        "h"
      })
  void anAddressThatIsNoneIsRefusedWithoutShowingIt(String url) {
    assertMisconfigured(() -> Database.open(url, home), "CONSILIUM_DB_URL");
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedWithoutThePassword() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertMisconfigured(
        () -> Database.open("postgresql://u:" + PASSWORD + "@127.0.0.1:" + port + "/db", home),
        "127.0.0.1:" + port,
        "start it, or correct CONSILIUM_DB_URL");
  }

  @Test
  void aDatabaseOrUserThatDoesNotExistIsNamedWithoutThePassword() {
    var right = TestPostgres.freshDatabase();
    var noDatabase =
        right.replaceAll("/t_.*", "/t_none").replaceAll(":[^:@/]+@", ":" + PASSWORD + "@");
    assertMisconfigured(() -> Database.open(noDatabase, home), "t_none");
    var noUser = right.replaceAll("//[^@]*@", "//nobody:" + PASSWORD + "@");
    assertMisconfigured(() -> Database.open(noUser, home), "nobody", "user and password");
  }

  @Test
  void aStoreThatIsAwayIsSaidToBeAway() {
    var database = Database.inMemory();
    var decisions = new JdbcDecisions(database);
    database.close();

    assertThat(database.reachable()).isFalse();
    assertThatThrownBy(() ->
            decisions.keep(TestDecisions.kept(TestDecisions.answered("dec_1", Instant.EPOCH, "a"))))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> assertThat(e.kind()).isEqualTo(FailureKind.STORE_UNAVAILABLE));
  }

  @Test
  void whatTheStoreWillNeverTakeIsNotSaidToBeAway() {
    var decisions = new JdbcDecisions(Database.inMemory());
    var endless = TestDecisions.answered("x".repeat(1_000), Instant.EPOCH, "a");

    assertThatThrownBy(() -> decisions.keep(TestDecisions.kept(endless)))
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INTERNAL));
  }
}
