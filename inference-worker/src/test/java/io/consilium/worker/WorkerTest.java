package io.consilium.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own. */
class WorkerTest {
  @TempDir Path home;

  private static Process start(String... more) throws Exception {
    return new ProcessBuilder(command(more)).redirectErrorStream(true).start();
  }

  private static List<String> command(String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName()));
    command.addAll(List.of(more));
    return command;
  }

  private static String lines(Process process, String until) throws Exception {
    var all = new StringBuilder();
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      all.append(line).append('\n');
      if (line.startsWith(until)) {
        break;
      }
    }
    return all.toString();
  }

  @Test
  void itSaysWhereItAnswersAndEndsWithWhoeverStartedIt() throws Exception {
    var process = start("--home", home.toString(), "--stop-with-input");

    assertThat(lines(process, "ready")).contains("ready http://127.0.0.1:");
    process.getOutputStream().close();

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void aModelThatIsNoneEndsItWithTheReason() throws Exception {
    var file = Files.writeString(home.resolve("bad.gguf"), "no model, only words, sorry for that");
    var process =
        start("--home", home.toString(), "--model", file.toString(), "--folder", home.toString());

    assertThat(lines(process, "ready")).contains("bad.gguf is no GGUF file");
    assertThat(process.waitFor()).isEqualTo(2);
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws Exception {
    var file = Files.writeString(home.resolve("taken"), "a file where a folder should be");
    var process = start("--home", file.toString());

    assertThat(lines(process, "ready")).contains(file.toString());
    assertThat(process.waitFor()).isEqualTo(2);
  }

  /** A limit on the size of files ends a write halfway, as a full disk does. */
  private static Process limited(int kilobytes, String... more) throws Exception {
    List<String> limited =
        new ArrayList<>(
            List.of("bash", "-c", "ulimit -f %d; exec \"$@\"".formatted(kilobytes), "limited"));
    limited.addAll(command(more));
    return new ProcessBuilder(limited).redirectErrorStream(true).start();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatIsFullForTheLibraryIsSaidWithItsFolderAndLeavesNothingHalf() throws Exception {
    var unpacked = Demo.unpack(home.resolve("demo"));
    var process = limited(100, "--home", home.toString());

    assertThat(lines(process, "ready"))
        .contains("the native library cannot be unpacked to " + home.resolve("natives"))
        .doesNotContain("ready ");
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(unpacked.model()).exists();
    try (var left = Files.list(home.resolve("natives"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aFolderWithoutTheLibraryIsNamed() throws Exception {
    var process = start("--home", home.toString(), "--natives", home.toString());

    assertThat(lines(process, "ready")).contains(home + " holds no libllama");
    assertThat(process.waitFor()).isEqualTo(2);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatIsFullIsSaidWithTheFolderAndLeavesNothingHalf() throws Exception {
    var process = limited(100, "--home", home.toString());

    assertThat(lines(process, "ready"))
        .contains("cannot be unpacked to " + home)
        .doesNotContain("ready ");
    assertThat(process.waitFor()).isEqualTo(2);
    try (var left = Files.walk(home)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }
}
