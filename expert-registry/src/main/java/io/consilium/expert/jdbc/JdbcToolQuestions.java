package io.consilium.expert.jdbc;

import io.consilium.expert.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Questions that tools answer, as an expert wrote them: once for each version of a tool. */
public final class JdbcToolQuestions {
  private static final int NAME = 255;

  private final Database database;

  public JdbcToolQuestions(Database database) {
    this.database = database;
  }

  /**
   * What was written about one version of a tool.
   *
   * @param version SHA-256, in hex, of what the tool says of itself
   * @param tool its id, for people who look
   * @param questions none when what the expert said held none
   * @param writer the expert
   * @param usd what it cost, in US dollars
   */
  public record Written(
      String version, String tool, List<String> questions, String writer, double usd, Instant at) {
    public Written {
      questions = List.copyOf(questions);
    }
  }

  /** Everything that was written, by version. */
  public List<Written> all() {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from tool_question order by version")
            .query((row, number) ->
                new Written(
                    row.getString("version"),
                    row.getString("tool"),
                    questions(Json.MAPPER.readTree(row.getString("questions"))),
                    row.getString("writer"),
                    row.getDouble("usd"),
                    Columns.instant(row, "written_at")))
            .list());
  }

  private static List<String> questions(JsonNode array) {
    List<String> questions = new ArrayList<>();
    array.forEach(question -> questions.add(question.asString("")));
    return questions;
  }

  /** Keeps it; of a version that was written about before, nothing changes. */
  public void keep(Written written) {
    var questions = Json.MAPPER.createArrayNode();
    written.questions().forEach(question -> questions.add(Columns.sound(question)));
    database.transaction(() -> {
      var sql = database.sql();
      long there =
          sql.sql("select count(*) from tool_question where version = :version")
              .param("version", written.version())
              .query(Long.class)
              .single();
      return there > 0
          ? 0
          : sql.sql(
                  """
                  insert into tool_question (version, tool, questions, writer, usd, written_at)
                  values (:version, :tool, :questions, :writer, :usd, :at)
                  """)
              .param("version", written.version())
              .param("tool", Columns.text(written.tool(), NAME))
              .param("questions", questions.toString())
              .param("writer", Columns.text(written.writer(), NAME))
              .param("usd", written.usd())
              .param("at", Columns.time(written.at()))
              .update();
    });
  }

  /** What was paid since then, in US dollars. */
  public double spent(Instant since) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select coalesce(sum(usd), 0) from tool_question where written_at >= :since")
            .param("since", Columns.time(since))
            .query(Double.class)
            .single());
  }
}
