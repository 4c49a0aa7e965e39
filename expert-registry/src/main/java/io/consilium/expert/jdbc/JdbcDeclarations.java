package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.registry.Declarations;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the experts files of replicas declare, in the database they share. */
public final class JdbcDeclarations implements Declarations {
  /** Who said nothing for so long is gone; clocks of replicas may differ by a part of it. */
  public static final Duration LAPSE = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(JdbcDeclarations.class);

  private final Database database;
  private final String runner;
  private final Clock clock;
  private volatile Set<String> last = Set.of();

  /**
   * @param runner names this process and its later incarnations
   */
  public JdbcDeclarations(Database database, String runner, Clock clock) {
    this.database = database;
    this.runner = runner;
    this.clock = clock;
  }

  @Override
  public void declare(Set<String> names) {
    var now = Columns.time(clock.instant());
    if (names.equals(last) && database.attempt(() -> seen(now)) == names.size()) {
      return;
    }
    database.transaction(() -> {
      remove();
      database.batch(
          "insert into declaration (runner, name, seen_at) values (?, ?, ?)",
          names.stream().map(name -> new Object[] {runner, Columns.text(name, 255), now}).toList());
      return database
          .sql()
          .sql("delete from declaration where seen_at < :gone")
          .param("gone", Columns.time(clock.instant().minus(LAPSE.multipliedBy(60))))
          .update();
    });
    last = Set.copyOf(names);
  }

  private int seen(OffsetDateTime now) {
    return database
        .sql()
        .sql("update declaration set seen_at = :now where runner = :runner")
        .param("now", now)
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
                    "select distinct name from declaration where runner <> :runner and seen_at > :since")
                .param("runner", runner)
                .param("since", Columns.time(clock.instant().minus(LAPSE)))
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
