package io.consilium.bench.cold;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * Reads ToolE (Huang et al., "MetaTool", 2024): 199 tools, and queries with the tool each needs.
 */
final class ToolE {
  private ToolE() {}

  /** A card per tool: its name and one-line description. */
  static List<ExpertCard> tools(Path data) throws IOException {
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
    return cards;
  }

  /** Queries whose hash lies in [from, to), each with the ids of the tools that serve it. */
  static Map<String, Set<String>> queries(Path data, double from, double to) throws IOException {
    Map<String, Set<String>> queries = new TreeMap<>();
    try (var reader =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(data.resolve("toole/single.csv.gz"))),
                    StandardCharsets.UTF_8));
        var rows = CSVParser.parse(reader, CSVFormat.RFC4180)) {
      for (var row : rows) {
        double h = Labelled.share(row.get(1));
        if (row.getRecordNumber() > 1 && h >= from && h < to) {
          queries.computeIfAbsent(row.get(1), text -> new HashSet<>()).add(id(row.get(2)));
        }
      }
    }
    return queries;
  }

  /** Tool names may hold what ids may not. */
  private static String id(String name) {
    return name.replaceAll("[^A-Za-z0-9._:@/-]", "_");
  }
}
