package io.consilium.expert.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The tables of the store and how their values are written down, read from a fresh embedded
 * database, so that no table can be forgotten. What PostgreSQL has besides is made from these.
 *
 * @param version of the schema
 * @param tables each after those it refers to
 */
record Schema(MigrationVersion version, List<Table> tables) {
  private static final String HISTORY = "flyway_schema_history";

  /**
   * A table.
   *
   * @param key the columns rows are put in order by
   * @param numbered the column the database numbers itself, or null
   */
  record Table(String name, List<Column> columns, List<String> key, @Nullable String numbered) {
    List<String> names() {
      return columns.stream().map(Column::name).toList();
    }
  }

  record Column(String name, Kind kind) {}

  /** How values of a column stand in JSON. */
  enum Kind {
    TEXT {
      @Override
      Object read(ResultSet row, int column) throws SQLException {
        return String.valueOf(row.getString(column));
      }

      @Override
      Object value(JsonNode json) {
        return json.stringValue();
      }
    },
    WHOLE {
      @Override
      Object read(ResultSet row, int column) throws SQLException {
        return row.getLong(column);
      }

      @Override
      Object value(JsonNode json) {
        return json.longValue();
      }
    },
    REAL {
      @Override
      Object read(ResultSet row, int column) throws SQLException {
        return row.getDouble(column);
      }

      @Override
      Object value(JsonNode json) {
        return json.isString() ? Double.parseDouble(json.stringValue()) : json.asDouble();
      }
    },
    TRUTH {
      @Override
      Object read(ResultSet row, int column) throws SQLException {
        return row.getBoolean(column);
      }

      @Override
      Object value(JsonNode json) {
        return json.booleanValue();
      }
    },
    TIME {
      @Override
      Object read(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant().toString();
      }

      @Override
      Object value(JsonNode json) {
        return Columns.time(Instant.parse(json.stringValue()));
      }
    },
    DAY {
      @Override
      Object read(ResultSet row, int column) throws SQLException {
        return row.getObject(column, LocalDate.class).toString();
      }

      @Override
      Object value(JsonNode json) {
        return LocalDate.parse(json.stringValue());
      }
    },
    BYTES {
      @Override
      Object read(ResultSet row, int column) throws SQLException {
        return Base64.getEncoder().encodeToString(row.getBytes(column));
      }

      @Override
      Object value(JsonNode json) {
        return Base64.getDecoder().decode(json.stringValue());
      }
    };

    /** A value that is not null, for JSON. */
    abstract Object read(ResultSet row, int column) throws SQLException;

    /** A value that is not null, for the database. */
    abstract Object value(JsonNode json);

    static Kind of(int type, String column) {
      return switch (type) {
        case Types.VARCHAR, Types.CHAR, Types.CLOB, Types.LONGVARCHAR -> TEXT;
        case Types.BIGINT, Types.INTEGER, Types.SMALLINT, Types.TINYINT -> WHOLE;
        case Types.DOUBLE, Types.FLOAT, Types.REAL -> REAL;
        case Types.BOOLEAN, Types.BIT -> TRUTH;
        case Types.TIMESTAMP_WITH_TIMEZONE -> TIME;
        case Types.DATE -> DAY;
        case Types.VARBINARY, Types.BINARY, Types.BLOB, Types.LONGVARBINARY -> BYTES;
        default ->
            throw new IllegalStateException(
                "column %s is of a type (%d) that a dump cannot hold: add it to Schema.Kind"
                    .formatted(column, type));
      };
    }
  }

  /** The schema of this release. */
  static Schema current() {
    try (var reference = Database.inMemory();
        var connection = reference.dataSource().getConnection()) {
      return new Schema(reference.version(), ordered(connection));
    } catch (SQLException e) {
      throw new IllegalStateException("the schema cannot be read", e);
    }
  }

  private static List<Table> ordered(Connection connection) throws SQLException {
    var data = connection.getMetaData();
    var space = connection.getSchema();
    Map<String, Table> left = new TreeMap<>();
    try (var rows = data.getTables(null, space, "%", new String[] {"BASE TABLE", "TABLE"})) {
      while (rows.next()) {
        var name = rows.getString("TABLE_NAME");
        if (!name.equals(HISTORY)) {
          left.put(name, table(data, space, name));
        }
      }
    }
    Map<String, Table> done = new LinkedHashMap<>();
    while (!left.isEmpty()) {
      int before = done.size();
      for (var table : List.copyOf(left.values())) {
        if (done.keySet().containsAll(references(data, space, table.name()))) {
          done.put(table.name(), table);
          left.remove(table.name());
        }
      }
      if (done.size() == before) {
        throw new IllegalStateException("tables refer to each other: " + left.keySet());
      }
    }
    return List.copyOf(done.values());
  }

  private static Table table(DatabaseMetaData data, String space, String name) throws SQLException {
    List<Column> columns = new ArrayList<>();
    String numbered = null;
    try (var rows = data.getColumns(null, space, name, "%")) {
      while (rows.next()) {
        var column = rows.getString("COLUMN_NAME");
        columns.add(new Column(column, Kind.of(rows.getInt("DATA_TYPE"), name + "." + column)));
        if ("YES".equals(rows.getString("IS_AUTOINCREMENT"))) {
          numbered = column;
        }
      }
    }
    Map<Integer, String> key = new TreeMap<>();
    try (var rows = data.getPrimaryKeys(null, space, name)) {
      while (rows.next()) {
        key.put(rows.getInt("KEY_SEQ"), rows.getString("COLUMN_NAME"));
      }
    }
    if (key.isEmpty()) {
      throw new IllegalStateException("table " + name + " has no primary key: a dump needs one");
    }
    return new Table(name, List.copyOf(columns), List.copyOf(key.values()), numbered);
  }

  private static Set<String> references(DatabaseMetaData data, String space, String name)
      throws SQLException {
    Set<String> tables = new HashSet<>();
    try (var rows = data.getImportedKeys(null, space, name)) {
      while (rows.next()) {
        tables.add(rows.getString("PKTABLE_NAME"));
      }
    }
    tables.remove(name);
    return tables;
  }
}
