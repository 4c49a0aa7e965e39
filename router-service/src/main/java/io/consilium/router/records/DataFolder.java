package io.consilium.router.records;

import io.consilium.expert.ExpertException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The folder that quality benches take: {@code mmlu-pro-29}, {@code zeroeval-56} and {@code
 * routellm-2}, each with {@code questions.jsonl} and, but for the last, wide tables of one column
 * per expert ({@code outcomes}, {@code predictions}, {@code output_chars}) and {@code models.csv}.
 * All may be packed with gzip.
 */
public enum DataFolder {
  /**
   * Multiple choice; cost proxy: ceil(characters of output / 4) × billions of active parameters.
   */
  MMLU_PRO("mmlu-pro-29"),
  /** Free answers; cost proxy: ceil(characters / 4) tokens in and out × the list price. */
  ZEROEVAL("zeroeval-56"),
  /** A weak and a strong expert on MMLU; no costs. */
  ROUTELLM_MMLU("routellm-2"),
  /** A weak and a strong expert on GSM8K; no costs. */
  ROUTELLM_GSM8K("routellm-2");

  private final String folder;

  DataFolder(String folder) {
    this.folder = folder;
  }

  /**
   * Reads its part of a data folder.
   *
   * @throws ExpertException when a file is missing or wrong, with file, line and column
   */
  public Imported read(Path data) {
    var path = data.resolve(folder);
    if (!Files.isDirectory(path)) {
      throw ExpertException.invalid(
          "records",
          "%s has no folder %s; --data takes the folder that holds mmlu-pro-29, zeroeval-56 and routellm-2"
              .formatted(data, folder));
    }
    return switch (this) {
      case MMLU_PRO -> mmluPro(path);
      case ZEROEVAL -> zeroEval(path);
      case ROUTELLM_MMLU -> routeLlm(path, "mmlu");
      case ROUTELLM_GSM8K -> routeLlm(path, "gsm8k");
    };
  }

  private static Imported mmluPro(Path path) {
    var intake = new Intake();
    RecordFile.in(path, "questions.jsonl")
        .jsonRows((question, line) -> {
          List<String> options = new ArrayList<>();
          question.path("options").forEach(option -> options.add(option.asString("")));
          var stem = question.path("question").asString("");
          intake.records.item(
              Item.of(
                  question.path("qid").asString(""),
                  stem,
                  Intake.asked(stem, options),
                  question.path("category").asString("")));
        });
    Map<String, Double> size = new HashMap<>();
    RecordFile.in(path, "models.csv")
        .rows(row -> {
          double active = row.amount("active_params_b");
          size.put(row.text("model"), Double.isNaN(active) ? row.amount("params_b") : active);
        });
    wide(
        path,
        intake,
        models(path),
        (item, expert, tokens) -> tokens * size.getOrDefault(expert, Double.NaN),
        (item, answer) -> answer);
    return intake.imported(
        "cost_units",
        "ceil(output characters / 4) × billions of active parameters (all parameters where the"
            + " active ones are unpublished; unknown where neither is)");
  }

  private static Imported zeroEval(Path path) {
    var intake = new Intake();
    Map<String, Double> read = new HashMap<>();
    Set<String> numbers = new HashSet<>(); // questions whose answers were checked as numbers
    RecordFile.in(path, "questions.jsonl")
        .jsonRows((question, line) -> {
          var id = question.path("qid").asString("");
          var prompt = question.path("prompt").asString("");
          read.put(id, Intake.tokens(prompt.length()));
          if (!question.path("task").asString("").equals("crux")) {
            numbers.add(id);
          }
          intake.records.item(Item.of(id, prompt, prompt, question.path("task").asString("")));
        });
    Map<String, double[]> price = new HashMap<>();
    RecordFile.in(path, "models.csv")
        .rows(row ->
            price.put(
                row.text("model"),
                new double[] {row.amount("usd_per_mtok_in"), row.amount("usd_per_mtok_out")}));
    wide(
        path,
        intake,
        models(path),
        (item, expert, tokens) -> {
          double[] usd = price.getOrDefault(expert, new double[2]);
          return (read.getOrDefault(item, 0.0) * usd[0] + tokens * usd[1]) / 1e6;
        },
        (item, answer) -> numbers.contains(item) ? number(answer) : unquoted(answer));
    return intake.imported(
        "usd",
        "ceil(characters / 4) tokens of prompt and output × list price; hidden reasoning is not"
            + " counted");
  }

  private static List<String> models(Path path) {
    List<String> models = new ArrayList<>();
    RecordFile.in(path, "models.csv").rows(row -> models.add(row.text("model")));
    return models;
  }

  private static final Pattern NUMBER = Pattern.compile("-?(?:\\d[\\d,]*\\.?\\d*|\\.\\d+)");

  /** The first number of an answer, which is what ZeroEval's own check reads of it. */
  private static String number(String answer) {
    var found = NUMBER.matcher(answer.replace("$", "").replace(",", ""));
    return found.find() ? found.group() : answer;
  }

  /** An answer without quotes around it, as ZeroEval's check compares the output of code. */
  private static String unquoted(String answer) {
    char first = answer.charAt(0);
    boolean quoted = answer.length() > 1 && (first == '\'' || first == '"');
    return quoted && answer.indexOf(first, 1) == answer.length() - 1
        ? answer.substring(1, answer.length() - 1)
        : answer;
  }

  private interface Readings {
    String of(String item, String answer);
  }

  private interface Costs {
    double of(String item, String expert, double tokens);
  }

  private static void wide(
      Path path, Intake intake, List<String> models, Costs costs, Readings readings) {
    models.forEach(intake.records::expert);
    Map<String, Map<String, Double>> lengths = new HashMap<>();
    RecordFile.in(path, "output_chars.csv")
        .rows(row -> {
          Map<String, Double> line = new HashMap<>();
          models.forEach(model -> line.put(model, row.amount(model)));
          lengths.put(row.text("qid"), line);
        });
    RecordFile.in(path, "outcomes.csv")
        .rows(row -> {
          var id = row.text("qid");
          for (var model : models) {
            if (!row.has(model)) {
              throw row.wrong(model, "models.csv names this expert, but there is no such column");
            }
            double correct = row.score(model);
            if (Double.isNaN(correct)) {
              intake.skip(Intake.MISSING);
              continue;
            }
            double tokens =
                Intake.tokens(lengths.getOrDefault(id, Map.of()).getOrDefault(model, Double.NaN));
            add(intake, row, id, model, correct, costs.of(id, model, tokens), tokens);
          }
        });
    RecordFile.in(path, "predictions.csv")
        .rows(row -> {
          var id = row.text("qid");
          for (var model : models) {
            var answer = row.optional(model);
            if (!answer.isEmpty() && !answer.equals("-") && !answer.equals("<none>")) {
              intake.answers.add(id, model, readings.of(id, answer));
            }
          }
        });
  }

  private static void add(
      Intake intake,
      Row row,
      String item,
      String expert,
      double correct,
      double cost,
      double tokens) {
    try {
      intake.records.add(item, expert, correct, cost, tokens);
    } catch (IllegalArgumentException e) {
      throw row.wrong(expert, String.valueOf(e.getMessage()));
    }
  }

  private static Imported routeLlm(Path path, String bench) {
    var intake = new Intake();
    var file = RecordFile.in(path, "questions.jsonl");
    file.rows(row -> {
      if (!row.text("bench").equals(bench)) {
        return;
      }
      if (row.optional("contaminated").equals("1")) {
        intake.skip("contaminated question, left out as RouteLLM does");
        return;
      }
      var id = row.text("qid");
      var prompt = row.text("prompt");
      int options = prompt.indexOf("\nA. ");
      intake.records.item(
          Item.of(
              id,
              options < 0 ? prompt : prompt.substring(0, options),
              prompt,
              row.optional("subject")));
      for (var expert : List.of("weak", "strong")) {
        double correct = row.score(expert);
        if (Double.isNaN(correct)) {
          intake.skip(Intake.MISSING);
        } else {
          add(intake, row, id, expert, correct, Double.NaN, Double.NaN);
        }
      }
    });
    return intake.imported("", "");
  }
}
