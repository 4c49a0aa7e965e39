package io.consilium.router.records;

import io.consilium.expert.ExpertException;

/** Says where in a file something is wrong. */
final class Place {
  private Place() {}

  static ExpertException wrong(String file, long line, String column, String what) {
    return ExpertException.invalid(
        "records", "%s, line %d, column '%s': %s".formatted(file, line, column, what));
  }

  static ExpertException wrong(String file, long line, int column, String what) {
    return ExpertException.invalid(
        "records", "%s, line %d, column %d: %s".formatted(file, line, column, what));
  }

  static ExpertException wrong(String file, String what) {
    return ExpertException.invalid("records", file + ": " + what);
  }
}
