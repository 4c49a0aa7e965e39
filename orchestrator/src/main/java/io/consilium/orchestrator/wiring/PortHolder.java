package io.consilium.orchestrator.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out which process listens on a port, where the system tells. */
final class PortHolder {
  private static final Logger log = LoggerFactory.getLogger(PortHolder.class);
  private static final String LISTENING = "0A";

  private PortHolder() {}

  /** For example {@code nginx (pid 812)}; empty when it cannot be told. */
  static Optional<String> of(int port) {
    Set<String> sockets = new HashSet<>();
    for (var table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      try {
        for (var line : Files.readAllLines(Path.of(table))) {
          var fields = line.strip().split("\\s+");
          if (fields.length > 9
              && fields[3].equals(LISTENING)
              && fields[1].endsWith(":%04X".formatted(port))) {
            sockets.add("socket:[" + fields[9] + "]");
          }
        }
      } catch (IOException e) {
        log.debug("no {}", table, e);
      }
    }
    return sockets.isEmpty() ? Optional.empty() : owner(sockets);
  }

  private static Optional<String> owner(Set<String> sockets) {
    return ProcessHandle.allProcesses()
        .filter(process -> holds(process.pid(), sockets))
        .findFirst()
        .map(process -> "%s (pid %d)".formatted(name(process), process.pid()));
  }

  private static boolean holds(long pid, Set<String> sockets) {
    try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (var descriptor : descriptors) {
        if (sockets.contains(target(descriptor))) {
          return true;
        }
      }
    } catch (IOException e) {
      log.trace("process {} is not ours to look into", pid, e);
    }
    return false;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static String name(ProcessHandle process) {
    return process
        .info()
        .command()
        .map(command -> Path.of(command).getFileName().toString())
        .orElse("another process");
  }
}
