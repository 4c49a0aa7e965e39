package io.consilium.bench.durability;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * How the durability bench is run.
 *
 * @param kills of the service, the database, or both
 * @param seed of the moments of the kills
 * @param outage seconds the database is away
 * @param rate questions a second meanwhile
 * @param recording seconds the throughput is measured
 * @param root of the repository
 * @param report markdown file to write
 * @param json file for one line per measure, if wanted
 */
record DurabilityOptions(
    int kills,
    int seed,
    int outage,
    int rate,
    int recording,
    Path root,
    Path report,
    Optional<Path> json) {
  static final String HELP =
      """
      bench durability [options]     needs PostgreSQL with pgvector: deploy/install-test-postgres.sh
        --kills N       of the service, the database, or both (default 50)
        --seed N        of the moments of the kills (default 1)
        --outage S      seconds the database is away (default 120)
        --rate N        questions a second meanwhile (default 50)
        --recording S   seconds the throughput is measured (default 60)
        --out FILE      the report (default bench/reports/durability.md)
        --json FILE     one JSON line per measure\
      """;

  static DurabilityOptions parse(String[] args) {
    var root = root(Path.of("").toAbsolutePath());
    int kills = 50;
    int seed = 1;
    int outage = 120;
    int rate = 50;
    int recording = 60;
    var report = root.resolve("bench/reports/durability.md");
    Optional<Path> json = Optional.empty();
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--kills" -> kills = number(option, rest);
        case "--seed" -> seed = number(option, rest);
        case "--outage" -> outage = number(option, rest);
        case "--rate" -> rate = number(option, rest);
        case "--recording" -> recording = number(option, rest);
        case "--out" -> report = Path.of(value(option, rest)).toAbsolutePath();
        case "--json" -> json = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
        default -> throw new IllegalArgumentException("Unknown option '" + option + "'.\n" + HELP);
      }
    }
    return new DurabilityOptions(kills, seed, outage, rate, recording, root, report, json);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("Option " + option + " needs a value.\n" + HELP);
    }
    return rest.next();
  }

  private static int number(String option, Iterator<String> rest) {
    var text = value(option, rest);
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= 100_000) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw new IllegalArgumentException(option + " must be 1 to 100000 but is '" + text + "'");
  }

  private static Path root(Path from) {
    for (Path folder = from; folder != null; folder = folder.getParent()) {
      if (Files.isExecutable(folder.resolve("consilium"))) {
        return folder;
      }
    }
    throw new IllegalArgumentException(
        "Run the durability bench inside the repository: no ./consilium above " + from);
  }
}
