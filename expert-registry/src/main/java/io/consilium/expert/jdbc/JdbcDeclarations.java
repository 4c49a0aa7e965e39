package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.registry.Declarations;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the experts files of replicas declare, in the database they share. */
public final class JdbcDeclarations implements Declarations {
  /** Who said nothing for so long is gone, by the clock of the database. */
  public static final Duration LAPSE = Duration.ofMinutes(1);

  private static final String LAPSED = "current_timestamp - interval '1' minute";

  private static final Logger log = LoggerFactory.getLogger(JdbcDeclarations.class);

  private final Database database;
  private final String runner;
  private volatile Set<String> last = Set.of();

  /**
   * @param runner names this process and its later incarnations
   */
  public JdbcDeclarations(Database database, String runner) {
    this.database = database;
    this.runner = runner;
  }

  @Override
  public void declare(Set<String> names) {
    if (names.equals(last) && database.attempt(this::seen) == names.size()) {
      return;
    }
    database.transaction(() -> {
      remove();
      database.batch(
          "insert into declaration (runner, name, seen_at) values (?, ?, current_timestamp)",
          names.stream().map(name -> new Object[] {runner, Columns.text(name, 255)}).toList());
      return database
          .sql()
          .sql("delete from declaration where seen_at < current_timestamp - interval '1' hour")
          .update();
    });
    last = Set.copyOf(names);
  }

  private int seen() {
    return database
        .sql()
        .sql("update declaration set seen_at = current_timestamp where runner = :runner")
        .param("runner", runner)
        .update();
  }

  @Override
  public Set<String> others() {
    List<String> names =
        database.attempt(() ->
            database
                .sql()
                .sql(
                    "select distinct name from declaration where runner <> :runner and seen_at > "
                        + LAPSED)
                .param("runner", runner)
                .query(String.class)
                .list());
    return Set.copyOf(names);
  }

  private int remove() {
    return database
        .sql()
        .sql("delete from declaration where runner = :runner")
        .param("runner", runner)
        .update();
  }

  @Override
  public void close() {
    try {
      database.attempt(this::remove);
    } catch (ExpertException e) {
      log.debug("what was declared here lapses by itself", e);
    }
  }
}
