package io.consilium.bench.gateway;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the gateway bench is run.
 *
 * @param targets what to compare; the direct mock is always among them
 * @param seconds of each measured run
 * @param minute seconds of the "first minute" after a start
 * @param rounds of which the median is taken
 * @param streams concurrent slow streams to hold
 * @param root of the repository
 * @param oursCommand shell command that starts the service; {@code {port}} and {@code {upstream}}
 *     are filled in
 * @param report markdown file to write
 * @param json file for one line per measure, if wanted
 */
record Options(
    List<Target> targets,
    double seconds,
    double minute,
    int rounds,
    int streams,
    Path root,
    String oursCommand,
    Path report,
    Optional<Path> json) {

  static final String HELP =
      """
      bench gateway [options]
        --targets LIST     ours,thin,portkey (default: all three)
        --seconds N        seconds of each measured run (default 6)
        --quick            short runs, to see that everything works; not for publishing
        --out FILE         the report (default bench/reports/gateway.md; with --quick none in bench/)
        --json FILE        one JSON line per measure
        --ours-cmd CMD     starts our service (default "./consilium up --detach --port {port}")\
      """;

  static Options parse(String[] args) {
    Path root = root(Path.of("").toAbsolutePath());
    List<Target> targets = List.of(Target.values());
    boolean quick = false;
    double seconds = 0;
    String command = "./consilium up --detach --port {port}";
    @Nullable Path report = null;
    @Nullable Path json = null;
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--quick" -> quick = true;
        case "--targets" -> targets = Target.list(value(option, rest));
        case "--seconds" -> seconds = seconds(value(option, rest));
        case "--out" -> report = Path.of(value(option, rest)).toAbsolutePath();
        case "--json" -> json = Path.of(value(option, rest)).toAbsolutePath();
        case "--ours-cmd" -> command = value(option, rest);
        default -> throw new IllegalArgumentException("Unknown option '" + option + "'.\n" + HELP);
      }
    }
    if (report == null) {
      report = root.resolve(quick ? "bench/target/gateway-quick.md" : "bench/reports/gateway.md");
    }
    return new Options(
        targets,
        seconds > 0 ? seconds : quick ? 1 : 6,
        quick ? 5 : 60,
        quick ? 1 : 5,
        quick ? 200 : 2_000,
        root,
        command,
        report,
        Optional.ofNullable(json));
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("Option " + option + " needs a value.\n" + HELP);
    }
    return rest.next();
  }

  private static double seconds(String text) {
    try {
      double seconds = Double.parseDouble(text);
      if (seconds >= 0.2 && seconds <= 600) {
        return seconds;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw new IllegalArgumentException("--seconds must be 0.2 to 600 but is '" + text + "'");
  }

  private static Path root(Path from) {
    for (Path folder = from; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("bench/gateway"))) {
        return folder;
      }
    }
    throw new IllegalArgumentException(
        "Run the gateway bench inside the repository: no bench/gateway above " + from);
  }
}
