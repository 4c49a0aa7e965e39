package io.consilium.bench.worker;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.adapters.openai.OpenAiClient;
import io.consilium.adapters.openai.OpenAiExpert;
import io.consilium.adapters.worker.MergedAdapter;
import io.consilium.adapters.worker.WorkerCards;
import io.consilium.adapters.worker.WorkerClient;
import io.consilium.adapters.worker.WorkerFuser;
import io.consilium.aggregator.Replies;
import io.consilium.aggregator.strategy.AdapterMix;
import io.consilium.bench.worker.WorkerBench.Item;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Json;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Reply;
import io.consilium.expert.Terms;
import io.consilium.expert.card.InferenceServer;
import io.consilium.expert.wire.ChatWire;
import io.consilium.worker.Demo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * What fusing runs and mixing adapters inside a generation gives, beside the right adapter alone.
 * For each question its right adapter is known; the others are taken in turn. Time is the processor
 * time of the worker, which neighbours on the machine change little.
 */
final class TokenLevel implements AutoCloseable {
  /** Questions of each adapter. */
  static final int EACH = 100;

  /** How names of adapters begin that this loads. */
  static final String MERGED_NAMES = "merged-";

  private static final OutboundRules LOCAL = new OutboundRules(true, Set.of());
  private static final List<String> JOBS = List.of("extract", "normalise", "triage");
  private static final double[] BETAS = {0.25, 0.5, 1};
  private static final double CUT = 0.1;
  private static final double MAIN = 0.7;
  private static final String PER_REQUEST = "%.1f of the right adapter and %.1f of another";
  private static final String MERGED = "the same two as one adapter, ranks set side by side";

  /** A mix hears no one. */
  private static final Replies NOBODY =
      new Replies() {
        @Override
        public Optional<Reply.Answered> next() {
          return Optional.empty();
        }

        @Override
        public List<Double> awaited() {
          return List.of();
        }
      };

  private interface Way {
    String answer(Item item) throws IOException, InterruptedException;
  }

  private static final class Score {
    private final Map<String, Integer> right = new HashMap<>();
    private final List<String> answers = new ArrayList<>();
    private double millis;
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final ProcessHandle worker;
  private final Map<String, Way> ways = new LinkedHashMap<>();
  private final OnnxEmbedder embedder = new OnnxEmbedder(1, 4_096, 20_000);
  private final OpenAiClient openAi = new OpenAiClient(LOCAL::check);

  /**
   * Merges and loads what it compares.
   *
   * @param base the worker's address
   * @param worker its process
   * @param demo the files of its demo model
   * @param folder where it may load merged adapters from
   */
  TokenLevel(String base, ProcessHandle worker, Demo demo, Path folder)
      throws IOException, InterruptedException {
    this.base = base;
    this.worker = worker;
    merge(demo, folder);
    ways.put("the right adapter alone", item -> ask(item, named(item.adapter())));
    for (double weight : new double[] {0.8, 0.5}) {
      ways.put(
          String.format(
              Locale.ROOT, "log-linear, %.1f of it and %.1f of the base", weight, 1 - weight),
          item -> ask(item, linear(Map.of(item.adapter(), weight, Demo.NAME, 1 - weight))));
    }
    ways.put(
        "log-linear, 0.8 of it and 0.2 of another adapter",
        item -> ask(item, linear(Map.of(item.adapter(), 0.8, other(item.adapter()), 0.2))));
    ways.put(
        "log-linear, all three adapters alike",
        item -> ask(item, linear(Map.of("extract", 1.0, "normalise", 1.0, "triage", 1.0))));
    for (double beta : BETAS) {
      ways.put(
          String.format(Locale.ROOT, "contrast with the adapter off, β %.2f", beta),
          item -> ask(item, contrast(item.adapter(), Demo.NAME, beta, CUT)));
    }
    for (double beta : BETAS) {
      ways.put(
          String.format(Locale.ROOT, "contrast with one active expert, β %.2f", beta),
          item ->
              ask(item, contrast(item.adapter(), Demo.NAME + "-k1:" + item.adapter(), beta, CUT)));
    }
    ways.put(
        "the same without the cut, β 0.50",
        item -> ask(item, contrast(item.adapter(), Demo.NAME + "-k1:" + item.adapter(), 0.5, 0)));
    ways.put(
        String.format(Locale.ROOT, PER_REQUEST, MAIN, 1 - MAIN),
        item -> ask(item, scaled(item.adapter())));
    ways.put(MERGED, item -> ask(item, named(merged(item.adapter()))));
    var mix = sparse();
    ways.put("`adapter_mix:BASE`, as near as the cards' words are to the question", mix);
  }

  private static String other(String job) {
    return JOBS.get((JOBS.indexOf(job) + 1) % JOBS.size());
  }

  private static String merged(String job) {
    return MERGED_NAMES + job;
  }

  // --- requests ---------------------------------------------------------------------------------

  private static ObjectNode named(String model) {
    return Json.object().put("model", model);
  }

  private static ObjectNode linear(Map<String, Double> weights) {
    var body = Json.object();
    var fusion = body.putObject("fusion").put("type", "log-linear");
    var runs = fusion.putArray("runs");
    // in one order, so that sums are rounded alike in every run
    new TreeMap<>(weights)
        .forEach((model, weight) -> runs.addObject().put("model", model).put("weight", weight));
    return body;
  }

  private static ObjectNode contrast(String strong, String weak, double beta, double alpha) {
    var body = Json.object();
    var fusion = body.putObject("fusion").put("type", "contrast");
    fusion.put("beta", beta).put("alpha", alpha);
    fusion.putArray("runs").add(named(strong)).add(named(weak));
    return body;
  }

  private static ObjectNode scaled(String job) {
    var body = named(Demo.NAME);
    var list = body.putArray("lora");
    list.addObject().put("name", job).put("scale", MAIN);
    list.addObject().put("name", other(job)).put("scale", 1 - MAIN);
    return body;
  }

  private String ask(Item item, ObjectNode body) throws IOException, InterruptedException {
    body.put("temperature", 0).put("max_tokens", 80);
    body.putArray("messages").addObject().put("role", "user").put("content", item.question());
    return Json.MAPPER
        .readTree(post("/v1/chat/completions", body))
        .at("/choices/0/message/content")
        .asString("");
  }

  private String post(String path, ObjectNode body) throws IOException, InterruptedException {
    var answer =
        http.send(
            HttpRequest.newBuilder(URI.create(base + path))
                .POST(BodyPublishers.ofString(body.toString()))
                .build(),
            BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(answer.body());
    }
    return answer.body();
  }

  // --- mixes ------------------------------------------------------------------------------------

  private void merge(Demo demo, Path folder) throws IOException, InterruptedException {
    for (var job : JOBS) {
      LoraFiles.toPeft(demo.adapter(job), folder.resolve(job));
    }
    for (var job : JOBS) {
      Map<Path, Double> parts = new LinkedHashMap<>();
      parts.put(folder.resolve(job), MAIN);
      parts.put(folder.resolve(other(job)), 1 - MAIN);
      var target = folder.resolve(merged(job));
      MergedAdapter.write(parts, target);
      var file = folder.resolve(merged(job) + ".gguf");
      LoraFiles.toGguf(target, file);
      post(
          "/v1/load_lora_adapter",
          Json.object().put("lora_name", merged(job)).put("lora_path", file.toString()));
    }
  }

  /** All adapters at once, each as near as the words of its card are to the question. */
  private Way sparse() {
    var server =
        new InferenceServer(
            "local", URI.create(base), InferenceServer.Engine.EMBEDDED, null, Map.of());
    try (var client = new WorkerClient(server, reference -> "", LOCAL)) {
      var models =
          client.models().stream().filter(m -> !m.name().startsWith(MERGED_NAMES)).toList();
      var cards = WorkerCards.of(server, models);
      var mix =
          AdapterMix.byCards(
              JOBS.stream().map(job -> card(cards, job)).toList(),
              embedder,
              new WorkerFuser(
                  new OpenAiExpert(card(cards, Demo.NAME), openAi, reference -> ""),
                  server,
                  models.stream().filter(each -> JOBS.contains(each.name())).toList()));
      return item -> {
        var body = named(Demo.NAME).put("temperature", 0).put("max_tokens", 80);
        body.putArray("messages").addObject().put("role", "user").put("content", item.question());
        var question = ChatWire.question(body, Terms.within(Duration.ofMinutes(1), Instant.now()));
        return mix.aggregate(question, NOBODY, piece -> {}).orElseThrow().text();
      };
    }
  }

  private static ExpertCard card(List<ExpertCard> cards, String model) {
    return cards.stream()
        .filter(card -> card.id().equals("local/" + model))
        .findFirst()
        .orElseThrow();
  }

  // --- the table --------------------------------------------------------------------------------

  /** A section about these questions, of which it takes the first of each adapter. */
  void measure(List<Item> all, Consumer<String> report) throws IOException, InterruptedException {
    List<Item> items = new ArrayList<>();
    for (var job : JOBS) {
      all.stream().filter(item -> item.adapter().equals(job)).limit(EACH).forEach(items::add);
    }
    for (var item : items) {
      ask(item, named(item.adapter())); // until the worker's code is compiled
    }
    Map<String, Score> scores = new LinkedHashMap<>();
    for (var way : ways.entrySet()) {
      way.getValue().answer(items.getFirst()); // the first of a kind makes a context
      var score = new Score();
      var before = processor();
      for (var item : items) {
        var answer = way.getValue().answer(item);
        score.answers.add(answer);
        if (answer.equals(item.answer())) {
          score.right.merge(item.adapter(), 1, Integer::sum);
        }
      }
      score.millis = (double) processor().minus(before).toMillis() / items.size();
      scores.put(way.getKey(), score);
    }
    report.accept(
        String.format(
            Locale.ROOT,
            """
            ### Token by token

            %d questions of each adapter. A contrast cuts tokens to which the strong run gives less than %.1f of its likeliest one's
            probability. Milliseconds are the worker's processor time of a whole answer, which neighbours on the machine change little;
            the last column has them beside those of the right adapter alone.

            | exact, %% | %s | ms | |
            |---|%s--:|--:|
            """,
            EACH,
            CUT,
            String.join(" | ", JOBS),
            "--:|".repeat(JOBS.size())));
    double alone = 0;
    for (var each : scores.entrySet()) {
      var score = each.getValue();
      alone = alone == 0 ? score.millis : alone;
      var row = new StringBuilder("| ").append(each.getKey());
      for (var job : JOBS) {
        long asked = items.stream().filter(item -> item.adapter().equals(job)).count();
        row.append(
            String.format(
                Locale.ROOT, " | %.1f", 100.0 * score.right.getOrDefault(job, 0) / asked));
      }
      report.accept(
          row.append(
                  String.format(
                      Locale.ROOT, " | %.1f | %.2f × |\n", score.millis, score.millis / alone))
              .toString());
    }
    report.accept(
        String.format(
            Locale.ROOT,
            "\nThe merged adapter says word for word what the two say when a request mixes them for %d of %d questions.\n\n",
            same(scores, String.format(Locale.ROOT, PER_REQUEST, MAIN, 1 - MAIN), MERGED),
            items.size()));
  }

  private Duration processor() {
    return worker.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static int same(Map<String, Score> scores, String one, String other) {
    var left = scores.getOrDefault(one, new Score()).answers;
    var right = scores.getOrDefault(other, new Score()).answers;
    int same = 0;
    for (int i = 0; i < left.size(); i++) {
      same += left.get(i).equals(right.get(i)) ? 1 : 0;
    }
    return same;
  }

  @Override
  public void close() {
    openAi.close();
    embedder.close();
    http.close();
  }
}
