package io.consilium.expert.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Node programs that tests start: what {@code src/test/node} of a module holds, copied to its
 * {@code target} and installed as the lock file says, once for each state of that file.
 */
public final class NodePrograms {
  private static final long MINUTES = 4;

  private final Path folder;

  private NodePrograms(Path folder) {
    this.folder = folder;
  }

  /** Those of the module that is tested. */
  public static synchronized NodePrograms installed() {
    var folder = Path.of("target", "node").toAbsolutePath();
    var programs = new NodePrograms(folder);
    try {
      Files.createDirectories(folder);
      boolean fresh = Files.exists(folder.resolve("node_modules/.package-lock.json"));
      List<Path> sources;
      try (Stream<Path> listed = Files.list(Path.of("src", "test", "node"))) {
        sources = new ArrayList<>(listed.filter(Files::isRegularFile).toList());
      }
      for (var source : sources) {
        var content = Files.readAllBytes(source);
        var copy = folder.resolve(source.getFileName().toString());
        boolean same = Files.exists(copy) && Arrays.equals(Files.readAllBytes(copy), content);
        fresh &= same || !source.endsWith("package-lock.json");
        Files.write(copy, content);
      }
      if (!fresh) {
        programs.run(Map.of(), "npm", "ci", "--no-audit", "--no-fund");
      }
    } catch (IOException e) {
      throw new AssertionError("the Node programs in " + folder + " cannot be installed", e);
    }
    return programs;
  }

  /** A file among them, {@code node_modules} included. */
  public Path file(String path) {
    return folder.resolve(path);
  }

  /**
   * Runs a command in their folder to its end, which has to be a good one; what it wrote, errors
   * too, is the failure's message.
   *
   * @return what it wrote
   */
  public String run(Map<String, String> environment, String... command) {
    try {
      var output = Files.createTempFile(folder, "output", ".txt");
      var builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process;
      try {
        process = builder.start();
      } catch (IOException e) {
        throw new AssertionError("install Node.js 20 or newer: '" + command[0] + "' is missing", e);
      }
      boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly();
      var said = Files.readString(output);
      Files.delete(output);
      assertThat(ended && process.exitValue() == 0)
          .as("%s\n%s", String.join(" ", command), said)
          .isTrue();
      return said;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
