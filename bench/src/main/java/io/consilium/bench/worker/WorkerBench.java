package io.consilium.bench.worker;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.adapters.worker.WorkerCards;
import io.consilium.adapters.worker.WorkerClient;
import io.consilium.bench.cold.BundledCards;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Forecast;
import io.consilium.expert.Json;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.expert.card.InferenceServer;
import io.consilium.router.ColdWeights;
import io.consilium.router.Conversations;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;
import io.consilium.router.SkillTags;
import io.consilium.worker.Demo;
import io.consilium.worker.Worker;
import io.consilium.worker.engine.Engine;
import io.consilium.worker.engine.Generation;
import io.consilium.worker.engine.Sampling;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The inference worker with its demo model: how right, how fast, and whether requests mix. */
public final class WorkerBench {
  private static final Path HELD_OUT = Path.of("inference-worker/training/development.jsonl");
  private static final Path FRESH = Path.of("inference-worker/training/fresh.jsonl");
  private static final int MIXED = 1_000;
  private static final int AT_ONCE = 32;
  private static final int SPEED = 60;
  private static final int SEED = 7;
  private static final int CROWDED = 60;
  private static final int CROWDED_RESIDENT = 8;
  private static final int CROWDED_REQUESTS = 1_000;
  private static final int CROWDED_AT_ONCE = 4;
  private static final OutboundRules LOCAL = new OutboundRules(true, Set.of());

  /**
   * A question.
   *
   * @param unseen its names and cities are in no list of the training; such are reported apart
   */
  record Item(String adapter, String question, String answer, boolean unseen) {}

  private final String base;
  private final Process process;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final StringBuilder report = new StringBuilder();

  private WorkerBench(String base, Process process) {
    this.base = base;
    this.process = process;
  }

  /** Runs the bench. */
  public static void run(String[] options) throws IOException, InterruptedException {
    var out = Path.of("bench/reports/worker.md");
    if (options.length == 2 && options[0].equals("--out")) {
      out = Path.of(options[1]);
    } else if (options.length > 0) {
      throw new IllegalArgumentException("usage: bench worker [--out FILE]");
    }
    var home = Files.createTempDirectory("worker-bench");
    var process = start(home, "--folder", Files.createDirectories(merged(home)).toString());
    try {
      var bench = new WorkerBench(ready(process), process);
      bench.all(items(HELD_OUT), items(FRESH), home);
      Files.createDirectories(out.toAbsolutePath().getParent());
      Files.writeString(out, bench.report);
      System.out.print(bench.report);
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private static Path merged(Path home) {
    return home.resolve("merged");
  }

  private static Process start(Path home, String... further) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            "--home",
            home.toString(),
            "--stop-with-input"));
    command.addAll(List.of(further));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static String ready(Process process) throws IOException {
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("ready ")) {
        return line.substring("ready ".length());
      }
    }
    throw new IOException("the worker did not start");
  }

  private static List<Item> items(Path questions) throws IOException {
    List<Item> items = new ArrayList<>();
    for (var line : Files.readAllLines(questions)) {
      var item = Json.MAPPER.readTree(line);
      items.add(
          new Item(
              item.path("adapter").asString(""),
              item.path("question").asString(""),
              item.path("answer").asString(""),
              item.path("unseen").asBoolean(false)));
    }
    return items;
  }

  private void all(List<Item> heldOut, List<Item> fresh, Path home)
      throws IOException, InterruptedException {
    report.append(
        """
        # The inference worker

        %s, Java %s, %d cores, shared with other work; demo model, library from Maven (llama.cpp b4916), one thread a lane, temperature 0.
        Not run on a GPU.

        ## Phrasings held out of training

        %d questions of the generator that made the training's, in patterns that no training has seen (one in five). They were looked at
        while weights and cards were made.

        """
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                known(heldOut).size()));
    var right = accuracy(known(heldOut));
    unseen(heldOut);
    routing(known(heldOut), right);
    try (var level =
        new TokenLevel(base, process.toHandle(), Demo.unpack(home.resolve("demo")), merged(home))) {
      level.measure(known(heldOut), report::append);
      ofAnotherHand(known(fresh), fresh, level);
    }
    speed(known(heldOut), home);
    together(known(heldOut));
    report.append(Batching.measure(known(heldOut), Demo.unpack(home.resolve("demo")), home));
    residency();
    crowded(known(heldOut));
    report.append(KillRun.run());
  }

  private static List<Item> known(List<Item> items) {
    return items.stream().filter(item -> !item.unseen()).toList();
  }

  private void ofAnotherHand(List<Item> others, List<Item> all, TokenLevel level)
      throws IOException, InterruptedException {
    report.append(
        """
        ## Phrasings of another hand

        %d questions with words and frames that are in no pattern of the training; nothing was chosen by them.

        """
            .formatted(others.size()));
    var right = accuracy(others);
    unseen(all);
    routing(others, right);
    level.measure(others, report::append);
  }

  // --- how right
  // ----------------------------------------------------------------------------------

  /** For each model, whether each item was answered right. */
  private Map<String, boolean[]> accuracy(List<Item> items)
      throws IOException, InterruptedException {
    var jobs = items.stream().map(Item::adapter).distinct().toList();
    List<String> models = new ArrayList<>(List.of(Demo.NAME));
    models.addAll(jobs);
    for (int k : new int[] {1, 4}) {
      jobs.forEach(job -> models.add("%s-k%d:%s".formatted(Demo.NAME, k, job)));
    }
    Map<String, boolean[]> right = new LinkedHashMap<>();
    for (var model : models) {
      var own = model.substring(model.indexOf(':') + 1);
      var marks = new boolean[items.size()];
      for (int i = 0; i < marks.length; i++) {
        if (!model.contains(":") || items.get(i).adapter().equals(own)) {
          marks[i] = ask(model, items.get(i).question()).equals(items.get(i).answer());
        }
      }
      right.put(model, marks);
    }
    report.append("### Exact matches, %\n\n| model | ");
    jobs.forEach(job -> report.append(job).append(" | "));
    report.append("\n|---|").append("--:|".repeat(jobs.size())).append('\n');
    for (var model : models.subList(0, 4)) {
      report.append("| ").append(model).append(" | ");
      jobs.forEach(
          job -> report.append(percent(share(items, right.get(model), job))).append(" | "));
      report.append('\n');
    }
    for (int k : new int[] {1, 4}) {
      report.append("| the right adapter, %d active experts | ".formatted(k));
      jobs.forEach(job ->
          report
              .append(
                  percent(share(items, right.get("%s-k%d:%s".formatted(Demo.NAME, k, job)), job)))
              .append(" | "));
      report.append('\n');
    }
    report.append(
        "\nTwo experts are active unless said otherwise. Aim: 90 % for each adapter.\n\n");
    return right;
  }

  /** How much of a right answer is the words it was trained on. */
  private void unseen(List<Item> all) throws IOException, InterruptedException {
    var items = all.stream().filter(Item::unseen).toList();
    int good = 0;
    for (var item : items) {
      good += ask(item.adapter(), item.question()).equals(item.answer()) ? 1 : 0;
    }
    report.append(
        """
        Of %d more questions of `extract`, whose names and cities are in no list of the training, it answers %s %%.

        """
            .formatted(items.size(), percent((double) good / items.size())));
  }

  private static double share(List<Item> items, boolean @Nullable [] marks, String job) {
    int all = 0;
    int good = 0;
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).adapter().equals(job)) {
        all++;
        good += marks != null && marks[i] ? 1 : 0;
      }
    }
    return (double) good / all;
  }

  /** The router by cards alone, among the bundled experts and the worker's adapters. */
  private void routing(List<Item> items, Map<String, boolean[]> right) throws IOException {
    List<ExpertCard> cards = new ArrayList<>(BundledCards.all());
    try (var client = new WorkerClient(server(), reference -> "", LOCAL)) {
      WorkerCards.of(server(), client.models()).stream()
          .filter(card -> !card.id().startsWith("local/" + TokenLevel.MERGED_NAMES))
          .forEach(cards::add);
    }
    var roster = Roster.of("worker-bench", cards);
    int chosen = 0;
    int routed = 0;
    int oracle = 0;
    int bare = 0;
    double random = 0;
    try (var embedder = new OnnxEmbedder(1, 4_096, 20_000)) {
      var profiler =
          new QuestionProfiler(
              embedder, SkillTags.shipped(), new Conversations(1, () -> 0), Clock.systemUTC());
      var router = Router.cold(embedder, ColdWeights.shipped(), Runnable::run, Planner.greedy());
      router.prepare(roster);
      for (int i = 0; i < items.size(); i++) {
        var item = items.get(i);
        var terms = Terms.within(Duration.ofMinutes(1), Instant.now());
        var route =
            router.route(
                profiler.profile(Question.of(item.question(), terms)),
                roster,
                Policy.BALANCED,
                SEED);
        var first =
            route.forecasts().stream()
                .max(Comparator.comparingDouble(Forecast::p))
                .map(Forecast::expert)
                .orElse("");
        chosen += first.equals("local/" + item.adapter()) ? 1 : 0;
        routed += mark(right, first.replace("local/", ""), i) ? 1 : 0;
        oracle += mark(right, item.adapter(), i) ? 1 : 0;
        bare += mark(right, Demo.NAME, i) ? 1 : 0;
        for (var job : List.of("extract", "normalise", "triage")) {
          random += mark(right, job, i) ? 1 / 3.0 : 0;
        }
      }
    }
    double all = items.size();
    report.append(
        """
        ### Who is chosen

        The cold router, by cards alone, among the bundled experts and what the worker serves: the expert it forecasts highest.

        | | accuracy, %% |
        |---|--:|
        | always the right adapter (oracle) | %s |
        | routed | %s |
        | an adapter at random | %s |
        | the base model only | %s |

        The right adapter ranks first for %s %% of the questions; routed is %.3f of the oracle. Aim: 0.95.

        """
            .formatted(
                percent(oracle / all),
                percent(routed / all),
                percent(random / all),
                percent(bare / all),
                percent(chosen / all),
                (double) routed / oracle));
  }

  private InferenceServer server() {
    return new InferenceServer(
        "local", URI.create(base), InferenceServer.Engine.EMBEDDED, null, Map.of());
  }

  private static boolean mark(Map<String, boolean[]> right, String model, int item) {
    var marks = right.get(model);
    return marks != null && marks[item];
  }

  // --- how fast
  // -----------------------------------------------------------------------------------

  private void speed(List<Item> items, Path home) throws IOException, InterruptedException {
    var some =
        items.stream().filter(item -> item.adapter().equals("extract")).limit(SPEED).toList();
    var demo = Demo.unpack(home.resolve("demo"));
    List<Double> direct = new ArrayList<>();
    List<Double> served = new ArrayList<>();
    List<Double> streamed = new ArrayList<>();
    List<Double> first = new ArrayList<>();
    List<Double> switches = new ArrayList<>();
    try (var engine = new Engine(demo.settings(home, List.of()))) {
      for (int round = 0; round < 3; round++) {
        for (var item : some) {
          long began = System.nanoTime();
          finish(engine, item.question());
          double inProcess = (System.nanoTime() - began) / 1e6;
          began = System.nanoTime();
          ask("extract", item.question());
          double overHttp = (System.nanoTime() - began) / 1e6;
          began = System.nanoTime();
          stream("extract", item.question());
          double asEvents = (System.nanoTime() - began) / 1e6;
          if (round > 0) {
            direct.add(inProcess);
            served.add(overHttp);
            streamed.add(asEvents);
          }
        }
      }
    }
    var prompt =
        "Turn this message into JSON: " + "my name is Ana Ruiz and I live in Oslo, ".repeat(7);
    for (int i = 0; i < SPEED; i++) {
      first.add(stream(i % 2 == 0 ? "extract" : "normalise", prompt));
      switches.add(chat("triage", "Intent: call Anna").at("/timings/switch_us").asDouble());
    }
    int length = tokens(prompt);
    report.append(
        """
        ## How fast

        The same %d questions of `extract` in the same run, one after another, second and third round: through the engine in this process,
        and through the worker process over HTTP.

        | | p50 | p95 |
        |---|--:|--:|
        | in process, ms an answer | %s |
        | over HTTP, ms | %s |
        | over HTTP, streamed, ms | %s |
        | first token of a prompt of %d tokens, ms | %s |
        | adapter set or changed, ms | %s |

        Over HTTP is %.2f × in process at the median (aim: 1.3), streamed %.2f ×; the first token should take 50 ms at most, a change of
        adapters 1 ms.

        """
            .formatted(
                some.size(),
                quantiles(direct, 1),
                quantiles(served, 1),
                quantiles(streamed, 1),
                length,
                quantiles(first, 1),
                quantiles(switches, 1e-3),
                quantile(served, 0.5) / quantile(direct, 0.5),
                quantile(streamed, 0.5) / quantile(direct, 0.5)));
  }

  private static void finish(Engine engine, String question) throws InterruptedException {
    var generation =
        engine.begin(
            Generation.Wish.of(
                engine.chat(List.of(Map.entry("user", question))),
                engine.find("extract"),
                Sampling.GREEDY,
                80));
    while (generation.next() instanceof Generation.Token) {
      // only the time counts
    }
  }

  private static String quantiles(List<Double> values, double unit) {
    return String.format(
        Locale.ROOT, "%.2f | %.2f", quantile(values, 0.5) * unit, quantile(values, 0.95) * unit);
  }

  private static double quantile(List<Double> values, double share) {
    var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[(int) (share * (sorted.length - 1))];
  }

  // --- whether requests mix
  // -----------------------------------------------------------------------

  private void together(List<Item> items) throws InterruptedException {
    var random = new Random(SEED);
    var models = List.of(Demo.NAME, "extract", "normalise", "triage");
    List<String[]> asked = new ArrayList<>();
    for (int i = 0; i < MIXED; i++) {
      asked.add(
          new String[] {
            models.get(random.nextInt(models.size())),
            items.get(random.nextInt(items.size())).question()
          });
    }
    Map<String, String> alone = new LinkedHashMap<>();
    for (var one : asked) {
      alone.computeIfAbsent(String.join("\n", one), key -> quietly(one));
    }
    var free = new Semaphore(AT_ONCE);
    long began = System.nanoTime();
    List<Future<String>> together = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var one : asked) {
        free.acquire();
        together.add(
            threads.submit(() -> {
              try {
                return quietly(one);
              } finally {
                free.release();
              }
            }));
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    int same = 0;
    for (int i = 0; i < MIXED; i++) {
      try {
        same += together.get(i).get().equals(alone.get(String.join("\n", asked.get(i)))) ? 1 : 0;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    report.append(
        """
        ## Whether requests mix

        %,d requests over the base and all adapters, %d at once: %,d answers equal what the same worker gives for the same request alone.
        %.0f requests a second.

        """
            .formatted(MIXED, AT_ONCE, same, MIXED / seconds));
  }

  private String quietly(String[] one) {
    try {
      return ask(one[0], one[1]);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  // --- memory
  // -------------------------------------------------------------------------------------

  private void residency() {
    report.append(
        """
        ## Which adapters stay in memory, simulated

        %,d requests for %d adapters by Zipf's law, whose popularity moves on eight times; one lane, %d in memory, 10 ms a text, 20 ms a read.
        Requests come every 18 ms in the mean, which keeps the lane busy, or every 40 ms.

        | | busy: found in memory, %% | reads | p50 ms | p99 ms | calm: found in memory, %% | reads | p50 ms | p99 ms |
        |---|--:|--:|--:|--:|--:|--:|--:|--:|
        """
            .formatted(
                ResidencySimulation.REQUESTS,
                ResidencySimulation.ADAPTERS,
                ResidencySimulation.SLOTS));
    for (var keeping : ResidencySimulation.Keeping.values()) {
      report.append("| ").append(keeping.words);
      for (var between : ResidencySimulation.BETWEEN) {
        var outcome = ResidencySimulation.run(keeping, between, SEED);
        report.append(
            String.format(
                Locale.ROOT,
                " | %s | %,d | %.0f | %.0f",
                percent(outcome.hits()),
                outcome.reads(),
                outcome.p50(),
                outcome.p99()));
      }
      report.append(" |\n");
    }
    report.append(
        "\nThe worker does the last. On top of it the service reads beforehand, as in the row above.\n\n");
  }

  /** As simulated, but with real adapters: the demo's, each under many names. */
  private void crowded(List<Item> items) throws IOException, InterruptedException {
    var home = Files.createTempDirectory("worker-bench");
    var process = start(home, "--resident-adapters", Integer.toString(CROWDED_RESIDENT));
    try {
      new WorkerBench(ready(process), process).crowd(items, home, report);
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private void crowd(List<Item> items, Path home, StringBuilder into)
      throws IOException, InterruptedException {
    var jobs = items.stream().map(Item::adapter).distinct().toList();
    for (int i = 0; i < CROWDED; i++) {
      var body =
          Json.object()
              .put("lora_name", "copy-" + i)
              .put(
                  "lora_path",
                  home.resolve("demo/demo-%s.gguf".formatted(jobs.get(i % jobs.size())))
                      .toString());
      var loaded =
          http.send(
              HttpRequest.newBuilder(URI.create(base + "/v1/load_lora_adapter"))
                  .POST(BodyPublishers.ofString(body.toString()))
                  .build(),
              BodyHandlers.ofString());
      if (loaded.statusCode() != 200) {
        throw new IOException(loaded.body());
      }
    }
    double before = meter("consilium_worker:adapter_loads_total");
    var random = new Random(SEED);
    List<Future<Double>> times = new ArrayList<>();
    var free = new Semaphore(CROWDED_AT_ONCE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CROWDED_REQUESTS; i++) {
        // Zipf's law by its inverse: the rank grows exponentially with the quantile
        var copy = "copy-" + ((int) Math.pow(CROWDED + 1, random.nextDouble()) - 1);
        var question = items.get(random.nextInt(items.size())).question();
        free.acquire();
        times.add(
            threads.submit(() -> {
              long began = System.nanoTime();
              try {
                quietly(new String[] {copy, question});
                return (System.nanoTime() - began) / 1e6;
              } finally {
                free.release();
              }
            }));
      }
    }
    double reads = meter("consilium_worker:adapter_loads_total") - before;
    List<Double> all = new ArrayList<>();
    for (var time : times) {
      try {
        all.add(time.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    into.append(
        String.format(
            Locale.ROOT,
            """
            ## The same with real adapters

            %d copies of the demo's adapters, %d in memory, two lanes; %d requests by Zipf's law, %d at once.
            %.1f %% found in memory, %.0f reads; a whole answer took %.0f ms at the median, %.0f ms at the 99th percentile.
            """,
            CROWDED,
            CROWDED_RESIDENT,
            CROWDED_REQUESTS,
            CROWDED_AT_ONCE,
            100 * (1 - reads / CROWDED_REQUESTS),
            reads,
            quantile(all, 0.5),
            quantile(all, 0.99)));
  }

  private double meter(String name) throws IOException, InterruptedException {
    var text =
        http.send(
                HttpRequest.newBuilder(URI.create(base + "/metrics")).build(),
                BodyHandlers.ofString())
            .body();
    return text.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  // --- asking
  // -------------------------------------------------------------------------------------

  private String ask(String model, String question) throws IOException, InterruptedException {
    return chat(model, question).at("/choices/0/message/content").asString("");
  }

  private JsonNode chat(String model, String question) throws IOException, InterruptedException {
    var answer = http.send(request(model, question, false), BodyHandlers.ofString());
    return Json.MAPPER.readTree(answer.body());
  }

  /** Milliseconds to the first token. */
  private double stream(String model, String question) throws IOException, InterruptedException {
    long began = System.nanoTime();
    double first = -1;
    var lines = http.send(request(model, question, true), BodyHandlers.ofLines()).body();
    for (var line : (Iterable<String>) lines::iterator) {
      if (first < 0 && line.contains("\"content\":\"") && !line.contains("\"content\":\"\"")) {
        first = (System.nanoTime() - began) / 1e6;
      }
    }
    return first;
  }

  private int tokens(String text) throws IOException, InterruptedException {
    var answer =
        http.send(
            HttpRequest.newBuilder(URI.create(base + "/tokenize"))
                .POST(BodyPublishers.ofString(Json.object().put("content", text).toString()))
                .build(),
            BodyHandlers.ofString());
    return Json.MAPPER.readTree(answer.body()).path("count").asInt(0);
  }

  private HttpRequest request(String model, String question, boolean stream) {
    var body = Json.object().put("model", model).put("temperature", 0).put("max_tokens", 80);
    body.put("stream", stream);
    body.putArray("messages").addObject().put("role", "user").put("content", question);
    return HttpRequest.newBuilder(URI.create(base + "/v1/chat/completions"))
        .POST(BodyPublishers.ofString(body.toString()))
        .build();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }
}
