package io.consilium.router.records;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a file of records row by row: CSV (RFC 4180, header first) or JSON lines, in UTF-8, packed
 * with gzip when its name ends in {@code .gz}. Only one row is held at a time.
 */
final class RecordFile {
  private static final CSVFormat CSV =
      CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).setQuote('"').get();

  private final Path path;
  private final String name;

  private RecordFile(Path path) {
    this.path = path;
    this.name = String.valueOf(path.getFileName());
  }

  /** The file, which must exist. */
  static RecordFile at(Path path) {
    if (!Files.isRegularFile(path)) {
      throw ExpertException.invalid(
          "records", path + " is not there or is no file; give the path of a file of records");
    }
    return new RecordFile(path);
  }

  /** The file of this name in a folder, packed or not. */
  static RecordFile in(Path folder, String name) {
    var packed = folder.resolve(name + ".gz");
    return at(Files.exists(packed) ? packed : folder.resolve(name));
  }

  /** Its name without the folder, as complaints have it. */
  String name() {
    return name;
  }

  /** The name without {@code .gz}, in lower case. */
  String plainName() {
    var lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
  }

  /** Hands over every row: JSON lines when the name ends in {@code .jsonl}, else CSV. */
  void rows(Consumer<Row> each) {
    if (plainName().endsWith(".jsonl")) {
      jsonRows((object, line) -> each.accept(new Row(name, line, texts(object))));
    } else {
      csvRows(each);
    }
  }

  /** The columns: the header of a CSV file, the fields of the first JSON line. */
  List<String> columns() {
    List<String> columns = new ArrayList<>();
    read(reader -> {
      if (plainName().endsWith(".jsonl")) {
        long line = 0;
        for (var text = reader.readLine(); text != null; text = reader.readLine()) {
          line++;
          if (!text.isBlank()) {
            columns.addAll(texts(object(text, line)).keySet());
            return;
          }
        }
      } else {
        try (var parser = CSVParser.parse(reader, CSV)) {
          var rows = parser.iterator();
          if (hasNext(rows, 1)) {
            columns.addAll(List.of(header(rows.next())));
          }
        }
      }
    });
    if (columns.isEmpty()) {
      throw Place.wrong(name, 1, 1, "the file is empty");
    }
    return columns;
  }

  private void csvRows(Consumer<Row> each) {
    read(reader -> {
      try (var parser = CSVParser.parse(reader, CSV)) {
        String[] header = null;
        long line = 1;
        for (var rows = parser.iterator(); hasNext(rows, line); ) {
          var cells = rows.next();
          if (header == null) {
            header = header(cells);
          } else {
            each.accept(row(header, cells, line));
          }
          line = parser.getCurrentLineNumber() + 1;
        }
        if (header == null) {
          throw Place.wrong(name, 1, 1, "the file is empty; a header is expected");
        }
      }
    });
  }

  private boolean hasNext(Iterator<CSVRecord> rows, long line) {
    try {
      return rows.hasNext();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CSVException broken) {
        throw Place.wrong(
            name,
            line,
            1,
            "the line is broken (%s); a quoted cell must be closed and its quotes doubled"
                .formatted(broken.getMessage()));
      }
      throw e;
    }
  }

  private String[] header(CSVRecord cells) {
    String[] header = cells.values();
    if (header[0].startsWith("\uFEFF")) {
      header[0] = header[0].substring(1);
    }
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (int i = 0; i < header.length; i++) {
      header[i] = header[i].strip();
      if (!header[i].isEmpty() && seen.put(header[i], i) != null) {
        throw Place.wrong(name, 1, i + 1, "two columns are called '" + header[i] + "'");
      }
    }
    return header;
  }

  private Row row(String[] header, CSVRecord cells, long line) {
    if (cells.size() != header.length) {
      throw Place.wrong(
          name,
          line,
          Math.min(cells.size(), header.length) + 1,
          "the line has %d cells, the header %d; is a quote missing?"
              .formatted(cells.size(), header.length));
    }
    Map<String, String> fields = LinkedHashMap.newLinkedHashMap(header.length);
    for (int i = 0; i < header.length; i++) {
      fields.put(header[i], cells.get(i));
    }
    return new Row(name, line, fields);
  }

  /** Takes one JSON object and the line it stands on. */
  interface EachObject {
    void accept(ObjectNode object, long line);
  }

  /** Hands over every line of a file of JSON lines; empty lines are passed over. */
  void jsonRows(EachObject each) {
    read(reader -> {
      long line = 0;
      for (var text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          each.accept(object(text, line), line);
        }
      }
    });
  }

  private ObjectNode object(String text, long line) {
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(text);
    } catch (JacksonException e) {
      int column = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getColumnNr());
      throw Place.wrong(name, line, column, "this is not JSON: " + Json.fault(e));
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw Place.wrong(name, line, 1, "each line holds one JSON object");
  }

  /** The whole file as one JSON object. */
  ObjectNode json() {
    var text = new StringBuilder();
    read(reader -> {
      char[] buffer = new char[1 << 16];
      for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
        text.append(buffer, 0, n);
      }
    });
    try {
      if (Json.MAPPER.readTree(text.toString()) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw Place.wrong(
          name,
          at == null ? 1 : at.getLineNr(),
          at == null ? 1 : at.getColumnNr(),
          "this is not JSON: " + Json.fault(e));
    }
    throw Place.wrong(name, 1, 1, "the file holds one JSON object");
  }

  private static Map<String, String> texts(ObjectNode object) {
    Map<String, String> fields = LinkedHashMap.newLinkedHashMap(object.size());
    object.forEachEntry((key, value) ->
        fields.put(
            key, value.isNull() ? "" : value.isValueNode() ? value.asString() : value.toString()));
    return fields;
  }

  private interface Reading {
    void read(BufferedReader reader) throws IOException;
  }

  private void read(Reading reading) {
    try (var reader = new BufferedReader(new InputStreamReader(open(), strict()))) {
      reading.read(reader);
    } catch (CharacterCodingException e) {
      throw notUtf8();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw notUtf8();
      }
      throw unreadable(e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private ExpertException unreadable(Exception cause) {
    var message =
        cause instanceof NoSuchFileException
            ? path + " is not there; give the path of a file"
            : path + " cannot be read: " + cause.getMessage();
    return new ExpertException(FailureKind.INVALID_REQUEST, message, cause);
  }

  private InputStream open() throws IOException {
    var stream = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    try {
      return name.endsWith(".gz") ? new GZIPInputStream(stream, 1 << 16) : stream;
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  private static CharsetDecoder strict() {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /** Reads once more to find the first byte that is no UTF-8. */
  private ExpertException notUtf8() {
    try (var stream = new BufferedInputStream(open(), 1 << 16)) {
      var bytes = new ByteArrayOutputStream();
      long line = 1;
      for (int b = stream.read(); ; b = stream.read()) {
        if (b >= 0) {
          bytes.write(b);
        }
        if (b < 0 || b == '\n') {
          var input = ByteBuffer.wrap(bytes.toByteArray());
          var chars = CharBuffer.allocate(input.remaining() + 1);
          if (strict().decode(input, chars, true).isError() || b < 0) {
            return Place.wrong(
                name, line, chars.position() + 1, "this byte is not UTF-8; save the file as UTF-8");
          }
          bytes.reset();
          line++;
        }
      }
    } catch (IOException e) {
      return unreadable(e);
    }
  }
}
