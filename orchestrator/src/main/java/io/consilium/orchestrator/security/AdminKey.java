package io.consilium.orchestrator.security;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.jdbc.JdbcKeys;
import java.io.Console;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrator's key: the configured one, else one made at the first start, shown once, and
 * kept for the command line in {@code cli-key}, readable by this user only.
 */
public final class AdminKey {
  private static final Logger log = LoggerFactory.getLogger(AdminKey.class);

  private AdminKey() {}

  /**
   * Sees to it that there is one.
   *
   * @param configured the key that was set, or null
   * @throws ExpertException {@code CONFIGURATION} when it cannot be kept
   */
  public static void ensure(JdbcKeys keys, Path home, @Nullable String configured) {
    if (configured != null && !configured.isBlank()) {
      keys.admit(configured, "CONSILIUM_ADMIN_KEY", Access.ADMIN);
      return;
    }
    var file = home.resolve("cli-key");
    try {
      if (Files.exists(file) && keys.find(Files.readString(file).strip()).isPresent()) {
        return;
      }
      var made = keys.make("first administrator", "default", Access.ADMIN, true, null);
      keep(file, made.clear());
      log.info("the administrator's key is in {}, for the command line", file);
      // never into a log file; this once, for whoever sits here
      Optional.ofNullable(System.console())
          .filter(Console::isTerminal)
          .ifPresent(
              console -> console.printf("Administrator key, shown this once: %s%n", made.clear()));
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the administrator's key cannot be kept in %s (%s): make the folder writable for this user, or set CONSILIUM_ADMIN_KEY"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static void keep(Path file, String key) throws IOException {
    Files.deleteIfExists(file);
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (UnsupportedOperationException e) {
      throw new FileSystemException(file.toString(), null, "this file system keeps no permissions");
    }
    Files.writeString(file, key + "\n");
  }
}
