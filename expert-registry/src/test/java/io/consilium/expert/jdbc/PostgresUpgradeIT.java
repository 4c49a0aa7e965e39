package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Outcome;
import io.consilium.expert.testing.TestPostgres;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** A PostgreSQL of an earlier release, which had nothing of its own, is brought up to date. */
class PostgresUpgradeIT {
  @Test
  void outcomesAndVectorsOfAnEarlierReleaseAreKeptAndNumbersGoOn() throws Exception {
    var url = TestPostgres.freshDatabase();
    var address = DatabaseUrl.parse(url);
    Flyway.configure()
        .dataSource(address.jdbc(), address.user(), address.password())
        .locations("classpath:db/migration/common")
        .target("20261130183000")
        .load()
        .migrate();
    try (var connection =
            DriverManager.getConnection(address.jdbc(), address.user(), address.password());
        var statement = connection.createStatement()) {
      for (var at :
          List.of("2026-10-31 23:59:59+00", "2026-11-30 12:00:00+00", "1980-01-01 00:00:00+00")) {
        statement.execute(
            """
            insert into outcome (expert, item, correct, weight, millis, category, tenant, at,
              propensity, source, tokens, answer)
            values ('a@1', '%s', 1, 1, 1, 'c', 't', '%s', 1, 'CHECK', 7, 'so')
            """
                .formatted(at, at));
      }
      statement.execute(
          "insert into item_vector (item, embedder, vector) values ('q', 'e', '\\x3f80000000000000')");
    }

    try (var database = Database.open(url, Path.of("unused"))) {
      var outcomes = new JdbcOutcomes(database);
      outcomes.indexNearest("e", 2);
      outcomes.append(
          List.of(
              new Outcome(
                  "a@1",
                  "new",
                  1,
                  1,
                  0,
                  1,
                  1,
                  "c",
                  "t",
                  Instant.parse("2026-11-30T13:00:00Z"),
                  1,
                  Outcome.Source.CHECK,
                  null)));

      List<Outcome> kept = new ArrayList<>();
      outcomes.forEach(kept::add);
      assertThat(kept)
          .extracting(Outcome::item)
          .containsExactly(
              "2026-10-31 23:59:59+00", "2026-11-30 12:00:00+00", "1980-01-01 00:00:00+00", "new");
      assertThat(kept.getFirst().answer()).isEqualTo("so");
      assertThat(kept.getFirst().tokens()).isEqualTo(7);
      assertThat(database.sql().sql("select max(seq) from outcome").query(Long.class).single())
          .isEqualTo(4);
      assertThat(
              database
                  .sql()
                  .sql("select tableoid::regclass::text from outcome order by seq")
                  .query(String.class)
                  .list())
          .containsExactly(
              "outcome_2026_10", "outcome_2026_11", "outcome_other", "outcome_2026_11");
      assertThat(outcomes.nearest("e", new float[] {1, 0}, 1))
          .containsExactly(new JdbcOutcomes.Near("q", 1));
      assertThat(
              database
                  .sql()
                  .sql("select count(*) from pg_indexes where indexname = 'decision_by_tenant'")
                  .query(Integer.class)
                  .single())
          .isOne();
    }
  }
}
