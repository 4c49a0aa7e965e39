package io.consilium.bench.routing;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.router.SkillTags;
import io.consilium.router.records.DataFolder;
import io.consilium.router.records.Imported;
import io.consilium.router.records.Item;
import io.consilium.router.replay.CachedEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Fits every row on recorded outcomes, asks it the questions kept apart, and reports. */
public final class RoutingBench {
  private final RoutingOptions options;
  private final CachedEmbedder embedder;
  private final Progress progress;
  private final SkillTags tags = SkillTags.shipped();
  private final Map<DataFolder, Imported> records = new EnumMap<>(DataFolder.class);
  private final Map<Questions, Texts> texts = new HashMap<>();

  /** The questions of a part. */
  private record Questions(List<Item> train, List<Item> test) {}

  private RoutingBench(RoutingOptions options, CachedEmbedder embedder, Progress progress) {
    this.options = options;
    this.embedder = embedder;
    this.progress = progress;
  }

  /** Runs the bench; see {@code RoutingOptions.HELP}. */
  public static void run(String[] args) throws IOException {
    var options = RoutingOptions.parse(args);
    int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
    var folder = options.cache().orElseGet(() -> CachedEmbedder.folder(System.getenv()));
    try (var model = new OnnxEmbedder(threads, 4_096, 1);
        var executor = Executors.newFixedThreadPool(threads)) {
      new RoutingBench(
              options,
              new CachedEmbedder(model, folder),
              new Progress(System.err, Clock.systemUTC()))
          .run(executor);
    }
  }

  private void run(ExecutorService executor) throws IOException {
    var asked = new Split(options.folds(), options.train(), options.test());
    Map<Split, List<Figure>> figures = new LinkedHashMap<>();
    var report = new RoutingReport(options, LocalDate.now(ZoneOffset.UTC), progress::spent);
    for (var split : splits(asked)) {
      for (var pool : options.pools()) {
        figures
            .computeIfAbsent(split, s -> new ArrayList<>())
            .addAll(figures(pool, split, executor, report));
      }
    }
    var wanted = figures.getOrDefault(asked, List.of());
    if (options.json().isPresent()) {
      write(options.json().get(), wanted);
    }
    if (options.out().isPresent() || options.standard()) {
      var folder = options.out().orElse(Path.of("bench", "reports"));
      report.write(folder);
      progress.say("wrote " + folder.resolve("routing.md"));
    }
    print(wanted);
  }

  /** The report of the standard run holds both protocols; any other just what was asked for. */
  private List<Split> splits(Split asked) {
    if (!options.standard()) {
      return List.of(asked);
    }
    return List.of(
        new Split(5, options.train(), options.test()),
        new Split(0, options.train(), options.test()));
  }

  private List<Figure> figures(
      Pool pool, Split split, ExecutorService executor, RoutingReport report) {
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
    var tapes = run.tapes(Rows.all(), executor);
    var scorer = new Scorer(run.field(), pool.word(), run.imported().unit(), options.seed());
    var figures = scorer.figures(tapes);
    report.add(split, new PoolReport(run, tapes, figures), figures);
    return figures;
  }

  private static void write(Path file, List<Figure> figures) throws IOException {
    var folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.write(file, figures.stream().map(Figure::json).toList());
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
