package io.consilium.router.records;

import io.consilium.expert.ExpertException;
import java.util.Locale;
import java.util.Map;

/** One row of a file of records; what is wrong with it is said with file, line and column. */
final class Row {
  private final String file;
  private final long line;
  private final Map<String, String> fields;

  /**
   * A row.
   *
   * @param line the line it starts at, from 1
   * @param fields by column; a missing cell is an empty text
   */
  Row(String file, long line, Map<String, String> fields) {
    this.file = file;
    this.line = line;
    this.fields = fields;
  }

  /** Whether the row has this column, filled or not. */
  boolean has(String column) {
    return fields.containsKey(column);
  }

  /** The text of a cell; empty when the cell or the column is missing. */
  String optional(String column) {
    return fields.getOrDefault(column, "");
  }

  /** The text of a cell that must be filled. */
  String text(String column) {
    var text = optional(column);
    if (text.isBlank()) {
      throw wrong(column, has(column) ? "the cell is empty" : "there is no such column");
    }
    return text;
  }

  /** A score from 0 to 1, also written true or false; NaN when the cell is empty. */
  double score(String column) {
    var text = optional(column).strip().toLowerCase(Locale.ROOT);
    double score =
        switch (text) {
          case "true" -> 1;
          case "false" -> 0;
          default -> number(column);
        };
    if (score < 0 || score > 1) {
      throw wrong(column, "a score lies between 0 and 1, not " + optional(column));
    }
    return score;
  }

  /** A number of 0 or more; NaN when the cell is empty. */
  double amount(String column) {
    double amount = number(column);
    if (amount < 0) {
      throw wrong(column, "must be 0 or more, not " + optional(column));
    }
    return amount;
  }

  private double number(String column) {
    var text = optional(column).strip();
    if (text.isEmpty()) {
      return Double.NaN;
    }
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, for both
    }
    throw wrong(column, "a number is expected, not '%s'".formatted(abbreviated(text)));
  }

  private static String abbreviated(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  /** The complaint about one cell of this row. */
  ExpertException wrong(String column, String what) {
    return Place.wrong(file, line, column, what);
  }
}
