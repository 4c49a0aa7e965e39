package io.consilium.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./consilium up} does about servers it finds, with a fake JDK that writes down how it
 * is called, finds one server, and starts nothing.
 */
@Timeout(120)
class UpCommandTest {
  private static final String REGISTER = "--consilium.discovery.register=true";

  @TempDir private Path folder;
  private Path calls;

  @BeforeEach
  void layOut() throws IOException, InterruptedException {
    var root = Files.createDirectories(folder.resolve("checkout"));
    var script = root.resolve("consilium");
    Files.copy(Path.of("..", "consilium"), script);
    Files.createDirectories(root.resolve("docs"));
    Files.createDirectories(root.resolve("admin-console"));
    Files.createDirectories(root.resolve("orchestrator/src/main"));
    for (var source : List.of("pom.xml", "README.md", "docs/a.md", "orchestrator/pom.xml")) {
      Files.createFile(root.resolve(source));
    }
    var app = Files.createDirectories(root.resolve("orchestrator/target/app"));
    Files.createFile(app.resolve("consilium.jar"));
    calls = folder.resolve("calls");
    var bin = Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    executable(bin.resolve("javac"), "exit 0\n");
    executable(
        bin.resolve("java"),
        """
        echo "$*" >> %s
        case "$*" in
          *discover) echo "Ollama on port 11434"; exit 0 ;;
          *) exit 1 ;;
        esac
        """
            .formatted(calls));
    // what the script would have noted after a build of this checkout
    var stamp =
        bash(
            "sed '/^command=/,$d' %1$s > %2$s/functions; source %2$s/functions; root=%3$s; stamp > %4$s/.stamp"
                .formatted(script, folder, root, app));
    assertThat(stamp.waitFor()).isZero();
  }

  private static void executable(Path file, String body) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process bash(String command) throws IOException {
    var builder = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("CONSILIUM_"));
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    return builder.start();
  }

  private String up(String options) {
    return folder.resolve("checkout/consilium")
        + " up --port 48231 --home "
        + folder.resolve("home")
        + " "
        + options;
  }

  /** On a terminal that somebody types this into. */
  private String onATerminal(String options, String typed) throws Exception {
    return run(bash("printf '%s\\n' | script -qec '%s' /dev/null".formatted(typed, up(options))));
  }

  private static String run(Process process) throws Exception {
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return out;
  }

  private List<String> started() throws IOException {
    return new ArrayList<>(
        Files.readAllLines(calls).stream().filter(call -> call.contains("-jar ")).toList());
  }

  private boolean looked() throws IOException {
    return Files.readAllLines(calls).stream().anyMatch(call -> call.endsWith(" discover"));
  }

  @Test
  void onATerminalItSaysWhatItFoundAndRegistersAfterAYes() throws Exception {
    var shown = onATerminal("", "y");

    assertThat(shown).contains("Ollama on port 11434", "Register these as experts?");
    assertThat(started()).hasSize(1).allMatch(call -> call.contains(REGISTER));
  }

  @Test
  void withoutAYesItRegistersNothing() throws Exception {
    onATerminal("", "");

    assertThat(started()).hasSize(1).noneMatch(call -> call.contains(REGISTER));
  }

  @Test
  void withTheFlagItRegistersWithoutAQuestion() throws Exception {
    var shown = onATerminal("--discover", "");

    assertThat(shown).doesNotContain("Register these");
    assertThat(started()).hasSize(1).allMatch(call -> call.contains(REGISTER));
  }

  @Test
  void withNoDiscoverItDoesNotLook() throws Exception {
    onATerminal("--no-discover", "y");

    assertThat(looked()).isFalse();
    assertThat(started()).hasSize(1).noneMatch(call -> call.contains(REGISTER));
  }

  @Test
  void withoutATerminalItNeitherLooksNorAsks() throws Exception {
    var shown = run(bash(up("") + " < /dev/null"));

    assertThat(shown).doesNotContain("Register these");
    assertThat(looked()).isFalse();
    assertThat(started()).hasSize(1).noneMatch(call -> call.contains(REGISTER));
  }
}
