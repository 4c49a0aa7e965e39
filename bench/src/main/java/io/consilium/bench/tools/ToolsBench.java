package io.consilium.bench.tools;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.bench.routing.Progress;
import io.consilium.bench.routing.Split;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.router.records.Item;
import io.consilium.tools.retrieval.ToolDocument;
import io.consilium.tools.retrieval.ToolRequest;
import io.consilium.tools.retrieval.ToolWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Ranks the tools of recorded requests in several ways, compares, and reports. */
public final class ToolsBench {
  private static final int DRAWS = 1_000;
  private static final List<String> FITTED = List.of("toole-single", "toole-multi", "seal-dev");
  private static final int TIMED = 1_000;

  private final ToolsOptions options;
  private final CachedEmbedder embedder;
  private final Progress progress;
  private final Map<String, ToolPool> pools = new LinkedHashMap<>();
  private final Map<Integer, Fitted> fitted = new LinkedHashMap<>();

  private ToolsBench(ToolsOptions options, CachedEmbedder embedder, Progress progress) {
    this.options = options;
    this.embedder = embedder;
    this.progress = progress;
  }

  /** Runs the bench; see {@code ToolsOptions.HELP}. */
  public static void run(String[] args) throws IOException {
    var options = ToolsOptions.parse(args);
    int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
    var folder = options.cache().orElseGet(() -> CachedEmbedder.folder(System.getenv()));
    try (var model = new OnnxEmbedder(threads, 4_096, 1)) {
      new ToolsBench(
              options,
              new CachedEmbedder(model, folder),
              new Progress(System.err, Clock.systemUTC()))
          .run();
    }
  }

  private void run() throws IOException {
    List<ToolFigure> figures = new ArrayList<>();
    for (var name : options.pools()) {
      figures.addAll(figures(pool(name)));
    }
    if (options.json().isPresent()) {
      Files.write(options.json().get(), figures.stream().map(ToolFigure::json).toList());
    }
    if (options.fit().isPresent()) {
      Files.writeString(options.fit().get(), fitted(0).weights().json().toPrettyString() + "\n");
    }
    if (options.out().isPresent() || options.standard()) {
      var out = options.out().orElse(Path.of("bench", "reports"));
      Files.createDirectories(out);
      var report =
          new ToolsReport(
                  options, LocalDate.now(ZoneOffset.UTC), progress.spent(), pools, fitted(0))
              .text(figures, speeds());
      Files.writeString(out.resolve("tools.md"), report);
      progress.say("wrote " + out.resolve("tools.md"));
    }
    for (var figure : figures) {
      System.out.printf(
          "%-13s %-16s %-9s %7.4f  [%6.4f, %6.4f]  vs bm25 %+.4f [%+.4f, %+.4f]%n",
          figure.pool(),
          figure.row().word(),
          figure.metric().word(),
          figure.value(),
          figure.lo(),
          figure.hi(),
          figure.diff(),
          figure.diffLo(),
          figure.diffHi());
    }
  }

  private ToolPool pool(String name) throws IOException {
    var known = pools.get(name);
    if (known == null) {
      known = ToolPool.read(options.data(), name);
      pools.put(name, known);
    }
    return known;
  }

  /** What one fit learns from, and what it is asked. */
  record Part(List<ToolQuery> train, List<ToolQuery> also, List<ToolQuery> test) {}

  private List<Part> parts(ToolPool pool) {
    var asked = options.asked(pool);
    if (!pool.trained()) {
      return List.of(
          new Part(
              List.of(),
              List.of(),
              pool.queries().stream().filter(query -> asked.holds(query.hash())).toList()));
    }
    var split = new Split(options.folds(), options.train(), asked);
    var rows = split.of(items(pool.queries()));
    var more = split.of(items(pool.also()));
    return IntStream.range(0, rows.size())
        .mapToObj(part ->
            new Part(
                chosen(pool.queries(), rows.get(part).train()),
                chosen(pool.also(), more.get(part).train()),
                chosen(pool.queries(), rows.get(part).test())))
        .toList();
  }

  private static List<Item> items(List<ToolQuery> queries) {
    return queries.stream()
        .map(query -> new Item(query.text(), query.text(), "", query.hash()))
        .toList();
  }

  private static List<ToolQuery> chosen(List<ToolQuery> queries, int[] rows) {
    return IntStream.of(rows).mapToObj(queries::get).toList();
  }

  /** Fitted once per part, on the training parts of all pools that have one in the data folder. */
  private Fitted fitted(int part) throws IOException {
    var known = fitted.get(part);
    if (known == null) {
      var fit = new ToolsFit(embedder);
      boolean any = false;
      for (var name : FITTED) {
        if (Files.isDirectory(
            options.data().resolve(name.startsWith("seal") ? "seal-tools" : "toole"))) {
          var pool = pool(name);
          var learnt = parts(pool).get(part);
          embed(learnt.train());
          fit.add(pool, learnt.train(), learnt.also());
          any = true;
        }
      }
      known = any ? fit.fit() : new Fitted(ToolWeights.shipped(), 0, 0);
      progress.say(
          "weights %s, servers %s, diversity %s"
              .formatted(known.weights().json(), known.server(), known.diversity()));
      fitted.put(part, known);
    }
    return known;
  }

  private List<ToolFigure> figures(ToolPool pool) throws IOException {
    Map<ToolRow, Map<ToolMetric, List<Double>>> values = new EnumMap<>(ToolRow.class);
    var parts = parts(pool);
    for (int number = 0; number < parts.size(); number++) {
      var part = parts.get(number);
      if (part.test().isEmpty()) {
        throw new IllegalArgumentException(pool.name() + " has no requests in that range");
      }
      embed(part.test());
      var requests =
          part.test().stream().map(query -> ToolRequest.of(query.text(), embedder)).toList();
      for (var row : rows()) {
        play(pool, part, number, row, requests)
            .ifPresent(rankings -> keep(values, row, part.test(), rankings));
      }
    }
    int n = parts.stream().mapToInt(part -> part.test().size()).sum();
    List<ToolFigure> figures = new ArrayList<>();
    var base = values.getOrDefault(ToolRow.BM25, Map.of());
    values.forEach((row, metrics) -> {
      if (options.rows().contains(row)) {
        metrics.forEach((metric, each) ->
            figures.add(figure(pool, row, metric, each, base.getOrDefault(metric, each), n)));
      }
    });
    return figures;
  }

  /** Those asked for, and the one they are measured against. */
  private List<ToolRow> rows() {
    return Arrays.stream(ToolRow.values())
        .filter(row -> row == ToolRow.BM25 || options.rows().contains(row))
        .toList();
  }

  private void embed(List<ToolQuery> queries) {
    embedder.prepare(
        queries.stream().flatMap(query -> ToolRequest.texts(query.text()).stream()).toList(),
        (done, all) -> {
          if (done % 2_560 == 0 || done.equals(all)) {
            progress.say("embedded %,d of %,d texts".formatted(done, all));
          }
        });
  }

  private Optional<List<List<String>>> play(
      ToolPool pool, Part part, int number, ToolRow row, List<ToolRequest> requests)
      throws IOException {
    long start = System.nanoTime();
    ToolRow.Ranker ranker;
    try {
      List<ToolQuery> known = new ArrayList<>(part.also());
      known.addAll(part.train());
      ranker = row.over(pool, known, fitted(number), embedder);
    } catch (IllegalArgumentException e) {
      progress.say("%s: %s left out: %s".formatted(pool.name(), row.word(), e.getMessage()));
      return Optional.empty();
    }
    var rankings = requests.stream().map(ranker::rank).toList();
    progress.say(
        "%s: %s, %.1f s".formatted(pool.name(), row.word(), (System.nanoTime() - start) / 1e9));
    return Optional.of(rankings);
  }

  private static void keep(
      Map<ToolRow, Map<ToolMetric, List<Double>>> values,
      ToolRow row,
      List<ToolQuery> asked,
      List<List<String>> rankings) {
    var metrics = values.computeIfAbsent(row, r -> new EnumMap<>(ToolMetric.class));
    for (var metric : ToolMetric.values()) {
      var each = metrics.computeIfAbsent(metric, m -> new ArrayList<>());
      for (int i = 0; i < asked.size(); i++) {
        each.add(metric.of(rankings.get(i), asked.get(i)));
      }
    }
  }

  /** A paired bootstrap over requests: the same draws for every row. */
  private ToolFigure figure(
      ToolPool pool,
      ToolRow row,
      ToolMetric metric,
      List<Double> values,
      List<Double> base,
      int n) {
    var random = new Random(options.seed());
    double[] means = new double[DRAWS];
    double[] gaps = new double[DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
      double sum = 0;
      double other = 0;
      for (int i = 0; i < n; i++) {
        int at = random.nextInt(n);
        sum += values.get(at);
        other += base.get(at);
      }
      means[draw] = sum / n;
      gaps[draw] = (sum - other) / n;
    }
    Arrays.sort(means);
    Arrays.sort(gaps);
    double mean = mean(values);
    return new ToolFigure(
        pool.name(),
        row,
        metric,
        mean,
        low(means),
        high(means),
        mean - mean(base),
        low(gaps),
        high(gaps),
        n);
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
  }

  private static double low(double[] sorted) {
    return sorted[(int) (0.025 * sorted.length)];
  }

  private static double high(double[] sorted) {
    return sorted[(int) (0.975 * sorted.length) - 1];
  }

  /** Without and with requests seen before. */
  private List<SearchSpeed> speeds() throws IOException {
    List<ToolDocument> tools = new ArrayList<>();
    List<ToolQuery> queries = new ArrayList<>();
    List<ToolQuery> known = new ArrayList<>();
    for (var pool : pools.values()) {
      tools.addAll(pool.tools());
      var part = parts(pool).getFirst();
      queries.addAll(part.test().subList(0, Math.min(TIMED / 5, part.test().size())));
      known.addAll(part.train());
    }
    var distinct = tools.stream().distinct().toList();
    return List.of(
        SearchSpeed.measure(distinct, queries, List.of(), fitted(0).weights(), embedder),
        SearchSpeed.measure(distinct, queries, known, fitted(0).weights(), embedder));
  }
}
