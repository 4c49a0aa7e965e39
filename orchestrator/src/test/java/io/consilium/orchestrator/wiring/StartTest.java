package io.consilium.orchestrator.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.consilium.orchestrator.OrchestratorApplication;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartTest {
  @TempDir private Path home;

  @Test
  void aTakenPortNamesItsHolderAndAnotherPort() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var reason = refused("--consilium.port=" + taken.getLocalPort(), "--consilium.home=" + home);

      assertThat(reason)
          .contains("port " + taken.getLocalPort(), "--port " + (taken.getLocalPort() + 1));
      if (Files.isReadable(Path.of("/proc/net/tcp"))) {
        assertThat(reason).contains("pid " + ProcessHandle.current().pid());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"telepathy", "synthesis", "synthesis:", "weighted_vote:writer"})
  void aPanelCanOnlyBeFusedInAWayThereIs(String aggregator) {
    var reason =
        refused(
            "--consilium.port=0",
            "--consilium.home=" + home,
            "--consilium.panel.aggregator=" + aggregator);

    assertThat(reason).contains("consilium.panel.aggregator", "synthesis:EXPERT", aggregator);
  }

  @Test
  void aDataFolderThatCannotBeWrittenIsNamed() throws IOException {
    var file = Files.createFile(home.resolve("a-file"));

    var reason = refused("--consilium.port=0", "--consilium.home=" + file.resolve("below"));

    assertThat(reason).contains("data folder", "a-file", "CONSILIUM_HOME");
  }

  @Test
  void aSecondProcessOnTheSameFolderIsRefused() throws IOException {
    // any other Java process whose command line names us will do
    var other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dconsilium.test=true",
                "-cp",
                System.getProperty("java.class.path"),
                Sleeper.class.getName())
            .start();
    try {
      Files.createDirectories(home.resolve("run"));
      Files.writeString(home.resolve("run/orchestrator.pid"), Long.toString(other.pid()));

      var reason = refused("--consilium.port=0", "--consilium.home=" + home);

      assertThat(reason).contains("already", "pid " + other.pid(), "./consilium down");
    } finally {
      other.destroyForcibly();
    }
  }

  /** Waits for its input to end. */
  static final class Sleeper {
    public static void main(String[] arguments) throws IOException {
      System.in.read();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "consilium.prot,consilium.port",
    "consilium.guard.retry.atempts,consilium.guard.retry.attempts",
    "consilium.api.max-bdy,consilium.api.max-body"
  })
  void anUnknownSettingNamesTheNearest(String wrong, String right) {
    var reason = refused("--consilium.port=0", "--consilium.home=" + home, "--" + wrong + "=1");

    assertThat(reason).contains("'" + wrong + "'", "'" + right + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--consilium.port=70000",
        "--consilium.api.max-body=1",
        "--consilium.api.deadline=-1s",
        "--consilium.guard.retry.attempts=0",
        "--consilium.policies.odd.value=-1",
        "--consilium.admin.key=short",
        "--consilium.explore.epsilon=1.5",
        "--consilium.explore.within=0"
      })
  void aSettingOutOfRangeStopsTheStart(String flag) {
    List<String> flags = new ArrayList<>(List.of("--consilium.home=" + home));
    if (!flag.startsWith("--consilium.port")) {
      flags.add("--consilium.port=0");
    }
    flags.add(flag);

    assertThat(refused(flags.toArray(String[]::new))).isNotBlank();
  }

  @Test
  void aTypoInTheFileOfExpertsNamesItsPlace() throws IOException {
    var file = home.resolve("experts.yaml");
    Files.writeString(
        file,
        """
        experts:
          - id: local
            url: http://127.0.0.1:9/v1
            model: x
            descriptoin: a typo
        """);

    var reason = refused("--consilium.port=0", "--consilium.home=" + home);

    assertThat(reason).contains("experts.yaml:5", "descriptoin", "description");
  }

  @Test
  void anOperatorsMistakeEndsTheProcessWithoutAStackTrace() throws Exception {
    var log = home.resolve("log");
    var process =
        new ProcessBuilder(
                Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OrchestratorApplication.class.getName(),
                        "--consilium.home=" + home + File.separator + "log" + File.separator + "x",
                        "--consilium.port=0")
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();

    assertThat(process.waitFor()).isNotZero();
    assertThat(Files.readString(log, StandardCharsets.UTF_8))
        .contains("data folder")
        .doesNotContain("\tat ");
  }

  /** Why the service does not start, as an operator reads it. */
  private static String refused(String... flags) {
    var failure = catchThrowable(() -> OrchestratorApplication.application().run(flags).close());

    assertThat(failure).as("it must not start").isNotNull();
    var analysis = new StartFailures().analyze(failure);
    return analysis == null ? String.valueOf(failure.getMessage()) : analysis.getDescription();
  }
}
