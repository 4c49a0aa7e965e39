package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Outcome;
import io.consilium.expert.Outcome.Source;
import io.consilium.expert.testing.TestPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything moves from one store to another and back, whatever tables there are. */
class DumpIT {
  private static final OffsetDateTime NOON =
      OffsetDateTime.of(2026, 11, 30, 12, 0, 0, 123_456_000, ZoneOffset.UTC);

  @TempDir private Path folder = Path.of("");

  private static Database open(String kind) {
    return kind.equals("postgresql")
        ? Database.open(TestPostgres.freshDatabase(), Path.of("unused"))
        : Database.inMemory();
  }

  /** Two rows in every table there is, the second as empty as the table allows. */
  private static void fill(Database database) {
    for (var table : Schema.current().tables()) {
      for (int row = 1; row <= 2; row++) {
        List<@Nullable Object> values = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (var column : table.columns()) {
          names.add('"' + column.name() + '"');
          values.add(
              row == 2 && nullable(database, table.name(), column.name())
                  ? null
                  : value(column, row));
        }
        database.batch(
            "insert into \"%s\" (%s) values (%s)"
                .formatted(
                    table.name(),
                    String.join(", ", names),
                    String.join(", ", names.stream().map(name -> "?").toList())),
            List.<@Nullable Object[]>of(values.toArray()));
      }
    }
  }

  /** The same for the same row wherever it stands, so that rows refer to each other. */
  private static Object value(Schema.Column column, int row) {
    return switch (column.kind()) {
      case TEXT -> row == 1 ? "a'\"\n;ä€𝄞 {}" : "Z";
      case WHOLE -> (long) row;
      case REAL -> row == 1 ? 0.1 + 0.2 : -1e-300;
      case TRUTH -> row == 1;
      case TIME -> NOON.plusYears(5L * row - 5);
      case DAY -> NOON.plusYears(row).toLocalDate();
      case BYTES -> new byte[] {(byte) row, 0, (byte) 0xff};
    };
  }

  private static boolean nullable(Database database, String table, String column) {
    try (var connection = database.dataSource().getConnection();
        var found =
            connection.getMetaData().getColumns(null, connection.getSchema(), table, column)) {
      assertThat(found.next()).as(table + "." + column).isTrue();
      return "YES".equals(found.getString("IS_NULLABLE"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  @ParameterizedTest
  @CsvSource({
    "embedded, postgresql",
    "postgresql, embedded",
    "postgresql, postgresql",
    "embedded, embedded"
  })
  void whatIsExportedFromOneAndImportedIntoAnotherIsExportedAlikeAgain(String from, String to)
      throws IOException {
    try (var source = open(from);
        var target = open(to)) {
      fill(source);
      var written = Dump.write(source, file("first"));
      var read = Dump.read(target, file("first"));
      Dump.write(target, file("second"));

      assertThat(written.rows().values()).as("every table has its rows").containsOnly(2L);
      assertThat(read).isEqualTo(written);
      assertThat(file("second")).hasSameBinaryContentAs(file("first"));
      assertThat(Files.getPosixFilePermissions(file("first"))).hasSize(2);
    }
  }

  @Test
  void noTableOfEitherStoreIsForgotten() throws SQLException {
    var dumped = Schema.current().tables().stream().map(Schema.Table::name).toList();
    for (var kind : List.of("embedded", "postgresql")) {
      try (var database = open(kind);
          var connection = database.dataSource().getConnection();
          var tables =
              connection
                  .getMetaData()
                  .getTables(
                      null,
                      connection.getSchema(),
                      "%",
                      new String[] {"TABLE", "BASE TABLE", "PARTITIONED TABLE"})) {
        List<String> found = new ArrayList<>();
        while (tables.next()) {
          found.add(tables.getString("TABLE_NAME"));
        }
        found.removeIf(name -> name.equals("flyway_schema_history"));
        found.removeIf(name -> name.matches("outcome_(other|\\d{4}_\\d{2})")); // parts of outcome
        found.remove("passage"); // made of files, by whoever has them
        assertThat(dumped).as(kind).containsExactlyInAnyOrderElementsOf(found);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"embedded", "postgresql"})
  void afterAnImportTheDatabaseNumbersOnBehindTheLastRow(String kind) {
    try (var source = open("embedded");
        var target = open(kind)) {
      fill(source);
      Dump.write(source, file("dump"));
      Dump.read(target, file("dump"));
      new JdbcOutcomes(target)
          .append(
              List.of(
                  new Outcome(
                      "a@1",
                      "i",
                      1,
                      1,
                      0,
                      1,
                      1,
                      "c",
                      "t",
                      NOON.toInstant(),
                      1,
                      Source.CHECK,
                      null)));

      assertThat(target.sql().sql("select max(seq) from outcome").query(Long.class).single())
          .isEqualTo(3);
    }
  }

  @Test
  void anExportIsOfOneMomentWhoeverWritesMeanwhile() {
    try (var source = open("postgresql")) {
      fill(source);
      assertThat(
              source.snapshot(() -> {
                long before = count(source);
                try (var other = source.dataSource().getConnection();
                    var statement = other.createStatement()) {
                  statement.execute("delete from audit");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
                return before == count(source);
              }))
          .isTrue();
      assertThat(count(source)).isZero();
    }
  }

  private static long count(Database database) {
    return database.sql().sql("select count(*) from audit").query(Long.class).single();
  }

  private void assertRefused(Runnable act, String... words) {
    assertThatThrownBy(act::run)
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFIGURATION))
        .hasMessageContainingAll(words);
  }

  @Test
  void aDatabaseThatHoldsSomethingIsLeftAsItIs() {
    try (var source = open("embedded");
        var target = open("postgresql")) {
      fill(source);
      fill(target);
      Dump.write(source, file("dump"));

      assertRefused(
          () -> Dump.read(target, file("dump")), "is not empty", "audit 2", "CONSILIUM_HOME");
      assertThat(count(target)).isEqualTo(2);
    }
  }

  @Test
  void aFileThatIsCutOffDamagedOrNoneIsRefusedAndNothingOfItStays() throws IOException {
    try (var source = open("embedded");
        var target = open("embedded")) {
      fill(source);
      Dump.write(source, file("dump"));
      byte[] whole = Files.readAllBytes(file("dump"));
      byte[] flipped = whole.clone();
      flipped[whole.length / 2] ^= 4;
      var text = unzipped(whole);
      int end = text.lastIndexOf("{\"end\"");
      Map<String, byte[]> bad =
          Map.of(
              "cut", Arrays.copyOf(whole, whole.length - 20),
              "half", Arrays.copyOf(whole, whole.length / 2),
              "flipped", flipped,
              "empty", new byte[0],
              "other", "hello".getBytes(StandardCharsets.UTF_8),
              "endless", zipped(text.substring(0, end)),
              "short", zipped(text.replaceFirst("\\[.*]\n", "")),
              "more", zipped(text + "[]\n"),
              "noise", zipped(text.replaceFirst("\\{\"table\":\"audit\"}", "{\"table\":\"what\"}")),
              "headless", zipped(text.substring(text.indexOf('\n') + 1)));
      for (var each : bad.entrySet()) {
        Files.write(file(each.getKey()), each.getValue());
        assertRefused(
            () -> Dump.read(target, file(each.getKey())),
            each.getKey(),
            "no whole export",
            "nothing was imported");
        assertThat(count(target)).as(each.getKey()).isZero();
      }
      assertRefused(() -> Dump.read(target, file("none")), "none", "cannot be read");
      assertThat(Dump.read(target, file("dump")).total()).isPositive();
    }
  }

  @Test
  void aFileOfAnotherReleaseSaysWhichSchemaItNeeds() throws IOException {
    try (var source = open("embedded");
        var target = open("embedded")) {
      Dump.write(source, file("dump"));
      var text = unzipped(Files.readAllBytes(file("dump")));
      var version = Schema.current().version().getVersion();
      Files.write(file("newer"), zipped(text.replaceFirst(version, "29990101000000")));
      Files.write(file("older"), zipped(text.replaceFirst(version, "20250101000000")));

      assertRefused(
          () -> Dump.read(target, file("newer")), "newer Consilium", "29990101000000", version);
      assertRefused(
          () -> Dump.read(target, file("older")), "older Consilium", "20250101000000", version);
    }
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Files.writeString(file("there"), "precious");
    try (var source = open("embedded")) {
      assertRefused(() -> Dump.write(source, file("there")), "is there already");
      assertRefused(() -> Dump.write(source, file("no/folder")), "cannot be written");
    }
    assertThat(file("there")).hasContent("precious");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  private static String unzipped(byte[] bytes) throws IOException {
    try (var in = new GZIPInputStream(new java.io.ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] zipped(String text) throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
