package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.Schema.Table;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Everything in a store in one file, to be put into another store, of either kind: gzipped lines of
 * JSON, a head with the version of the schema, the rows of each table, and an end with their
 * numbers. The same rows make the same file, byte for byte. Secrets stay sealed, and the key that
 * opens them is not in it.
 */
public final class Dump {
  private static final int FORMAT = 1;
  private static final int STEP = 200;

  private Dump() {}

  /** How many rows of each table were moved. */
  public record Moved(Map<String, Long> rows) {
    public Moved {
      rows = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(rows));
    }

    /** Rows in all. */
    public long total() {
      return rows.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Writes everything in {@code database} as it is at one moment; others may go on writing.
   *
   * @param file must not be there yet; only its owner may read it
   * @throws ExpertException {@link FailureKind#CONFIGURATION} when it cannot be written
   */
  public static Moved write(Database database, Path file) {
    var part = file.resolveSibling(file.getFileName() + ".part");
    try {
      if (Files.exists(file)) {
        throw wrong("%s is there already: choose another name, or remove it".formatted(file), null);
      }
      create(part);
      Moved moved;
      try (var out =
          new BufferedWriter(
              new OutputStreamWriter(
                  new GZIPOutputStream(Files.newOutputStream(part), 1 << 16),
                  StandardCharsets.UTF_8),
              1 << 16)) {
        moved = database.snapshot(() -> write(database, out));
      }
      Files.move(part, file);
      return moved;
    } catch (IOException e) {
      throw unwritable(file, e);
    } catch (UncheckedIOException e) {
      throw unwritable(file, e);
    } finally {
      remove(part);
    }
  }

  private static void create(Path part) throws IOException {
    try {
      Files.createFile(
          part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (UnsupportedOperationException e) {
      Files.createFile(part); // not a POSIX file system
    } catch (FileAlreadyExistsException e) {
      throw wrong("%s is being written by another export: wait, or remove it".formatted(part), e);
    }
  }

  private static void remove(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw unwritable(part, e);
    }
  }

  private static Moved write(Database database, Writer out) {
    var schema = Schema.current();
    var head =
        Json.object()
            .put("consilium", "database")
            .put("format", FORMAT)
            .put("schema", schema.version().getVersion());
    var columns = head.putObject("tables");
    for (var table : schema.tables()) {
      table.names().forEach(columns.putArray(table.name())::add);
    }
    line(out, head);
    Map<String, Long> rows = new LinkedHashMap<>();
    for (var table : schema.tables()) {
      line(out, Json.object().put("table", table.name()));
      var count = new long[1];
      var reader = new JdbcTemplate(database.dataSource());
      reader.setFetchSize(STEP / 10); // some rows are large
      reader.query(
          select(database, table),
          row -> {
            line(out, values(table, row));
            count[0]++;
          });
      rows.put(table.name(), count[0]);
    }
    var end = Json.object().put("end", true);
    rows.forEach(end.putObject("rows")::put);
    line(out, end);
    return new Moved(rows);
  }

  /** In an order that is the same in both databases. */
  private static String select(Database database, Table table) {
    var order =
        table.columns().stream()
            .filter(column -> table.key().contains(column.name()))
            .collect(
                Collectors.toMap(
                    Schema.Column::name,
                    column ->
                        quoted(column.name())
                            + (database.shared() && column.kind() == Schema.Kind.TEXT
                                ? " collate \"C\""
                                : "")));
    return "select %s from %s order by %s"
        .formatted(
            names(table.names()),
            quoted(table.name()),
            table.key().stream().map(order::get).collect(Collectors.joining(", ")));
  }

  private static List<@Nullable Object> values(Table table, ResultSet row) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      boolean missing = row.getObject(i + 1) == null;
      values.add(missing ? null : table.columns().get(i).kind().read(row, i + 1));
    }
    return values;
  }

  private static void line(Writer out, Object json) {
    try {
      out.write(Json.MAPPER.writeValueAsString(json));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Puts everything of a file into an empty database: all of it, or nothing.
   *
   * @throws ExpertException {@link FailureKind#CONFIGURATION} when the database is not empty, or
   *     the file is damaged, cut off, or of another schema
   */
  public static Moved read(Database database, Path file) {
    var schema = Schema.current();
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 1 << 16),
                StandardCharsets.UTF_8))) {
      head(file, schema, in.readLine());
      var moved =
          database.transaction(() -> {
            empty(database, schema);
            return new Reading(database, schema, file, in).all();
          });
      number(database, schema);
      return moved;
    } catch (EOFException e) {
      throw damaged(file, "it ends too soon", e);
    } catch (ZipException e) {
      throw damaged(file, e.getMessage(), e);
    } catch (IOException e) {
      throw wrong("%s cannot be read: %s".formatted(file, e), e);
    }
  }

  private static void head(Path file, Schema schema, @Nullable String line) {
    var head = json(file, line);
    if (!head.path("consilium").asString("").equals("database")) {
      throw damaged(file, "it does not begin like one", null);
    }
    var version = MigrationVersion.fromVersion(head.path("schema").asString("0"));
    int order = version.compareTo(schema.version());
    if (head.path("format").asInt(0) > FORMAT || order > 0) {
      throw wrong(
          "%s was exported by a newer Consilium (schema %s; this one knows %s): import it with that release or a newer one"
              .formatted(file, version, schema.version()),
          null);
    }
    if (order < 0) {
      throw wrong(
          "%s was exported by an older Consilium (schema %s; this one has %s): import it with that release, then start this one, which brings the database up to date"
              .formatted(file, version, schema.version()),
          null);
    }
    for (var table : schema.tables()) {
      List<String> columns =
          head.path("tables").path(table.name()).valueStream().map(JsonNode::asString).toList();
      if (!columns.equals(table.names())) {
        throw damaged(file, "its table %s has other columns".formatted(table.name()), null);
      }
    }
  }

  private static void empty(Database database, Schema schema) {
    List<String> full = new ArrayList<>();
    for (var table : schema.tables()) {
      long rows =
          database
              .sql()
              .sql("select count(*) from " + quoted(table.name()))
              .query(Long.class)
              .single();
      if (rows > 0) {
        full.add("%s %,d".formatted(table.name(), rows));
      }
    }
    if (!full.isEmpty()) {
      throw wrong(
          "%s is not empty (rows of %s): import into a new database, or set CONSILIUM_HOME to a new folder"
              .formatted(database.shown(), String.join(", ", full)),
          null);
    }
  }

  /** Lets the database go on numbering behind the last row. */
  private static void number(Database database, Schema schema) {
    for (var table : schema.tables()) {
      var numbered = table.numbered();
      if (numbered != null) {
        long next =
            database.attempt(() ->
                database
                    .sql()
                    .sql(
                        "select coalesce(max(%s), 0) + 1 from %s"
                            .formatted(quoted(numbered), quoted(table.name())))
                    .query(Long.class)
                    .single());
        database.attempt(() ->
            database.shared()
                ? database
                    .sql()
                    .sql(
                        "select setval(pg_get_serial_sequence('%s', '%s'), %d, false)"
                            .formatted(table.name(), numbered, next))
                    .query(Long.class)
                    .single()
                : (long)
                    database
                        .sql()
                        .sql(
                            "alter table %s alter column %s restart with %d"
                                .formatted(quoted(table.name()), quoted(numbered), next))
                        .update());
      }
    }
  }

  /** One pass through the rows of a file. */
  private static final class Reading {
    private final Database database;
    private final Map<String, Table> tables;
    private final Path file;
    private final BufferedReader in;
    private final OutcomeMonths months;
    private final Map<String, Long> rows = new LinkedHashMap<>();
    private final List<@Nullable Object[]> waiting = new ArrayList<>();
    private @Nullable Table table;

    Reading(Database database, Schema schema, Path file, BufferedReader in) {
      this.database = database;
      this.tables = schema.tables().stream().collect(Collectors.toMap(Table::name, each -> each));
      this.file = file;
      this.in = in;
      this.months = new OutcomeMonths(database);
    }

    Moved all() {
      try {
        for (var line = in.readLine(); line != null; line = in.readLine()) {
          var json = json(file, line);
          if (json.isArray()) {
            row(json);
          } else if (json.has("table")) {
            begin(json.path("table").asString(""));
          } else if (json.has("end")) {
            end(json);
            return new Moved(rows);
          } else {
            throw damaged(file, "it has a line that is none", null);
          }
        }
      } catch (EOFException e) {
        throw damaged(file, "it ends too soon", e);
      } catch (ZipException e) {
        throw damaged(file, e.getMessage(), e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      throw damaged(file, "it ends too soon", null);
    }

    private void begin(String name) {
      flush();
      table = tables.get(name);
      if (table == null || rows.put(name, 0L) != null) {
        throw damaged(file, "the table %s is not expected there".formatted(name), null);
      }
    }

    private void row(JsonNode json) {
      var present = table;
      if (present == null || json.size() != present.columns().size()) {
        throw damaged(file, "it has a row of the wrong length", null);
      }
      var values = new @Nullable Object[json.size()];
      for (int i = 0; i < values.length; i++) {
        var value = json.get(i);
        try {
          values[i] = value.isNull() ? null : present.columns().get(i).kind().value(value);
        } catch (JacksonException | IllegalArgumentException | java.time.DateTimeException e) {
          throw damaged(
              file,
              "%s.%s holds %s".formatted(present.name(), present.columns().get(i).name(), value),
              e);
        }
      }
      waiting.add(values);
      rows.merge(present.name(), 1L, Long::sum);
      if (waiting.size() == STEP) {
        flush();
      }
    }

    private void flush() {
      var present = table;
      if (present == null || waiting.isEmpty()) {
        return;
      }
      if (present.name().equals("outcome")) {
        int at = present.names().indexOf("at");
        months.prepareAt(waiting.stream().map(row -> ((OffsetDateTime) row[at]).toInstant()));
      }
      try {
        database.batch(
            "insert into %s (%s) values (%s)"
                .formatted(
                    quoted(present.name()),
                    names(present.names()),
                    present.names().stream().map(column -> "?").collect(Collectors.joining(", "))),
            List.copyOf(waiting));
      } catch (DataIntegrityViolationException | InvalidDataAccessResourceUsageException e) {
        throw damaged(file, "the database does not take a row of its table " + present.name(), e);
      }
      waiting.clear();
    }

    private void end(JsonNode json) throws IOException {
      flush();
      for (var each : tables.keySet()) {
        long expected = json.path("rows").path(each).asLong(-1);
        if (rows.getOrDefault(each, -2L) != expected) {
          throw damaged(file, "rows of the table %s are missing".formatted(each), null);
        }
      }
      if (in.readLine() != null) { // reading to the end checks the checksum as well
        throw damaged(file, "something follows its end", null);
      }
    }
  }

  private static JsonNode json(Path file, @Nullable String line) {
    try {
      return Json.MAPPER.readTree(line == null ? "" : line);
    } catch (JacksonException e) {
      throw damaged(file, "it has a line that is no JSON", e);
    }
  }

  private static String names(List<String> columns) {
    return columns.stream().map(Dump::quoted).collect(Collectors.joining(", "));
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }

  private static ExpertException damaged(Path file, @Nullable String why, @Nullable Exception e) {
    return wrong(
        "%s is no whole export of Consilium (%s): nothing was imported; export again, or copy the file again"
            .formatted(file, why),
        e);
  }

  private static ExpertException unwritable(Path file, Exception e) {
    return wrong("%s cannot be written: %s".formatted(file, e), e);
  }

  private static ExpertException wrong(String message, @Nullable Exception cause) {
    return new ExpertException(FailureKind.CONFIGURATION, message, cause);
  }
}
