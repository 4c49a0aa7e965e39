package io.consilium.orchestrator.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Aligned columns of text. */
final class Table {
  private final List<String[]> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(header);
  }

  Table row(String... cells) {
    rows.add(cells);
    return this;
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  void print(PrintWriter out) {
    int[] widths = new int[rows.getFirst().length];
    for (var row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (var row : rows) {
      var line = new StringBuilder("  ");
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]);
        if (i < row.length - 1) {
          line.repeat(' ', widths[i] - row[i].length() + 2);
        }
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }

  /** At most {@code width} characters, with an ellipsis where something was cut. */
  static String cut(String text, int width) {
    var flat = text.replaceAll("\\s+", " ").strip();
    return flat.length() <= width ? flat : flat.substring(0, width - 1) + "…";
  }

  static String usd(double usd) {
    return usd == 0 ? "free" : String.format(Locale.ROOT, usd < 0.01 ? "$%.6f" : "$%.4f", usd);
  }

  static String millis(double millis) {
    return millis < 1000
        ? String.format(Locale.ROOT, "%.0f ms", millis)
        : String.format(Locale.ROOT, "%.1f s", millis / 1000);
  }

  static String probability(double p) {
    return String.format(Locale.ROOT, "%.2f", p);
  }

  static String join(String separator, String... parts) {
    return String.join(separator, Arrays.stream(parts).filter(part -> !part.isEmpty()).toList());
  }
}
