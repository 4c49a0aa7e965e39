package io.consilium.bench.start;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * How the start bench is run.
 *
 * @param rounds starts, of which the median is taken
 * @param root of the repository
 * @param report markdown file to write
 * @param json file for one line per measure, if wanted
 */
record StartOptions(int rounds, Path root, Path report, Optional<Path> json) {
  static final String HELP =
      """
      bench start [options]
        --rounds N    starts to take the median of (default 5)
        --out FILE    the report (default bench/reports/start.md)
        --json FILE   one JSON line per measure\
      """;

  static StartOptions parse(String[] args) {
    var root = root(Path.of("").toAbsolutePath());
    int rounds = 5;
    var report = root.resolve("bench/reports/start.md");
    Optional<Path> json = Optional.empty();
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--rounds" -> rounds = rounds(value(option, rest));
        case "--out" -> report = Path.of(value(option, rest)).toAbsolutePath();
        case "--json" -> json = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
        default -> throw new IllegalArgumentException("Unknown option '" + option + "'.\n" + HELP);
      }
    }
    return new StartOptions(rounds, root, report, json);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("Option " + option + " needs a value.\n" + HELP);
    }
    return rest.next();
  }

  private static int rounds(String text) {
    try {
      int rounds = Integer.parseInt(text);
      if (rounds >= 1 && rounds <= 100) {
        return rounds;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw new IllegalArgumentException("--rounds must be 1 to 100 but is '" + text + "'");
  }

  private static Path root(Path from) {
    for (Path folder = from; folder != null; folder = folder.getParent()) {
      if (Files.isExecutable(folder.resolve("consilium"))) {
        return folder;
      }
    }
    throw new IllegalArgumentException(
        "Run the start bench inside the repository: no ./consilium above " + from);
  }
}
