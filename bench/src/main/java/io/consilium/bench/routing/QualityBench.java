package io.consilium.bench.routing;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.router.SkillTags;
import io.consilium.router.records.DataFolder;
import io.consilium.router.records.Imported;
import io.consilium.router.records.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * What benches on recorded outcomes share: fits every row on the training part of each pool, asks
 * it the questions kept apart, measures, and writes the report.
 */
public final class QualityBench {
  private static final int FOLDS = 5;

  private final String bench;
  private final RoutingOptions options;
  private final List<Row> rows;
  private final Set<Metric> metrics;
  private final CachedEmbedder embedder;
  private final Progress progress;
  private final SkillTags tags = SkillTags.shipped();
  private final Map<DataFolder, Imported> records = new EnumMap<>(DataFolder.class);
  private final Map<Questions, Texts> texts = new HashMap<>();

  /** The questions of a part. */
  private record Questions(List<Item> train, List<Item> test) {}

  /** Hears every pool, and writes the report of those it has heard of. */
  public interface Report {
    /** A pool was measured under a split. */
    void add(Split split, PoolRun run, Map<String, List<Tape>> tapes, List<Figure> figures);

    /** Writes it into a folder; gives the file. */
    Path write(Path folder) throws IOException;
  }

  private QualityBench(
      String bench,
      RoutingOptions options,
      List<Row> rows,
      Set<Metric> metrics,
      CachedEmbedder embedder,
      Progress progress) {
    this.bench = bench;
    this.options = options;
    this.rows = rows;
    this.metrics = metrics;
    this.embedder = embedder;
    this.progress = progress;
  }

  /**
   * Runs a bench.
   *
   * @param bench its name in JSON lines
   * @param rows what is measured, in the order of the report
   * @param metrics by what
   * @param report made of a supplier of the time spent so far
   */
  public static void run(
      String bench,
      RoutingOptions options,
      List<Row> rows,
      Set<Metric> metrics,
      java.util.function.Function<Supplier<String>, Report> report)
      throws IOException {
    int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
    var folder = options.cache().orElseGet(() -> CachedEmbedder.folder(System.getenv()));
    var progress = new Progress(System.err, Clock.systemUTC());
    try (var model = new OnnxEmbedder(threads, 4_096, 1);
        var executor = Executors.newFixedThreadPool(threads)) {
      var embedder = new CachedEmbedder(model, folder);
      new QualityBench(bench, options, rows, metrics, embedder, progress)
          .run(executor, report.apply(progress::spent));
    }
  }

  private void run(ExecutorService executor, Report report) throws IOException {
    var asked = new Split(options.folds(), options.train(), options.test());
    List<Figure> wanted = new ArrayList<>();
    // pool by pool, so that a run that is ended early holds what it has of a pool both ways
    for (var pool : options.pools()) {
      for (var split : splits(asked)) {
        var figures = figures(pool, split, executor, report);
        if (split.equals(asked)) {
          wanted.addAll(figures);
          print(figures);
        }
        // after each pool, so that a run of hours that is ended early was not in vain
        if (options.json().isPresent()) {
          write(options.json().get(), wanted);
        }
        if (options.out().isPresent() || options.standard()) {
          var file = report.write(options.out().orElse(Path.of("bench", "reports")));
          progress.say("wrote " + file);
        }
      }
    }
  }

  /** The report of the standard run holds both protocols; any other what was asked for. */
  private List<Split> splits(Split asked) {
    return options.protocols() == 1
        ? List.of(asked)
        : List.of(
            new Split(FOLDS, options.train(), options.test()),
            new Split(0, options.train(), options.test()));
  }

  private List<Figure> figures(Pool pool, Split split, ExecutorService executor, Report report) {
    var imported = records.computeIfAbsent(pool.data, data -> data.read(options.data()));
    Set<Questions> used = new HashSet<>();
    var run =
        new PoolRun(
            pool,
            imported,
            split,
            options,
            progress,
            (train, test) -> {
              var questions = new Questions(train, test);
              used.add(questions);
              return texts.computeIfAbsent(
                  questions, q -> new Texts(embedder, tags, train, test, options.seed(), progress));
            });
    texts.keySet().retainAll(used);
    progress.say(
        "%s: %,d complete questions asked, %,d learnt from, %,d incomplete left out"
            .formatted(pool.word(), run.field().size(), run.trained(), run.incomplete()));
    var tapes = run.tapes(rows, executor);
    var scorer =
        new Scorer(run.field(), pool.word(), run.imported().unit(), options.seed(), metrics);
    var figures = scorer.figures(tapes);
    report.add(split, run, tapes, figures);
    return figures;
  }

  private void write(Path file, List<Figure> figures) throws IOException {
    var folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.write(file, figures.stream().map(figure -> figure.json(bench)).toList());
  }

  private static void print(List<Figure> figures) {
    for (var figure : figures) {
      System.out.printf(
          "%-15s %-22s %-18s %8.4f  [%7.4f, %7.4f]  vs single %+.4f [%+.4f, %+.4f]%n",
          figure.pool(),
          figure.row(),
          figure.metric().word(),
          figure.value(),
          figure.lo(),
          figure.hi(),
          figure.single().value(),
          figure.single().lo(),
          figure.single().hi());
    }
  }
}
