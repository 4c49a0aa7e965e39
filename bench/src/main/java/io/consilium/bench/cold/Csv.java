package io.consilium.bench.cold;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/** Reads comma-separated values with quotes (RFC 4180). */
final class Csv {
  private Csv() {}

  /** All rows after the header. */
  static List<List<String>> rows(Reader reader) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    var field = new StringBuilder();
    boolean quoted = false;
    boolean closed = false;
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      if (quoted) {
        if (c == '"') {
          quoted = false;
          closed = true;
        } else {
          field.append((char) c);
        }
      } else if (c == '"') {
        if (closed) {
          field.append('"'); // a doubled quote inside a quoted field
        }
        quoted = true;
        closed = false;
      } else if (c == ',' || c == '\n') {
        row.add(field.toString());
        field.setLength(0);
        closed = false;
        if (c == '\n') {
          rows.add(List.copyOf(row));
          row.clear();
        }
      } else if (c != '\r') {
        field.append((char) c);
      }
    }
    if (!row.isEmpty() || !field.isEmpty()) {
      row.add(field.toString());
      rows.add(List.copyOf(row));
    }
    return rows.isEmpty() ? rows : rows.subList(1, rows.size());
  }
}
