package io.consilium.worker.engine;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The base model's checkpoint run another way. */
public sealed interface Variant {
  /** With so many active experts per token, as {@code name-kN}. */
  record ActiveExperts(int count) implements Variant {}

  /** With weights quantised otherwise, from another file, as {@code name-q8_0} and the like. */
  record Quantised(Path file) implements Variant {}

  /**
   * From what users write: a number of active experts, or a file.
   *
   * @throws WorkerException when it is neither
   */
  static Variant of(String text) {
    var written = text.strip();
    if (written.matches("-?\\d{1,9}")) {
      return new ActiveExperts(Integer.parseInt(written));
    }
    if (written.isEmpty()) {
      throw WorkerException.invalid(
          "variants", "a variant is a number of active experts or a file");
    }
    try {
      return new Quantised(Path.of(written));
    } catch (InvalidPathException e) {
      throw WorkerException.invalid(
          "variants", "'%s' is neither a number of active experts nor a file".formatted(written));
    }
  }
}
