package io.consilium.bench.learning;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.bench.routing.Pool;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfile;
import io.consilium.router.Router;
import io.consilium.router.records.HashRange;
import io.consilium.router.records.Records;
import io.consilium.router.replay.Profiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Plays recorded questions as a stream of use: the cold router begins with experts of which it
 * knows nothing, hears of a fifth of its answers whether they were right, and is scored on what it
 * serves. Then the best expert fails.
 */
public final class LearningBench {
  private static final HashRange TRAIN = new HashRange(0, 0.6);

  /** Questions over which an end is scored. */
  private static final int END = 500;

  /** When the best expert of small-11 falls. */
  private static final int FALL = 3_400;

  private static final int LONG = 7_000;

  private static final String HELP =
      """
      bench learning --data DIR [options]
        --data DIR      folder of recorded outcomes
        --train LO:HI   questions to ask, by question hash (0:0.6)
        --seeds N       orders in which they are asked (20)
        --pools A,B     pools to learn on, among small-11 and small-10 and all others (both)
        --out DIR       where learning.md goes (bench/reports)
        --json FILE     one JSON line per figure\
      """;

  private final Path data;
  private final HashRange train;
  private final int seeds;
  private final List<Pool> pools;
  private final Path out;
  private final Optional<Path> json;

  private LearningBench(
      Path data, HashRange train, int seeds, List<Pool> pools, Path out, Optional<Path> json) {
    this.data = data;
    this.train = train;
    this.seeds = seeds;
    this.pools = pools;
    this.out = out;
    this.json = json;
  }

  /** Runs the bench. */
  public static void run(String[] args) throws IOException {
    @Nullable Path data = null;
    var train = TRAIN;
    int seeds = 20;
    List<Pool> pools = List.of(Pool.SMALL_10, Pool.SMALL_11);
    var out = Path.of("bench", "reports");
    Optional<Path> json = Optional.empty();
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException(
            "'%s' is no option, or has no value.%n%s".formatted(option, HELP));
      }
      var value = rest.next();
      switch (option) {
        case "--data" -> data = Path.of(value);
        case "--train" -> train = HashRange.parse(value);
        case "--seeds" -> seeds = Integer.parseInt(value);
        case "--pools" -> pools = List.of(value.split(",")).stream().map(Pool::of).toList();
        case "--out" -> out = Path.of(value).toAbsolutePath();
        case "--json" -> json = Optional.of(Path.of(value).toAbsolutePath());
        default -> throw new IllegalArgumentException("Unknown option '" + option + "'.\n" + HELP);
      }
    }
    if (data == null || seeds < 2) {
      throw new IllegalArgumentException("--data is needed, and two seeds or more.\n" + HELP);
    }
    new LearningBench(data, train, seeds, pools, out, json).run();
  }

  private void run() throws IOException {
    List<Figure> figures = new ArrayList<>();
    try (var model = new OnnxEmbedder(2, 4_096, 1)) {
      var embedder = new CachedEmbedder(model, CachedEmbedder.folder(System.getenv()));
      for (var pool : pools) {
        var imported = pool.data.read(data);
        var members = imported.among(pool.among(imported.records().experts())).forRouting();
        var all = members.records();
        var asked = all.where(row -> all.complete(row) && train.holds(all.items().get(row).hash()));
        var router = Router.cold(embedder, Runnable::run, Planner.greedy());
        var stream = new Stream(asked, profiles(asked, embedder), router);
        figures.addAll(learning(pool, stream, asked.items().size()));
        System.err.printf("%s is played%n", pool.word());
      }
    }
    var report = new LearningReport(figures, seeds, train);
    var page = report.markdown(LocalDate.now(ZoneOffset.UTC));
    System.out.println(page);
    Files.createDirectories(out);
    Files.writeString(out.resolve("learning.md"), page);
    if (json.isPresent()) {
      Files.write(json.get(), report.json());
    }
  }

  private static List<QuestionProfile> profiles(Records records, CachedEmbedder embedder) {
    return Profiles.of(
        records.items(),
        embedder,
        (done, all) -> System.err.printf("embedded %,d of %,d questions%n", done, all));
  }

  /**
   * A number over the seeds.
   *
   * @param low lower end of its 95 % interval, by the spread over seeds
   * @param high upper end
   */
  record Figure(
      String pool, String learner, String metric, double value, double low, double high, int n) {
    static Figure of(String pool, String learner, String metric, int n, double[] values) {
      double mean = 0;
      for (double value : values) {
        mean += value / values.length;
      }
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean);
      }
      double reach = 1.96 * Math.sqrt(squares / (values.length - 1) / values.length);
      return new Figure(pool, learner, metric, mean, mean - reach, mean + reach, n);
    }
  }

  private List<Figure> learning(Pool pool, Stream stream, int questions) {
    List<Figure> figures = new ArrayList<>();
    boolean small11 = pool == Pool.SMALL_11;
    int first = Math.min(questions, small11 ? 2_000 : 1_650);
    int whole = Math.min(questions, LONG);
    for (var learner : Learner.values()) {
      var runs = runs(stream, learner, whole, Integer.MAX_VALUE);
      figures.add(gain(pool, learner, runs, first));
      if (whole > first) {
        figures.add(gain(pool, learner, runs, whole));
      }
      figures.add(
          figure(
              pool,
              learner,
              "accuracy of all",
              whole,
              runs,
              run -> Stream.Run.mean(run.right(), 0, whole)));
      figures.add(
          figure(
              pool,
              learner,
              "best single less accuracy, last " + END,
              whole,
              runs,
              run -> run.regret(whole - END, whole)));
      if (small11 && whole >= FALL + 1_500) {
        var fallen = runs(stream, learner, FALL + 1_500, FALL);
        for (int from : new int[] {0, 500, 1_000}) {
          figures.add(
              figure(
                  pool,
                  learner,
                  "excess regret %,d–%,d after the fall".formatted(from, from + END),
                  END,
                  fallen,
                  run ->
                      run.regret(FALL + from, FALL + from + END) - run.regret(FALL - END, FALL)));
        }
      }
    }
    return figures;
  }

  private Figure gain(Pool pool, Learner learner, List<Stream.Run> runs, int after) {
    return figure(
        pool,
        learner,
        "accuracy less random, last %d of %,d".formatted(END, after),
        after,
        runs,
        run ->
            Stream.Run.mean(run.right(), after - END, after)
                - Stream.Run.mean(run.random(), after - END, after));
  }

  private Figure figure(
      Pool pool,
      Learner learner,
      String metric,
      int n,
      List<Stream.Run> runs,
      ToDoubleFunction<Stream.Run> of) {
    return Figure.of(
        pool.word(),
        learner.name().toLowerCase(Locale.ROOT),
        metric,
        n,
        runs.stream().mapToDouble(of).toArray());
  }

  private List<Stream.Run> runs(Stream stream, Learner learner, int questions, int fall) {
    return LongStream.rangeClosed(1, seeds)
        .mapToObj(seed -> stream.play(learner, seed, questions, fall))
        .toList();
  }
}
