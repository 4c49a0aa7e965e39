package io.consilium.bench.cold;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * How the cold-routing bench is run.
 *
 * @param split {@code dev} or {@code test}
 * @param data folder that holds {@code toole/}, if wanted
 * @param out markdown file to write
 * @param json file for one line per measure, if wanted
 * @param fit folder of the router's resources to fit anew, if wanted
 * @param errors whether to print every question that went wrong
 */
record ColdOptions(
    String split,
    Optional<Path> data,
    Optional<Path> out,
    Optional<Path> json,
    Optional<Path> fit,
    boolean errors) {
  static final String HELP =
      """
      bench cold-routing [options]
        --split NAME   dev or test (default dev; test is for the report only)
        --data DIR     folder that holds toole/, to rank its 199 tools as well
        --out FILE     the report (bench/reports/cold-routing.md)
        --json FILE    one JSON line per measure
        --errors       print every question that went wrong (not with --split test)
        --fit DIR      fit cold-weights.json anew into DIR (needs --data), then measure with it\
      """;

  static ColdOptions parse(String[] args) {
    var options =
        new ColdOptions(
            "dev", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      options =
          switch (option) {
            case "--split" -> options.split(value(option, rest));
            case "--data" ->
                options.paths(
                    Optional.of(path(option, rest)), options.out, options.json, options.fit);
            case "--out" ->
                options.paths(
                    options.data, Optional.of(path(option, rest)), options.json, options.fit);
            case "--json" ->
                options.paths(
                    options.data, options.out, Optional.of(path(option, rest)), options.fit);
            case "--fit" ->
                options.paths(
                    options.data, options.out, options.json, Optional.of(path(option, rest)));
            case "--errors" ->
                new ColdOptions(
                    options.split, options.data, options.out, options.json, options.fit, true);
            default ->
                throw new IllegalArgumentException("Unknown option '" + option + "'.\n" + HELP);
          };
    }
    if (options.fit.isPresent() && options.data.isEmpty()) {
      throw new IllegalArgumentException("--fit needs --data, the rosters to fit on.\n" + HELP);
    }
    return options;
  }

  private ColdOptions split(String name) {
    if (!List.of("dev", "test").contains(name)) {
      throw new IllegalArgumentException("--split takes dev or test, not " + name);
    }
    return new ColdOptions(name, data, out, json, fit, errors);
  }

  private ColdOptions paths(
      Optional<Path> data, Optional<Path> out, Optional<Path> json, Optional<Path> fit) {
    return new ColdOptions(split, data, out, json, fit, errors);
  }

  private static Path path(String option, Iterator<String> rest) {
    return Path.of(value(option, rest)).toAbsolutePath();
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value.\n" + HELP);
    }
    return rest.next();
  }
}
