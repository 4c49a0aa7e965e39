package io.consilium.bench.routing;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.router.SkillTags;
import io.consilium.router.fit.Item;
import io.consilium.router.records.DataFolder;
import io.consilium.router.records.Imported;
import io.consilium.router.replay.CachedEmbedder;
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
    var split = new Split(options.folds(), options.train(), options.test());
    List<Figure> figures = new ArrayList<>();
    for (var pool : options.pools()) {
      figures.addAll(figures(pool, split, executor));
    }
    if (options.json().isPresent()) {
      write(options.json().get(), figures);
    }
    print(figures);
  }

  private List<Figure> figures(Pool pool, Split split, ExecutorService executor) {
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
        "%s: %,d complete questions asked, %,d learnt from, %,d incomplete left out",
        pool.word(), run.field().size(), run.trained(), run.incomplete());
    var tapes = run.tapes(Rows.all(), executor);
    var scorer = new Scorer(run.field(), pool.word(), run.imported().unit(), options.seed());
    return scorer.figures(tapes);
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
