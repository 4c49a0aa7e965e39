package io.consilium.bench.cold;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Forecast;
import io.consilium.expert.Json;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.expert.index.VectorIndex;
import io.consilium.router.ColdFit;
import io.consilium.router.ColdWeights;
import io.consilium.router.Conversations;
import io.consilium.router.Lapse;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;
import io.consilium.router.SkillTags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Routes labelled questions by descriptions and skills only, next to simpler ways. */
public final class ColdRoutingBench {
  /** What an unanswerable question counts: brings their share below the tenth expected in use. */
  private static final double NOBODY = 0.25;

  /** Two questions are alike when their embeddings are. */
  private static final double ALIKE = 0.8;

  private final ColdOptions options;
  private final OnnxEmbedder embedder;
  private final QuestionProfiler profiler;

  private ColdRoutingBench(ColdOptions options, OnnxEmbedder embedder) {
    this.options = options;
    this.embedder = embedder;
    this.profiler =
        new QuestionProfiler(
            embedder, SkillTags.shipped(), new Conversations(1, () -> 0), Clock.systemUTC());
  }

  /** Runs the bench; see {@code ColdOptions.HELP}. */
  public static void run(String[] args) throws IOException {
    var options = ColdOptions.parse(args);
    try (var embedder =
        new OnnxEmbedder(Runtime.getRuntime().availableProcessors(), 4_096, 20_000)) {
      new ColdRoutingBench(options, embedder).run();
    }
  }

  private void run() throws IOException {
    var cards = Resources.cards();
    var roster = Roster.of("cold-bench", cards);
    List<Labelled> dev = new ArrayList<>(Labelled.read("questions.jsonl"));
    dev.addAll(Labelled.read("calibration.jsonl"));
    dev.addAll(Labelled.read("questions-2.jsonl"));
    var weights = options.fit().isPresent() ? fit(options.fit().get(), dev) : ColdWeights.shipped();
    var router = Router.cold(embedder, weights, Runnable::run, Planner.greedy());
    boolean test = options.split().equals("test");
    var questions = test ? Labelled.read("questions-3.jsonl") : dev;
    var report = new ColdReport(options.split(), questions, router.version(), weights.numbers());
    var routes = routes(router, roster, questions);
    var guesses = routes.stream().map(ColdRoutingBench::guess).toList();
    report.add(Score.of("**cold router**", questions, guesses));
    report.experts(cards.stream().map(ExpertCard::id).toList(), guesses);
    for (var part : List.of("centroid", "skill")) {
      report.add(Score.of("its " + part + " estimator alone", questions, part(routes, part)));
    }
    if (test) {
      var near = alike(questions, dev);
      report.add(
          Score.of(
              "cold router, the %d questions unlike those of dev"
                  .formatted(without(questions, near).size()),
              without(questions, near),
              without(guesses, near)));
    }
    var terse = Roster.of("terse", Resources.terse());
    report.add(
        Score.of(
            "cold router, distractors cut to five skills",
            questions,
            routes(router, terse, questions).stream().map(ColdRoutingBench::guess).toList()));
    for (var baseline : new Baselines(embedder, cards).all().entrySet()) {
      double threshold = Score.threshold(dev, dev.stream().map(baseline.getValue()).toList());
      report.add(
          Score.of(
              baseline.getKey(),
              questions,
              questions.stream().map(baseline.getValue()).map(g -> g.above(threshold)).toList()));
    }
    report.calibration(calibration(questions, routes));
    Map<String, double[]> times = new LinkedHashMap<>();
    router.prepare(roster);
    times.put(
        "this one", microseconds(router, roster, questions.stream().map(Labelled::text).toList()));
    if (options.data().isPresent()) {
      var ranking = new ToolRanking(options.data().get());
      var shares = ranking.run(embedder, router, this::profile);
      times.put("ToolE's 199 tools", microseconds(router, ranking.roster(), ranking.questions()));
      report.tools(ranking.questions().size(), shares);
    }
    report.speed(times);
    if (options.errors() && !test) {
      report.errors(guesses).forEach(System.out::println);
    }
    System.out.println(report.markdown());
    if (options.out().isPresent()) {
      Files.createDirectories(options.out().get().getParent());
      Files.writeString(options.out().get(), report.markdown());
    }
    if (options.json().isPresent()) {
      Files.write(options.json().get(), report.json());
    }
  }

  private List<Route> routes(Router router, Roster roster, List<Labelled> questions) {
    router.prepare(roster);
    return questions.stream().map(q -> route(router, roster, profile(q.text()))).toList();
  }

  private static Forecast best(Route route) {
    return route.forecasts().stream().max(Comparator.comparingDouble(Forecast::p)).orElseThrow();
  }

  private static Guess guess(Route route) {
    var best = best(route);
    return route.plan() instanceof Plan.One one
        ? new Guess(one.expert(), best.p(), false)
        : new Guess(best.expert(), best.p(), true);
  }

  private static List<Guess> part(List<Route> routes, String part) {
    List<Guess> guesses = new ArrayList<>();
    for (var route : routes) {
      var guess = new Guess("", -1, true);
      for (var forecast : route.forecasts()) {
        for (var reason : forecast.why()) {
          if (reason.estimator().equals(part) && reason.p() > guess.score()) {
            guess = new Guess(forecast.expert(), reason.p(), reason.p() < 0.5);
          }
        }
      }
      guesses.add(guess);
    }
    return guesses;
  }

  private static Calibration calibration(List<Labelled> questions, List<Route> routes) {
    var calibration = new Calibration();
    for (int i = 0; i < routes.size(); i++) {
      var best = best(routes.get(i));
      calibration.add(
          new Calibration.Outcome(
              best.expert(),
              best.p(),
              best.low(),
              best.high(),
              questions.get(i).right().contains(best.expert())));
    }
    return calibration;
  }

  private List<Boolean> alike(List<Labelled> questions, List<Labelled> others) {
    var seen = new VectorIndex(embedder.id(), embedder.dimension());
    Map<String, float[]> vectors = new LinkedHashMap<>();
    others.forEach(other -> vectors.put(other.text(), embedder.embed(other.text())));
    seen.put(vectors);
    return questions.stream()
        .map(q -> seen.nearest(embedder.embed(q.text()), 1).getFirst().score() > ALIKE)
        .toList();
  }

  private static <T> List<T> without(List<T> all, List<Boolean> left) {
    return IntStream.range(0, all.size()).filter(i -> !left.get(i)).mapToObj(all::get).toList();
  }

  private static Route route(Router router, Roster roster, QuestionProfile profile) {
    return router.route(profile, roster, Policy.BALANCED, 0);
  }

  private QuestionProfile profile(String text) {
    return profiler.profile(Question.of(text, Terms.within(Duration.ofMinutes(10), Instant.now())));
  }

  /** The weights on practice rosters; then scales, and what speaks for nobody, on dev. */
  private ColdWeights fit(Path folder, List<Labelled> dev) throws IOException {
    var tables = new Practice(options.data().orElseThrow()).tables(this::profile);
    var practised = ColdFit.weights(embedder, tables, NOBODY, "practice", "");
    var table =
        new ColdFit.Table(
            Roster.of("dev", Resources.cards()),
            dev.stream().map(q -> new ColdFit.Example(profile(q.text()), q.right())).toList());
    var made =
        "bench cold-routing --fit: conditional logits fitted on %d rosters drawn from ToolE's tools and training"
                .formatted(tables.size())
            + " queries, the blend on estimates held out by roster; the scales of likeness and blend and what speaks"
            + " for nobody there on the dev questions; unanswerable ones counted a quarter; the lapse on rosters and"
            + " dev questions held out, each sort counting half";
    var weights =
        calibrated(practised, table, made)
            .with(Lapse.fit(List.of(onPractice(tables, table), onDev(practised, table))));
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("cold-weights.json"),
        Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(weights) + "\n");
    return weights;
  }

  private ColdWeights calibrated(ColdWeights practised, ColdFit.Table dev, String made) {
    return ColdFit.calibrated(embedder, practised, List.of(dev), NOBODY, "cold-4", made);
  }

  /** Forecasts on each half of the practice rosters by what was fitted on the other half. */
  private List<Lapse.Seen> onPractice(List<ColdFit.Table> tables, ColdFit.Table dev) {
    List<Lapse.Seen> seen = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      List<List<ColdFit.Table>> parts = parts(tables, 2, half);
      var practised = ColdFit.weights(embedder, parts.getFirst(), NOBODY, "half", "");
      seen.addAll(ColdFit.seen(embedder, calibrated(practised, dev, ""), parts.getLast()));
    }
    return seen;
  }

  /** Forecasts on each fifth of the dev questions by what was calibrated on the others. */
  private List<Lapse.Seen> onDev(ColdWeights practised, ColdFit.Table dev) {
    List<Lapse.Seen> seen = new ArrayList<>();
    for (int fold = 0; fold < 5; fold++) {
      List<List<ColdFit.Example>> parts = parts(dev.examples(), 5, fold);
      var weights =
          calibrated(practised, new ColdFit.Table(dev.roster(), parts.getFirst()), "fold");
      seen.addAll(
          ColdFit.seen(
              embedder, weights, List.of(new ColdFit.Table(dev.roster(), parts.getLast()))));
    }
    return seen;
  }

  /** All but every so-manieth, and those. */
  private static <T> List<List<T>> parts(List<T> all, int parts, int left) {
    List<T> kept = new ArrayList<>();
    List<T> out = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      (i % parts == left ? out : kept).add(all.get(i));
    }
    return List.of(kept, out);
  }

  /** Microseconds of one decision, its embedding at hand: median and 99th percentile. */
  private double[] microseconds(Router router, Roster roster, List<String> questions) {
    double[] times = new double[5_000];
    var random = new Random(7);
    for (int round = 0; round < 2; round++) { // the first warms up
      for (int i = 0; i < times.length; i++) {
        var fresh = profile(questions.get(random.nextInt(questions.size())));
        fresh.request();
        long start = System.nanoTime();
        fresh.skills();
        route(router, roster, fresh);
        times[i] = (System.nanoTime() - start) / 1e3;
      }
    }
    Arrays.sort(times);
    return new double[] {times[times.length / 2], times[times.length * 99 / 100]};
  }
}
