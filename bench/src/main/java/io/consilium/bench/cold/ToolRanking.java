package io.consilium.bench.cold;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Json;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.router.ColdWeights;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;
import io.consilium.router.TopicModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * Which of the 199 tools of ToolE is ranked first by name and description only (Huang et al.,
 * "MetaTool", 2024), on the dev split 0.60 ≤ h &lt; 0.75; no query is seen before.
 */
final class ToolRanking {
  private final Embedder embedder;
  private final QuestionProfiler profiler;
  private final TopicModel topics;
  private final ColdWeights weights;

  ToolRanking(
      Embedder embedder, QuestionProfiler profiler, TopicModel topics, ColdWeights weights) {
    this.embedder = embedder;
    this.profiler = profiler;
    this.topics = topics;
    this.weights = weights;
  }

  /** Share ranked first, by method; the number of queries under {@code queries}. */
  Map<String, Double> run(Path data) throws IOException {
    List<ExpertCard> cards = new ArrayList<>();
    for (var line : Files.readAllLines(data.resolve("toole/tools.jsonl"))) {
      var tool = Json.object(line.getBytes(StandardCharsets.UTF_8), "tools.jsonl");
      var name = tool.path("name").asString("");
      cards.add(
          Resources.card(
              id(name),
              new ExpertKind.Tool("toole", Json.object()),
              name + ": " + tool.path("description").asString("")));
    }
    var queries = queries(data.resolve("toole/single.csv.gz"));
    Map<String, Double> shares = new LinkedHashMap<>();
    shares.put("queries", (double) queries.size());
    var router = Router.cold(embedder, topics, weights, Runnable::run, Planner.greedy());
    var roster = Roster.of("toole", cards);
    router.prepare(roster);
    shares.put(
        "**cold router**",
        share(
            queries,
            query ->
                router
                    .route(
                        profiler.profile(
                            Question.of(query, Terms.within(Duration.ofHours(1), Instant.now()))),
                        roster,
                        Policy.BALANCED,
                        0)
                    .forecasts()
                    .stream()
                    .max(Comparator.comparingDouble(Forecast::p))
                    .map(Forecast::expert)
                    .orElse("")));
    new Baselines(embedder, cards)
        .all()
        .forEach((name, baseline) ->
            shares.put(
                name,
                share(
                    queries, query -> baseline.apply(new Labelled(query, "", Set.of())).expert())));
    return shares;
  }

  private static double share(Map<String, Set<String>> queries, UnaryOperator<String> method) {
    return queries.entrySet().stream()
        .mapToInt(query -> query.getValue().contains(method.apply(query.getKey())) ? 1 : 0)
        .average()
        .orElse(0);
  }

  /** Tool names may hold what ids may not. */
  private static String id(String name) {
    return name.replaceAll("[^A-Za-z0-9._:@/-]", "_");
  }

  private static Map<String, Set<String>> queries(Path file) throws IOException {
    Map<String, Set<String>> queries = new HashMap<>();
    try (var reader =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8));
        var rows = CSVParser.parse(reader, CSVFormat.RFC4180)) {
      for (var row : rows) {
        double h = Labelled.share(row.get(1));
        if (row.getRecordNumber() > 1 && h >= 0.60 && h < 0.75) {
          queries.computeIfAbsent(row.get(1), text -> new HashSet<>()).add(id(row.get(2)));
        }
      }
    }
    return queries;
  }
}
