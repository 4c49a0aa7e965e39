package io.consilium.router.records;

import io.consilium.expert.ExpertException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** LLMRouterBench's layout: {@code <dataset>/<split>/<model>/<time>.json}. */
final class OneJsonPerRun {
  private static final String OLDER = "older run of the same expert on the same data set";

  private OneJsonPerRun() {}

  /** The files of a folder, at any depth. */
  static List<Path> files(Path folder) {
    try (var paths = Files.walk(folder)) {
      return paths
          .filter(path -> Files.isRegularFile(path) && path.toString().endsWith(".json"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw ExpertException.invalid("records", folder + " cannot be read: " + e.getMessage());
    }
  }

  static Imported read(Path path) {
    var intake = new Intake();
    Map<Path, Path> newest = new TreeMap<>(); // by folder of the model
    for (var file : Files.isDirectory(path) ? files(path) : List.of(path)) {
      var folder = file.toAbsolutePath().getParent();
      if (folder != null && newest.put(folder, file) != null) {
        intake.skip(OLDER);
      }
    }
    newest.forEach((folder, file) -> run(intake, folder, RecordFile.at(file)));
    return intake.imported("usd", "");
  }

  private static void run(Intake intake, Path folder, RecordFile file) {
    var run = file.json();
    int depth = folder.getNameCount();
    var model = run.path("model_name").asString(name(folder, depth - 1));
    var split = run.path("split").asString(name(folder, depth - 2));
    var dataset = run.path("dataset_name").asString(name(folder, depth - 3));
    if (!run.path("records").isArray()) {
      throw Place.wrong(file.name(), 1, "records", "an array is expected");
    }
    long number = 0;
    for (var entry : run.path("records")) {
      number++;
      // no lines in such a file: the number of the entry stands for it
      var row = new Row(file.name() + " (entries counted as lines)", number, texts(entry));
      var stem = row.optional("origin_query");
      var text = stem.isBlank() ? row.text("prompt") : stem;
      intake.outcome(
          row,
          new Intake.Named(
              "index",
              "%s/%s/%s".formatted(dataset, split, row.text("index")),
              text,
              text,
              dataset),
          new Intake.Observed(
              "model_name",
              model,
              "score",
              row.amount("cost"),
              row.amount("completion_tokens"),
              row.optional("prediction")));
    }
  }

  private static String name(Path folder, int element) {
    return element < 0 ? "" : String.valueOf(folder.getName(element));
  }

  private static Map<String, String> texts(JsonNode entry) {
    Map<String, String> fields = new HashMap<>();
    entry.forEachEntry((key, value) ->
        fields.put(
            key, value.isNull() ? "" : value.isValueNode() ? value.asString() : value.toString()));
    return fields;
  }
}
