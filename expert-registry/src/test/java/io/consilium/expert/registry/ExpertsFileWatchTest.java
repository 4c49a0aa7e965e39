package io.consilium.expert.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Owner;
import io.consilium.expert.Provider;
import io.consilium.expert.card.ExpertsFile;
import io.consilium.expert.card.Prices;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcDeclarations;
import io.consilium.expert.secret.Secrets;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.expert.testing.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpertsFileWatchTest {
  @TempDir private Path home = Path.of("");

  private final SnapshotRegistry registry = SnapshotRegistry.inMemory();
  private final List<ExpertsFile.Contents> applied = new CopyOnWriteArrayList<>();
  private final List<ExpertException> refused = new CopyOnWriteArrayList<>();
  private long moment = 1_000_000_000L;

  private ExpertsFileWatch watch() {
    var file =
        new ExpertsFile(
            home.resolve("experts.yaml"),
            new Secrets(Map.of(), home),
            Prices.shipped(),
            OutboundRules.standard());
    return new ExpertsFileWatch(file, registry, applied::add, refused::add);
  }

  /** Writes the file as editors do: beside it, then moved; each time with another time stamp. */
  private void write(String text) throws IOException {
    var part = home.resolve("part");
    Files.writeString(part, text);
    Files.setLastModifiedTime(part, FileTime.fromMillis(moment += 1_000));
    Files.move(part, home.resolve("experts.yaml"), StandardCopyOption.REPLACE_EXISTING);
  }

  private static String expert(String id) {
    return "  - {id: %s, url: \"http://localhost:1/v1\"}\n".formatted(id);
  }

  private List<String> ids() {
    return registry.current().cards().stream().map(ExpertCard::id).toList();
  }

  @Test
  void theFileIsAppliedAtStartAndItsChangesAfterwards() throws IOException {
    var watch = watch();
    write("experts:\n" + expert("a") + expert("b"));
    watch.apply();
    assertThat(ids()).containsExactly("a", "b");

    watch.look();
    assertThat(applied).hasSize(1);

    write("experts:\n" + expert("b") + expert("c"));
    watch.look();
    assertThat(ids()).containsExactly("b", "c");
    assertThat(applied).hasSize(2);
    assertThat(refused).isEmpty();
  }

  @Test
  void aFileThatIsWrongAtStartStopsTheStart() throws IOException {
    write("experts:\n  - {id: a, ulr: x}\n");

    assertThatThrownBy(() -> watch().apply())
        .hasMessageContainingAll("experts.yaml:2", "'ulr'", "'url'");
  }

  @Test
  void aFileThatBreaksKeepsTheOldExpertsAndIsReportedOnce() throws IOException {
    var watch = watch();
    write("experts:\n" + expert("a"));
    watch.apply();
    write("experts:\n" + expert("b") + "  - {idd: c}\n");
    watch.look();
    watch.look();

    assertThat(ids()).containsExactly("a");
    assertThat(refused).singleElement().asString().contains("'idd'");

    write("experts:\n" + expert("b"));
    watch.look();
    assertThat(ids()).containsExactly("b");
  }

  @Test
  void aFileThatGoesAwayKeepsTheOldExperts() throws IOException {
    var watch = watch();
    write("experts:\n" + expert("a"));
    watch.apply();
    Files.delete(home.resolve("experts.yaml"));
    watch.look();
    watch.look();

    assertThat(ids()).containsExactly("a");
    assertThat(refused).singleElement().asString().contains("does not exist");
  }

  @Test
  void aFileThatAppearsLaterIsApplied() throws IOException {
    var watch = watch();
    watch.look();
    write("experts:\n" + expert("a"));
    watch.look();

    assertThat(ids()).containsExactly("a");
    assertThat(refused).isEmpty();
  }

  @Test
  void aCardOfTheApiStandsInTheWayOfTheWholeFile() throws IOException {
    registry.put(ScriptedExpert.card("mine"));
    var watch = watch();
    write("experts:\n" + expert("a") + expert("mine"));
    watch.look();

    assertThat(ids()).containsExactly("mine");
    assertThat(refused)
        .singleElement()
        .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFLICT))
        .asString()
        .contains("'mine'", "kept by the API");
  }

  @Test
  void toolsStayWhileTheirServerIsDeclaredAndGoWithIt() throws IOException {
    var watch = watch();
    write("mcp: {files: {command: server}}\nexperts:\n" + expert("a"));
    watch.apply();
    registry.put(
        ExpertCard.of(
                "files/read",
                new ExpertKind.Tool("files", Json.object()),
                "Reads.",
                new Endpoint(Provider.MCP, null, "read", null, Map.of(), Map.of()))
            .withOwner(Owner.FILE));
    write("mcp: {files: {command: server}}\nexperts:\n" + expert("b"));
    watch.look();
    assertThat(ids()).containsExactly("files/read", "b");

    write("experts:\n" + expert("b"));
    watch.look();
    assertThat(ids()).containsExactly("b");
  }

  private final CardStore store = CardStore.inMemory();
  private final Database database = TestDatabases.embedded();

  /** One of several processes, with a file of its own and one store. */
  private final class Replica {
    private final Path file;
    private final SnapshotRegistry registry = new SnapshotRegistry(store);
    private final ExpertsFileWatch watch;

    Replica(String name) {
      file = home.resolve(name + ".yaml");
      watch =
          new ExpertsFileWatch(
              new ExpertsFile(
                  file, new Secrets(Map.of(), home), Prices.shipped(), OutboundRules.standard()),
              registry,
              () -> null,
              new JdbcDeclarations(database, name),
              Duration.ofNanos(1),
              applied::add,
              refused::add);
    }

    List<String> declares(String text) throws IOException {
      Files.writeString(file, text);
      Files.setLastModifiedTime(file, FileTime.fromMillis(moment += 1_000));
      registry.refresh();
      watch.look();
      return ids();
    }

    List<String> later() {
      registry.refresh();
      watch.keepUp();
      return ids();
    }

    private List<String> ids() {
      return registry.current().cards().stream().map(ExpertCard::id).toList();
    }
  }

  @Test
  void whatAnotherProcessDeclaresStaysUntilItDeclaresItNoMoreOrIsGone() throws IOException {
    var old = new Replica("old");
    var fresh = new Replica("fresh");
    old.declares("experts:\n" + expert("a") + expert("b"));

    assertThat(fresh.declares("experts:\n" + expert("b") + expert("c")))
        .containsExactly("a", "b", "c");
    assertThat(old.later()).containsExactly("a", "b", "c");
    assertThat(fresh.later()).containsExactly("a", "b", "c");

    old.watch.close(); // it is replaced
    assertThat(fresh.later()).containsExactly("b", "c");
    assertThat(refused).isEmpty();
  }

  @Test
  void aProcessThatWasKilledDeclaresForAMinuteMore() throws IOException {
    var killed = new Replica("killed");
    var left = new Replica("left");
    killed.declares("mcp: {files: {command: server}}\nexperts:\n" + expert("a"));
    killed.registry.put(
        ExpertCard.of(
                "files/read",
                new ExpertKind.Tool("files", Json.object()),
                "Reads.",
                new Endpoint(Provider.MCP, null, "read", null, Map.of(), Map.of()))
            .withOwner(Owner.FILE));

    assertThat(left.declares("experts:\n" + expert("b"))).containsExactly("a", "files/read", "b");
    aMinutePasses();

    assertThat(left.later()).containsExactly("b");
  }

  private void aMinutePasses() {
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("update declaration set seen_at = seen_at - interval '61' second");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aProcessThatWasSilentForLongPutsBackWhatOthersRetiredMeanwhile() throws IOException {
    var sleeper = new Replica("sleeper");
    var other = new Replica("other");
    sleeper.declares("experts:\n" + expert("a"));
    aMinutePasses();
    assertThat(other.declares("experts:\n" + expert("b"))).containsExactly("b");

    assertThat(sleeper.later()).containsExactly("a", "b");
    assertThat(other.later()).containsExactly("a", "b");
  }

  @Test
  void aFileThatIsChangedRetiresItsOwnWhileOthersLive() throws IOException {
    var one = new Replica("one");
    var other = new Replica("other");
    one.declares("experts:\n" + expert("a") + expert("b"));
    other.declares("experts:\n" + expert("b"));

    assertThat(one.declares("experts:\n" + expert("c"))).containsExactly("b", "c");
    assertThat(other.later()).containsExactly("b", "c");
  }

  @Test
  void changesAreFollowedOnItsOwn() throws Exception {
    var changed = new CountDownLatch(1);
    registry.onChange(roster -> changed.countDown());
    try (var scheduler = Executors.newSingleThreadScheduledExecutor();
        var watch = watch()) {
      watch.start(scheduler, Duration.ofMillis(5));
      write("experts:\n" + expert("a"));

      assertThat(changed.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(ids()).containsExactly("a");
  }
}
