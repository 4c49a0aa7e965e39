package io.consilium.bench.cold;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Json;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.router.ColdFit;
import io.consilium.router.ColdWeights;
import io.consilium.router.Conversations;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;
import io.consilium.router.SkillTags;
import io.consilium.router.TopicModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Routes labelled questions by descriptions and skills only, next to simpler ways. */
public final class ColdRoutingBench {
  /** Brings the share of unanswerable questions down to the tenth expected of a service in use. */
  private static final double NOBODY = 0.33;

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
    var all = Labelled.read("questions.jsonl");
    TopicModel topics;
    ColdWeights weights;
    if (options.fit().isPresent()) {
      topics = ColdFit.topics(embedder, Resources.topics());
      weights = fit(topics, roster, all);
      save(options.fit().get(), topics, weights);
    } else {
      topics = TopicModel.shipped();
      weights = ColdWeights.shipped();
    }
    var router = Router.cold(embedder, topics, weights, Runnable::run, Planner.greedy());
    var questions = all.stream().filter(question -> options.holds(question.text())).toList();
    var dev = all.stream().filter(question -> Labelled.share(question.text()) < 0.5).toList();
    var report = new ColdReport(options.split(), questions, router.version());
    var guesses = routed(router, roster, questions);
    report.add(Score.of("**cold router**", questions, guesses));
    report.experts(cards.stream().map(ExpertCard::id).toList(), guesses);
    for (var part : List.of("centroid", "skill")) {
      report.add(
          Score.of(
              "its " + part + " estimator alone",
              questions,
              part(router, roster, questions, part)));
    }
    for (var baseline : new Baselines(embedder, cards).all().entrySet()) {
      double threshold = Score.threshold(dev, dev.stream().map(baseline.getValue()).toList());
      report.add(
          Score.of(
              baseline.getKey(),
              questions,
              questions.stream().map(baseline.getValue()).map(g -> g.above(threshold)).toList()));
    }
    report.speed(microseconds(router, roster, questions));
    if (options.data().isPresent()) {
      report.tools(new ToolRanking(embedder, profiler, topics, weights).run(options.data().get()));
    }
    if (options.errors() && options.split().equals("dev")) {
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

  private List<Guess> routed(Router router, Roster roster, List<Labelled> questions) {
    router.prepare(roster);
    return questions.stream().map(q -> guess(route(router, roster, profile(q.text())))).toList();
  }

  private static Guess guess(Route route) {
    var best = route.forecasts().stream().max((a, b) -> Double.compare(a.p(), b.p())).orElseThrow();
    return route.plan() instanceof Plan.One one
        ? new Guess(one.expert(), best.p(), false)
        : new Guess(best.expert(), best.p(), true);
  }

  private List<Guess> part(Router router, Roster roster, List<Labelled> questions, String part) {
    List<Guess> guesses = new ArrayList<>();
    for (var question : questions) {
      var guess = new Guess("", -1, true);
      for (var forecast : route(router, roster, profile(question.text())).forecasts()) {
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

  private static Route route(Router router, Roster roster, QuestionProfile profile) {
    return router.route(profile, roster, Policy.BALANCED, 0);
  }

  private QuestionProfile profile(String text) {
    return profiler.profile(Question.of(text, Terms.within(Duration.ofMinutes(10), Instant.now())));
  }

  private ColdWeights fit(TopicModel topics, Roster roster, List<Labelled> all) throws IOException {
    List<ColdFit.Example> examples = new ArrayList<>();
    List<Labelled> used = new ArrayList<>(Labelled.read("calibration.jsonl"));
    all.stream().filter(question -> Labelled.share(question.text()) < 0.5).forEach(used::add);
    for (var question : used) {
      examples.add(new ColdFit.Example(profile(question.text()), question.right()));
    }
    return ColdFit.weights(
        embedder,
        topics,
        roster,
        examples,
        NOBODY,
        "cold-1",
        ("bench cold-routing --fit: conditional logits fitted on the dev half of questions.jsonl and"
                + " on calibration.jsonl (%d questions, the unanswerable ones counted a third); the blend"
                + " on ten-fold held-out estimates")
            .formatted(used.size()));
  }

  private static void save(Path folder, TopicModel topics, ColdWeights weights) throws IOException {
    Files.createDirectories(folder);
    try (var out = Files.newOutputStream(folder.resolve("topics.bin"))) {
      topics.write(out);
    }
    Files.writeString(
        folder.resolve("cold-weights.json"),
        Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(weights) + "\n");
  }

  /** Microseconds of one decision, its embedding at hand: median and 99th percentile. */
  private double[] microseconds(Router router, Roster roster, List<Labelled> questions) {
    double[] times = new double[5_000];
    var random = new Random(7);
    for (int round = 0; round < 2; round++) { // the first warms up
      for (int i = 0; i < times.length; i++) {
        var fresh = profile(questions.get(random.nextInt(questions.size())).text());
        fresh.embedding();
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
