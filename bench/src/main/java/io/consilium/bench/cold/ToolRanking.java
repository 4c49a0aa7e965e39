package io.consilium.bench.cold;

import io.consilium.expert.Embedder;
import io.consilium.expert.Forecast;
import io.consilium.expert.Policy;
import io.consilium.expert.Roster;
import io.consilium.router.QuestionProfile;
import io.consilium.router.Router;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Which of the 199 tools of ToolE is ranked first by name and description only, on the dev split
 * 0.60 ≤ h &lt; 0.75.
 */
final class ToolRanking {
  private final Map<String, Set<String>> queries;
  private final Roster roster;

  ToolRanking(Path data) throws IOException {
    queries = ToolE.queries(data, 0.60, 0.75);
    roster = Roster.of("toole", ToolE.tools(data));
  }

  Roster roster() {
    return roster;
  }

  List<String> questions() {
    return new ArrayList<>(queries.keySet());
  }

  /** Share ranked first, by method. */
  Map<String, Double> run(
      Embedder embedder, Router router, Function<String, QuestionProfile> profile) {
    Map<String, Double> shares = new LinkedHashMap<>();
    router.prepare(roster);
    shares.put(
        "**cold router**",
        share(query ->
            router.route(profile.apply(query), roster, Policy.BALANCED, 0).forecasts().stream()
                .max(Comparator.comparingDouble(Forecast::p))
                .map(Forecast::expert)
                .orElse("")));
    new Baselines(embedder, roster.cards())
        .all()
        .forEach((name, baseline) ->
            shares.put(
                name, share(query -> baseline.apply(new Labelled(query, "", Set.of())).expert())));
    return shares;
  }

  private double share(UnaryOperator<String> method) {
    return queries.entrySet().stream()
        .mapToInt(query -> query.getValue().contains(method.apply(query.getKey())) ? 1 : 0)
        .average()
        .orElse(0);
  }
}
