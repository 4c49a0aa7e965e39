package io.consilium.bench.abilities;

import io.consilium.router.records.HashRange;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the bench of abilities is run.
 *
 * @param data the folder of recorded outcomes
 * @param train where the net is fitted and items are drawn from
 * @param test where forecasts are scored
 * @param seed of all randomness
 * @param seeds interviews per expert, each with half of the items as its bank
 * @param experts how many are left out in turn, from the first
 * @param out folder of the report
 * @param json file for one line per figure
 */
record AbilitiesOptions(
    Path data,
    HashRange train,
    HashRange test,
    long seed,
    int seeds,
    int experts,
    Optional<Path> out,
    Optional<Path> json) {
  private static final HashRange TRAIN = new HashRange(0, 0.6);
  private static final HashRange TEST = new HashRange(0.6, 0.75);

  static final String HELP =
      """
      bench abilities --data DIR [options]
        --data DIR      folder that holds mmlu-pro-29
        --train LO:HI   questions to learn from and to interview with, by question hash (0:0.6)
        --test LO:HI    questions to forecast (0.6:0.75)
        --seed N        of all randomness (1)
        --seeds N       interviews per expert (5)
        --experts N     leave out only the first N experts
        --out DIR       where abilities.md goes; without it, a run as it stands here writes it to
                        bench/reports
        --json FILE     one JSON line per figure\
      """;

  static AbilitiesOptions parse(String[] args) {
    Path data = null;
    var train = TRAIN;
    var test = TEST;
    long seed = 1;
    int seeds = 5;
    int experts = Integer.MAX_VALUE;
    Optional<Path> out = Optional.empty();
    Optional<Path> json = Optional.empty();
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      switch (option) {
        case "--data" -> data = Path.of(value(option, rest));
        case "--train" -> train = HashRange.parse(value(option, rest));
        case "--test" -> test = HashRange.parse(value(option, rest));
        case "--seed" -> seed = number(option, rest, 0);
        case "--seeds" -> seeds = number(option, rest, 1);
        case "--experts" -> experts = number(option, rest, 1);
        case "--out" -> out = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
        case "--json" -> json = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
        default -> throw wrong("Unknown option '" + option + "'.");
      }
    }
    if (train.low() < test.high() && test.low() < train.high()) {
      throw wrong("--train and --test overlap; a question must not be in both");
    }
    return new AbilitiesOptions(given(data), train, test, seed, seeds, experts, out, json);
  }

  private static Path given(@Nullable Path data) {
    if (data == null) {
      throw wrong("--data is needed.");
    }
    return data;
  }

  /** Whether it is the run of the checked-in report. */
  boolean standard() {
    return train.equals(TRAIN)
        && test.equals(TEST)
        && seed == 1
        && seeds == 5
        && experts == Integer.MAX_VALUE;
  }

  private static int number(String option, Iterator<String> rest, int least) {
    var text = value(option, rest);
    try {
      int number = Integer.parseInt(text);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, for both
    }
    throw wrong("%s takes a whole number of at least %d, not '%s'.".formatted(option, least, text));
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw wrong(option + " needs a value.");
    }
    return rest.next();
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what + "\n" + HELP);
  }
}
