package io.consilium.router.records;

import io.consilium.expert.ExpertException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Layouts with one line per question and columns per expert: RouterBench's and RouteLLM's. */
final class QuestionPerLine {
  private static final String COST = "|total_cost";
  private static final String RESPONSE = "|model_response";

  private QuestionPerLine() {}

  static Imported routerBench(RecordFile file) {
    var intake = new Intake();
    OutcomePerLine.require(file, List.of("sample_id", "prompt", "eval_name"));
    var columns = file.columns();
    var experts =
        columns.stream()
            .filter(
                column -> columns.contains(column + COST) || columns.contains(column + RESPONSE))
            .toList();
    if (experts.isEmpty()) {
      throw Place.wrong(
          file.name(), 1, 1, "no expert has a column of its name and one that ends in " + COST);
    }
    experts.forEach(intake.records::expert);
    file.rows(row -> {
      var prompt = unlisted(row.text("prompt"));
      for (var expert : experts) {
        intake.outcome(
            row,
            new Intake.Named(
                "sample_id", row.text("sample_id"), prompt, prompt, row.text("eval_name")),
            new Intake.Observed(expert, expert, expert, row.amount(expert + COST), Double.NaN, ""));
      }
    });
    return intake.imported("usd", "");
  }

  /** Upstream writes a prompt as a Python list of one text: ['…'] or ["…"]. */
  private static String unlisted(String prompt) {
    var text = prompt.strip();
    boolean listed =
        text.length() > 4
            && ((text.startsWith("['") && text.endsWith("']"))
                || (text.startsWith("[\"") && text.endsWith("\"]")));
    if (!listed) {
      return prompt;
    }
    return text.substring(2, text.length() - 2)
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\'", "'")
        .replace("\\\"", "\"")
        .replace("\\\\", "\\");
  }

  /** A file, or a folder with one file per category, named after it. */
  static Imported routeLlm(Path path) {
    var intake = new Intake();
    List<RecordFile> files = Files.isDirectory(path) ? csv(path) : List.of(RecordFile.at(path));
    for (var file : files) {
      OutcomePerLine.require(file, List.of("prompt"));
      var experts =
          file.columns().stream()
              .filter(column -> !column.isEmpty() && !column.equals("prompt"))
              .filter(column -> !column.endsWith("_response"))
              .toList();
      var name = file.plainName().replaceAll("\\.(csv|jsonl)$", "");
      var category = name.startsWith("mmlu_") ? name.substring(5) : name;
      experts.forEach(intake.records::expert);
      file.rows(row -> {
        var prompt = row.text("prompt");
        int options = prompt.indexOf("\nA. ");
        var stem = options < 0 ? prompt : prompt.substring(0, options);
        for (var expert : experts) {
          intake.outcome(
              row,
              new Intake.Named("prompt", "", stem, prompt, category),
              new Intake.Observed(expert, expert, expert, Double.NaN, Double.NaN, ""));
        }
      });
    }
    return intake.imported("", "");
  }

  private static List<RecordFile> csv(Path folder) {
    try (var paths = Files.list(folder)) {
      var files =
          paths
              .filter(path -> path.toString().matches(".*\\.csv(\\.gz)?"))
              .sorted()
              .map(RecordFile::at)
              .toList();
      if (files.isEmpty()) {
        throw ExpertException.invalid("records", folder + " holds no .csv and no .json files");
      }
      return files;
    } catch (IOException e) {
      throw ExpertException.invalid("records", folder + " cannot be read: " + e.getMessage());
    }
  }
}
