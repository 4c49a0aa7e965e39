package io.consilium.orchestrator.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Decision;
import io.consilium.expert.Terms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that records, and looks for every decision it had acknowledged. */
@Timeout(120)
class JournalCrashTest {
  @TempDir Path folder;

  @Test
  void nothingAcknowledgedIsLostWhenTheProcessIsKilledWhileTheStoreIsAway() throws Exception {
    var acknowledged = recordAndKill(folder.resolve("journal").toString());
    assertThat(replayed()).containsAll(acknowledged);
  }

  @Test
  void nothingAcknowledgedIsLostWhenTheProcessIsKilledWhileItDrains() throws Exception {
    var store = folder.resolve("store");
    var acknowledged = recordAndKill(folder.resolve("journal").toString(), store.toString());
    Set<String> kept = new HashSet<>(replayed());
    assertThat(kept.size()).as("drained files were deleted").isLessThan(acknowledged.size());
    kept.addAll(Files.readAllLines(store));
    assertThat(kept).containsAll(acknowledged);
  }

  /** A limit on the size of files stops a write midway, as a full disk does. */
  @Test
  void aFullDiskRefusesQuestionsAndOnceThereIsRoomNothingAcknowledgedIsMissing() throws Exception {
    var journal = folder.resolve("journal");
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "ulimit -S -f 256; exec \"$@\"", "-"));
    command.addAll(java(FullDiskRecorder.class, journal.toString()));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> acknowledged = new ArrayList<>();
    List<String> said = new ArrayList<>();
    try (var out = process.inputReader(StandardCharsets.US_ASCII)) {
      for (var line = out.readLine(); !"done".equals(line); line = out.readLine()) {
        assertThat(line).as("what it says before it is done").isNotNull();
        if (line.startsWith("dec_")) {
          acknowledged.add(line);
        } else if (line.startsWith("refused") || line.startsWith("not admitted")) {
          said.add(line); // and not what is logged
        }
        if (line.startsWith("not admitted")) {
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
    assertThat(said.getFirst())
        .startsWith("refused STORE_UNAVAILABLE")
        .contains(journal.toString(), "make room");
    assertThat(said).contains("not admitted STORE_UNAVAILABLE");
    try (var files = Files.list(journal)) {
      assertThat(files.filter(file -> file.toString().endsWith(".ndjson"))).hasSize(1);
    }
    assertThat(replayed()).containsExactlyElementsOf(acknowledged);
    assertThat(journal.resolve(Backlog.DAMAGED)).doesNotExist();
  }

  private static List<String> java(Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> recordAndKill(String... arguments) throws IOException {
    var command = java(CrashingRecorder.class, arguments);
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> acknowledged = new ArrayList<>();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = out.readLine();
      while (line != null) {
        if (line.startsWith("dec_") && line.length() == id().length()) { // whole
          acknowledged.add(line);
        }
        if (acknowledged.size() == 5_000) {
          process.toHandle().destroyForcibly(); // SIGKILL, and what it said stays readable
        }
        line = out.readLine();
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(5_000);
    return acknowledged;
  }

  private static String id() {
    return Terms.newDecisionId();
  }

  private List<String> replayed() {
    List<Decision> stored = new CopyOnWriteArrayList<>();
    new Journal(
            folder.resolve("journal"),
            JournalSettings.DEFAULT,
            Decisions.readBy(stored::addAll),
            new SimpleMeterRegistry())
        .close();
    return stored.stream().map(Decision::id).toList();
  }
}
