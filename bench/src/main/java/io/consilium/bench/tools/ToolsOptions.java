package io.consilium.bench.tools;

import io.consilium.router.records.HashRange;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the bench of tools is run.
 *
 * @param data the folder of recorded requests
 * @param train what may be learnt from
 * @param test what is asked; null for the standard of each pool
 * @param folds cross-validation over train and test together when above 1
 * @param pools which
 * @param rows which
 * @param seed of the bootstrap
 * @param out folder of the report
 * @param json file for one line per figure
 * @param cache folder of what was embedded before
 * @param fit file for the weights that were fitted
 */
record ToolsOptions(
    Path data,
    HashRange train,
    @Nullable HashRange test,
    int folds,
    List<String> pools,
    List<ToolRow> rows,
    long seed,
    Optional<Path> out,
    Optional<Path> json,
    Optional<Path> cache,
    Optional<Path> fit) {
  static final HashRange TRAIN = new HashRange(0, 0.6);
  static final HashRange TEST = new HashRange(0.6, 0.75);

  /** Where nothing is learnt from, all of this is asked. */
  static final HashRange ALL = new HashRange(0, 0.75);

  static final String HELP =
      """
      bench tools --data DIR [options]
        --data DIR      folder that holds toole and seal-tools
        --train LO:HI   requests to learn from, by question hash (0:0.6)
        --test LO:HI    requests to ask (0.6:0.75; 0:0.75 in seal-in and seal-out, which train nothing)
        --folds N       N-fold cross-validation over both ranges together instead
        --pools A,B     toole-single, toole-multi, seal-dev, seal-in, seal-out (all); any other name is
                        a folder in DIR with tools.jsonl[.gz] (name, description, parameters) and
                        queries.jsonl[.gz] (query, tools)
        --rows A,B      bm25, embedding, reciprocal_rank, descriptions, servers, marginal, examples (all)
        --seed N        of the bootstrap (1)
        --seeds N       no row is random: taken and ignored
        --out DIR       where tools.md goes; without it, a run as it stands here writes it to
                        bench/reports
        --json FILE     one JSON line per figure
        --cache DIR     where embeddings are kept ($CONSILIUM_HOME/cache, else the user's cache)
        --fit FILE      also write the fitted weights, as the service ships them\
      """;

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException when an option is wrong; the message ends with the help
   */
  static ToolsOptions parse(String[] args) {
    try {
      return read(args);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(wrong.getMessage() + "\n" + HELP, wrong);
    }
  }

  private static ToolsOptions read(String[] args) {
    Path data = null;
    var train = TRAIN;
    HashRange test = null;
    int folds = 0;
    var pools = ToolPool.STANDARD;
    var rows = List.of(ToolRow.values());
    long seed = 1;
    Optional<Path> out = Optional.empty();
    Optional<Path> json = Optional.empty();
    Optional<Path> cache = Optional.empty();
    Optional<Path> fit = Optional.empty();
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException(
            HELP.contains("  " + option + " ")
                ? option + " needs a value."
                : "Unknown option '" + option + "'.");
      }
      var value = rest.next();
      switch (option) {
        case "--data" -> data = Path.of(value);
        case "--train" -> train = HashRange.parse(value);
        case "--test" -> test = HashRange.parse(value);
        case "--folds" -> folds = (int) number(option, value, 2, 100);
        case "--pools" -> pools = words(value);
        case "--rows" -> rows = words(value).stream().map(ToolsOptions::row).toList();
        case "--seed" -> seed = number(option, value, 0, Integer.MAX_VALUE);
        case "--seeds" -> number(option, value, 1, 100);
        case "--out" -> out = Optional.of(Path.of(value).toAbsolutePath());
        case "--json" -> json = Optional.of(Path.of(value).toAbsolutePath());
        case "--cache" -> cache = Optional.of(Path.of(value).toAbsolutePath());
        case "--fit" -> fit = Optional.of(Path.of(value).toAbsolutePath());
        default -> throw new IllegalArgumentException("Unknown option '" + option + "'.");
      }
    }
    if (data == null) {
      throw new IllegalArgumentException("--data is needed.");
    }
    return new ToolsOptions(data, train, test, folds, pools, rows, seed, out, json, cache, fit);
  }

  /**
   * What is asked in a pool.
   *
   * @throws IllegalArgumentException when it could have been learnt from
   */
  HashRange asked(ToolPool pool) {
    if (!pool.trained()) {
      return test == null ? ALL : test;
    }
    var asked = test == null ? TEST : test;
    if (train.low() < asked.high() && asked.low() < train.high()) {
      throw new IllegalArgumentException(
          "--train %s and --test %s overlap; a request of %s must not be in both\n%s"
              .formatted(train, asked, pool.name(), HELP));
    }
    return asked;
  }

  /** Whether the run is that of the checked-in report. */
  boolean standard() {
    return train.equals(TRAIN)
        && test == null
        && folds == 0
        && pools.equals(ToolPool.STANDARD)
        && rows.size() == ToolRow.values().length
        && seed == 1;
  }

  private static ToolRow row(String word) {
    return Arrays.stream(ToolRow.values())
        .filter(row -> row.word().equals(word))
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException("--rows: there is no row " + word + "."));
  }

  private static List<String> words(String value) {
    return Arrays.stream(value.split(",")).map(String::strip).distinct().toList();
  }

  private static long number(String option, String value, long least, long most) {
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, for both
    }
    throw new IllegalArgumentException(
        "%s takes a whole number from %d to %d, not '%s'.".formatted(option, least, most, value));
  }
}
