package io.consilium.orchestrator.wiring;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** {@code run/orchestrator.pid} in the data folder: which process serves it. */
final class PidFile implements AutoCloseable {
  private final Path path;

  private PidFile(Path path) {
    this.path = path;
  }

  /** The file of a data folder; nothing is written yet. */
  static PidFile of(Path home) {
    return new PidFile(home.resolve("run").resolve("orchestrator.pid"));
  }

  /** Names this process in it. */
  PidFile claim() {
    try {
      Files.createDirectories(path.getParent());
      Files.writeString(path, Long.toString(ProcessHandle.current().pid()));
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "%s cannot be written (%s): let this user write it"
              .formatted(path, e.getClass().getSimpleName()),
          e);
    }
    return this;
  }

  /** The process named in it, when that is another Consilium that lives. */
  Optional<Long> running() {
    return read()
        .filter(pid -> pid != ProcessHandle.current().pid())
        .filter(pid -> ProcessHandle.of(pid).filter(PidFile::isOurs).isPresent());
  }

  /** After a crash the number may belong to somebody else by now. */
  private static boolean isOurs(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    try {
      return Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())))
          .contains("consilium");
    } catch (IOException e) {
      return process.info().commandLine().map(line -> line.contains("consilium")).orElse(true);
    }
  }

  private Optional<Long> read() {
    try {
      return Optional.of(Long.parseLong(Files.readString(path).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Removes it, if it still names this process. */
  @Override
  public void close() throws IOException {
    if (read().filter(pid -> pid == ProcessHandle.current().pid()).isPresent()) {
      Files.deleteIfExists(path);
    }
  }
}
