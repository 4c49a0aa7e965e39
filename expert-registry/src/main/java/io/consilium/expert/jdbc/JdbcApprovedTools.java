package io.consilium.expert.jdbc;

import java.time.Instant;
import java.util.List;

/** The definitions of MCP servers' tools that were approved, the last of each tool. */
public final class JdbcApprovedTools {
  private static final int NAME = 255;

  private final Database database;

  public JdbcApprovedTools(Database database) {
    this.database = database;
  }

  /**
   * What was approved of one tool.
   *
   * @param tool its name at the server
   * @param definition what it says of itself
   * @param by who approved it, or {@code first seen}
   */
  public record Approved(String server, String tool, String definition, Instant at, String by) {}

  /** Those of a server, by name. */
  public List<Approved> of(String server) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from approved_tool where server = :server order by tool")
            .param("server", server)
            .query((row, number) ->
                new Approved(
                    row.getString("server"),
                    row.getString("tool"),
                    row.getString("definition"),
                    Columns.instant(row, "approved_at"),
                    row.getString("approved_by")))
            .list());
  }

  /** Keeps these in place of what was approved of the same tools. */
  public void keep(List<Approved> tools) {
    database.transaction(() -> {
      for (var tool : tools) {
        var sql = database.sql();
        sql.sql("delete from approved_tool where server = :server and tool = :tool")
            .param("server", tool.server())
            .param("tool", Columns.text(tool.tool(), NAME))
            .update();
        sql.sql(
                """
                insert into approved_tool (server, tool, definition, approved_at, approved_by)
                values (:server, :tool, :definition, :at, :by)
                """)
            .param("server", tool.server())
            .param("tool", Columns.text(tool.tool(), NAME))
            .param("definition", Columns.sound(tool.definition()))
            .param("at", Columns.time(tool.at()))
            .param("by", Columns.text(tool.by(), NAME))
            .update();
      }
      return tools.size();
    });
  }
}
