package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.testing.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The PostgreSQL of the tests has pgvector, and an index of it answers. */
class PgVectorIT {
  @Test
  void theNearestVectorIsFoundThroughAnIndex() throws SQLException {
    try (var database = Database.open(TestPostgres.freshDatabase(), Path.of("unused"));
        var connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create table v (id int primary key, e vector(3))");
      statement.execute(
          "insert into v select i, array[i, 1, 0]::real[] from generate_series(1, 500) i");
      statement.execute("create index on v using hnsw (e vector_l2_ops)");
      statement.execute("set enable_seqscan = off");

      var nearest = "select id from v order by e <-> '[41.8,1,0]' limit 1";
      try (var plan = statement.executeQuery("explain " + nearest)) {
        var text = new StringBuilder();
        while (plan.next()) {
          text.append(plan.getString(1)).append('\n');
        }
        assertThat(text).contains("Index Scan");
      }
      try (var row = statement.executeQuery(nearest)) {
        assertThat(row.next()).isTrue();
        assertThat(row.getInt(1)).isEqualTo(42);
      }
    }
  }

  @Test
  void answersThatCameByAnImportAreFoundByTheirVectors() throws SQLException {
    var made = Instant.parse("2026-12-01T12:00:00Z");
    var place = new JdbcAnswers.Place("f", "space", new float[] {0.6f, 0.8f});
    try (var database = Database.open(TestPostgres.freshDatabase(), Path.of("unused"));
        var connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      var answers = new JdbcAnswers(database);
      answers.keep(
          new JdbcAnswers.Kept(
              "a", "acme", "dec_1", "r1", "How?", "{}", 0, made, made.plusSeconds(60), place));
      statement.execute("update kept_answer set near = null"); // as an import leaves it

      assertThat(answers.nearest(place, "r1", made, 0.9, 5)).hasSize(1);
    }
  }
}
