package io.consilium.router.records;

import io.consilium.expert.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ArrayNode;

/** Layouts with one line per outcome: ours and EmbedLLM's. */
final class OutcomePerLine {
  private OutcomePerLine() {}

  /**
   * Columns {@code question, expert, correct, cost}; {@code id, category, options, tokens, answer}.
   */
  static Imported ours(RecordFile file) {
    var intake = new Intake();
    require(file, List.of("question", "expert", "correct", "cost"));
    file.rows(row -> {
      var stem = row.text("question");
      var text = Intake.asked(stem, options(row));
      intake.outcome(
          row,
          new Intake.Named("id", row.optional("id"), stem, text, row.optional("category")),
          new Intake.Observed(
              "expert",
              row.text("expert"),
              "correct",
              row.amount("cost"),
              row.amount("tokens"),
              row.optional("answer")));
    });
    return intake.imported("usd", "");
  }

  /** A JSON array of texts; an empty cell is none. */
  private static List<String> options(Row row) {
    var text = row.optional("options");
    if (text.isBlank()) {
      return List.of();
    }
    try {
      if (Json.MAPPER.readTree(text) instanceof ArrayNode array) {
        List<String> options = new ArrayList<>();
        array.forEach(option -> options.add(option.asString("")));
        return options;
      }
    } catch (JacksonException e) {
      // said below
    }
    throw row.wrong("options", "a JSON array of texts is expected, such as [\"yes\", \"no\"]");
  }

  static Imported embedLlm(RecordFile file) {
    var intake = new Intake();
    var columns = file.columns();
    var expert = columns.contains("model_name") ? "model_name" : "model_id";
    var category = columns.contains("category") ? "category" : "category_id";
    require(file, List.of("prompt_id", "prompt", expert, "label"));
    file.rows(row -> {
      var prompt = row.text("prompt");
      intake.outcome(
          row,
          new Intake.Named(
              "prompt_id", row.text("prompt_id"), prompt, prompt, row.optional(category)),
          new Intake.Observed(expert, row.text(expert), "label", Double.NaN, Double.NaN, ""));
    });
    return intake.imported("", "");
  }

  static void require(RecordFile file, List<String> wanted) {
    var columns = file.columns();
    for (var column : wanted) {
      if (!columns.contains(column)) {
        throw Place.wrong(
            file.name(),
            1,
            column,
            "there is no such column; the file has " + String.join(", ", columns));
      }
    }
  }
}
