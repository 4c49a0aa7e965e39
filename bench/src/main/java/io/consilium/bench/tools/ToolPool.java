package io.consilium.bench.tools;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.tools.retrieval.ToolDocument;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import tools.jackson.databind.JsonNode;

/**
 * Tools and recorded requests for them.
 *
 * @param name in options and reports
 * @param tools what can be found
 * @param servers where tools belong together, such as those of one field: the group of each, by id;
 *     not part of what is said of a tool
 * @param queries the requests
 * @param also further requests to learn from, of the same tools; never asked
 * @param trained whether its requests may be learnt from; else all of them are only asked
 */
record ToolPool(
    String name,
    List<ToolDocument> tools,
    Map<String, String> servers,
    List<ToolQuery> queries,
    List<ToolQuery> also,
    boolean trained) {
  static final List<String> STANDARD =
      List.of("toole-single", "toole-multi", "seal-dev", "seal-in", "seal-out");

  ToolPool {
    tools = List.copyOf(tools);
    servers = Map.copyOf(servers);
    queries = List.copyOf(queries);
    also = List.copyOf(also);
  }

  /**
   * Reads a pool: one of {@link #STANDARD}, or a folder of that name that holds {@code
   * tools.jsonl[.gz]} and {@code queries.jsonl[.gz]}.
   */
  static ToolPool read(Path data, String name) throws IOException {
    return switch (name) {
      case "toole-single" -> {
        var folder = data.resolve("toole");
        yield new ToolPool(name, tools(folder), Map.of(), single(folder), List.of(), true);
      }
      case "toole-multi" -> {
        var folder = data.resolve("toole");
        yield new ToolPool(
            name,
            tools(folder),
            Map.of(),
            queries(folder, "multi", q -> true),
            single(folder),
            true);
      }
      case "seal-dev" -> seal(data, name, "dev", true);
      case "seal-in" -> seal(data, name, "test_in_domain", false);
      case "seal-out" -> seal(data, name, "test_out_domain", false);
      default -> {
        var folder = data.resolve(name);
        yield new ToolPool(
            name,
            tools(folder),
            servers(folder),
            queries(folder, "queries", q -> true),
            List.of(),
            true);
      }
    };
  }

  private static ToolPool seal(Path data, String name, String split, boolean trained)
      throws IOException {
    var folder = data.resolve("seal-tools");
    return new ToolPool(
        name,
        tools(folder),
        servers(folder),
        queries(folder, "queries", row -> row.path("split").asString("").equals(split)),
        List.of(),
        trained);
  }

  private static List<ToolDocument> tools(Path folder) throws IOException {
    List<ToolDocument> tools = new ArrayList<>();
    for (var row : rows(folder, "tools")) {
      var name = row.path("name").asString("");
      if (name.isEmpty()) {
        throw wrong(folder, "a tool has no name: " + row);
      }
      var description = row.path("description").asString("");
      var more = row.path("long_description").asString("");
      if (!more.isBlank() && !more.equals(description)) {
        description = description + " " + more;
      }
      List<String> topics = new ArrayList<>();
      if (row.path("field").isString()) {
        topics.add(row.path("field").stringValue().replace("/", ", "));
      }
      var schema = Json.object();
      var properties = schema.putObject("properties");
      row.path("parameters")
          .properties()
          .forEach(parameter ->
              properties
                  .putObject(parameter.getKey())
                  .put("description", parameter.getValue().asString("")));
      tools.add(ToolDocument.of(name, "", name, description, schema, topics));
    }
    return tools;
  }

  /** The first part of each tool's field, which some dozens of tools share. */
  private static Map<String, String> servers(Path folder) throws IOException {
    Map<String, String> servers = new HashMap<>();
    for (var row : rows(folder, "tools")) {
      var field = row.path("field").asString("");
      if (!field.isEmpty()) {
        servers.put(row.path("name").asString(""), field.split("/", 2)[0]);
      }
    }
    return servers;
  }

  private static List<ToolQuery> queries(Path folder, String file, Predicate<JsonNode> wanted)
      throws IOException {
    List<ToolQuery> queries = new ArrayList<>();
    for (var row : rows(folder, file)) {
      Set<String> tools = new HashSet<>();
      row.path("tools").forEach(tool -> tools.add(tool.asString("")));
      if (!row.path("query").isString() || tools.isEmpty()) {
        throw wrong(folder, "a row of %s lacks 'query' or 'tools': %s".formatted(file, row));
      }
      if (wanted.test(row)) {
        queries.add(ToolQuery.of(row.path("query").stringValue(), tools, false));
      }
    }
    return queries;
  }

  /** Queries with one right tool; where the same text has two labels, either is right. */
  private static List<ToolQuery> single(Path folder) throws IOException {
    Map<String, Set<String>> tools = new LinkedHashMap<>();
    try (var reader = reader(folder.resolve("single.csv.gz"));
        var rows = CSVParser.parse(reader, CSVFormat.RFC4180)) {
      for (var row : rows) {
        if (row.getRecordNumber() > 1) {
          tools.computeIfAbsent(row.get(1), query -> new HashSet<>()).add(row.get(2));
        }
      }
    }
    return tools.entrySet().stream()
        .map(query -> ToolQuery.of(query.getKey(), query.getValue(), true))
        .toList();
  }

  private static List<JsonNode> rows(Path folder, String name) throws IOException {
    var file = folder.resolve(name + ".jsonl");
    file = Files.exists(file) ? file : folder.resolve(name + ".jsonl.gz");
    if (!Files.exists(file)) {
      throw wrong(folder, "it holds neither %1$s.jsonl nor %1$s.jsonl.gz".formatted(name));
    }
    List<JsonNode> rows = new ArrayList<>();
    try (var reader = reader(file)) {
      int line = 0;
      for (var text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          rows.add(
              Json.object(
                  text.getBytes(StandardCharsets.UTF_8), file.getFileName() + " line " + line));
        }
      }
    }
    return rows;
  }

  private static BufferedReader reader(Path file) throws IOException {
    InputStream stream = Files.newInputStream(file);
    return new BufferedReader(
        new InputStreamReader(
            file.toString().endsWith(".gz") ? new GZIPInputStream(stream) : stream,
            StandardCharsets.UTF_8));
  }

  private static ExpertException wrong(Path folder, String what) {
    return new ExpertException(
        FailureKind.CONFIGURATION, "%s is no pool of tools: %s".formatted(folder, what));
  }
}
