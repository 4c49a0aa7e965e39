package io.consilium.orchestrator.wiring;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ./consilium} left beside the application's jar after a first start of its own, so
 * that later ones are faster: nothing of it is needed.
 */
final class Prepared {
  private Prepared() {}

  /** The file or folder of this name; null when there is none. */
  static @Nullable Path beside(String name) {
    var prepared = Path.of(System.getProperty("java.class.path")).resolveSibling(name);
    return Files.exists(prepared) ? prepared : null;
  }
}
