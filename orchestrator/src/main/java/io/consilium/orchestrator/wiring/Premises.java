package io.consilium.orchestrator.wiring;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** What has to hold before anything is opened; each failure says what to do about it. */
final class Premises {
  private Premises() {}

  /**
   * Looks at the data folder and the port.
   *
   * @throws ExpertException {@code CONFIGURATION}
   */
  static void check(ConsiliumSettings settings) {
    writable(settings.home());
    alone(settings.home());
    free(settings.host(), settings.port());
  }

  private static void writable(Path home) {
    try {
      Files.createDirectories(home.resolve("run"));
      Files.delete(Files.createTempFile(home, "consilium", ".probe"));
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the data folder %s cannot be written (%s): let this user write it, or choose another with CONSILIUM_HOME"
              .formatted(home.toAbsolutePath(), e.getClass().getSimpleName()),
          e);
    }
  }

  private static void alone(Path home) {
    PidFile.of(home)
        .running()
        .ifPresent(pid -> {
          throw new ExpertException(
              FailureKind.CONFIGURATION,
              "Consilium runs with the data folder %s already (pid %d): stop it with './consilium down', or give this one its own folder and port (CONSILIUM_HOME, CONSILIUM_PORT)"
                  .formatted(home.toAbsolutePath(), pid));
        });
  }

  private static void free(String host, int port) {
    if (port == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "port %d on %s cannot be used: %s. Choose another with --port %d (CONSILIUM_PORT)"
              .formatted(
                  port,
                  host,
                  PortHolder.of(port)
                      .map(holder -> holder + " has it")
                      .orElse(String.valueOf(e.getMessage())),
                  port == 65_535 ? 8080 : port + 1),
          e);
    }
  }
}
