package io.consilium.bench.routing;

import io.consilium.router.records.HashRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * How a quality bench is run.
 *
 * @param data the folder of recorded outcomes
 * @param train what may be learnt from
 * @param test what is asked
 * @param folds cross-validation over train and test together when above 1
 * @param both whether the report holds that and the split of train and test
 * @param pools which
 * @param rows which; empty for all
 * @param seed of all randomness
 * @param seeds how often random fits are repeated
 * @param out folder of the report
 * @param json file for one line per figure
 * @param cache folder of what was computed before
 */
public record RoutingOptions(
    Path data,
    HashRange train,
    HashRange test,
    int folds,
    boolean both,
    List<Pool> pools,
    List<String> rows,
    long seed,
    int seeds,
    Optional<Path> out,
    Optional<Path> json,
    Optional<Path> cache) {
  static final HashRange TRAIN = new HashRange(0, 0.6);
  static final HashRange TEST = new HashRange(0.6, 0.75);
  private static final long SEED = 1;
  private static final int SEEDS = 3;

  /** How a bench is called. */
  public static String help(String bench) {
    return """
    bench %s --data DIR [options]
      --data DIR      folder that holds mmlu-pro-29, zeroeval-56 and routellm-2
      --train LO:HI   questions to learn from, by question hash (0:0.6)
      --test LO:HI    questions to ask (0.6:0.75)
      --folds N       N-fold cross-validation over both ranges together instead
      --both          five folds as well as the split of --train and --test, as the report has them
      --pools A,B     %s (all)
      --rows A,B      only these rows, and the baselines they are measured against
      --seed N        of all randomness (1)
      --seeds N       fits per random row, whose figures are their mean (3)
      --out DIR       where the report and its charts go; without it they are written to
                      bench/reports by a run with all pools, rows and ranges as they stand here
      --json FILE     one JSON line per figure
      --cache DIR     where embeddings are kept ($CONSILIUM_HOME/cache, else the user's cache)\
    """
        .formatted(bench, Pool.words());
  }

  /**
   * Reads the options of a bench.
   *
   * @param bench its name
   * @param known its rows
   * @throws IllegalArgumentException when an option is wrong; the message ends with the help
   */
  public static RoutingOptions parse(String bench, List<Row> known, String[] args) {
    try {
      return parse(known, args);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(wrong.getMessage() + "\n" + help(bench), wrong);
    }
  }

  private static RoutingOptions parse(List<Row> known, String[] args) {
    var parsed = new Parsed();
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--data" -> parsed.data = Optional.of(Path.of(value(option, rest)));
        case "--train" -> parsed.train = HashRange.parse(value(option, rest));
        case "--test" -> parsed.test = HashRange.parse(value(option, rest));
        case "--folds" -> parsed.folds = number(option, rest, 2, 100);
        case "--both" -> parsed.both = true;
        case "--pools" -> parsed.pools = words(option, rest).stream().map(Pool::of).toList();
        case "--rows" -> parsed.rows = words(option, rest);
        case "--seed" -> parsed.seed = number(option, rest, 0, Integer.MAX_VALUE);
        case "--seeds" -> parsed.seeds = number(option, rest, 1, 100);
        case "--out" -> parsed.out = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
        case "--json" -> parsed.json = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
        case "--cache" -> parsed.cache = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
        default -> throw wrong("Unknown option '" + option + "'.");
      }
    }
    return parsed.checked(known.stream().map(Row::name).toList());
  }

  private static final class Parsed {
    private Optional<Path> data = Optional.empty();
    private HashRange train = TRAIN;
    private HashRange test = TEST;
    private int folds = 0;
    private boolean both = false;
    private List<Pool> pools = List.of(Pool.values());
    private List<String> rows = List.of();
    private long seed = SEED;
    private int seeds = SEEDS;
    private Optional<Path> out = Optional.empty();
    private Optional<Path> json = Optional.empty();
    private Optional<Path> cache = Optional.empty();

    private RoutingOptions checked(List<String> known) {
      if (train.low() < test.high() && test.low() < train.high()) {
        throw wrong(
            "--train %s and --test %s overlap; a question must not be in both"
                .formatted(train, test));
      }
      if (both && folds > 1 && folds != 5) {
        throw wrong("--both measures five folds; leave --folds out, or say 5");
      }
      var unknown = new ArrayList<>(rows);
      unknown.removeAll(known);
      if (!unknown.isEmpty()) {
        throw wrong(
            "--rows: there is no row %s; there are %s"
                .formatted(unknown.getFirst(), String.join(", ", known)));
      }
      return new RoutingOptions(
          data.orElseThrow(() -> wrong("--data is needed.")),
          train,
          test,
          folds,
          both,
          pools,
          rows,
          seed,
          seeds,
          out,
          json,
          cache);
    }
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what);
  }

  private static List<String> words(String option, Iterator<String> rest) {
    return Arrays.stream(value(option, rest).split(",")).map(String::strip).distinct().toList();
  }

  private static int number(String option, Iterator<String> rest, int least, int most) {
    var text = value(option, rest);
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, for both
    }
    throw wrong(
        "%s takes a whole number from %d to %d, not '%s'.".formatted(option, least, most, text));
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw wrong(option + " needs a value.");
    }
    return rest.next();
  }

  /** Whether ranges, pools, rows and seeds are those of the checked-in report. */
  public boolean standard() {
    return standardRanges()
        && (folds == 0 || folds == 5)
        && pools.size() == Pool.values().length
        && rows.isEmpty()
        && seed == SEED
        && seeds == SEEDS;
  }

  /** How many ways of parting questions are measured. */
  int protocols() {
    return standard() || both ? 2 : 1;
  }

  /** What was asked for beyond the defaults, as it was written in the call. */
  public String command() {
    return command(pools);
  }

  /** The call that asks for these of its pools. */
  public String command(Collection<Pool> done) {
    var command = new StringBuilder();
    if (!train.equals(TRAIN) || !test.equals(TEST)) {
      command.append(" --train ").append(train).append(" --test ").append(test);
    }
    if (folds > 1) {
      command.append(" --folds ").append(folds);
    }
    if (both) {
      command.append(" --both");
    }
    if (done.size() < Pool.values().length) {
      command.append(" --pools ").append(String.join(",", done.stream().map(Pool::word).toList()));
    }
    if (!rows.isEmpty()) {
      command.append(" --rows ").append(String.join(",", rows));
    }
    if (seeds != SEEDS) {
      command.append(" --seeds ").append(seeds);
    }
    return command.toString();
  }

  private boolean standardRanges() {
    return train.equals(TRAIN) && test.equals(TEST);
  }

  /** Whether a row is to be measured: asked for, or needed to measure others against. */
  public boolean wants(Row row) {
    return rows.isEmpty()
        || rows.contains(row.name())
        || List.of("random", Scorer.SINGLE, Scorer.TABLE, "oracle").contains(row.name());
  }
}
