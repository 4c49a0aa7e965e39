package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Outcome;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The months of outcomes: tables of their own on PostgreSQL, so that an old month goes by dropping
 * its table. A clock that jumps does no harm: what lies outside the usual years goes into one table
 * for the rest.
 */
final class OutcomeMonths {
  private static final Logger log = LoggerFactory.getLogger(OutcomeMonths.class);
  private static final YearMonth FIRST = YearMonth.of(2020, 1);

  private final Database database;
  private final Set<YearMonth> known = ConcurrentHashMap.newKeySet();

  OutcomeMonths(Database database) {
    this.database = database;
  }

  /** Sees to it that the months of these have tables; not to be called within a transaction. */
  void prepare(Collection<Outcome> outcomes) {
    prepareAt(outcomes.stream().map(Outcome::at));
  }

  /** The same for times; within a transaction only where nobody else writes. */
  void prepareAt(Stream<Instant> times) {
    if (!database.shared()) {
      return;
    }
    var last = month(Instant.now()).plusMonths(1);
    times
        .map(OutcomeMonths::month)
        .distinct()
        .filter(month -> !month.isBefore(FIRST) && !month.isAfter(last))
        .filter(known::add)
        .forEach(this::make);
  }

  private void make(YearMonth month) {
    try {
      database.attempt(() ->
          database
              .sql()
              .sql("select outcome_month(:at)")
              .param("at", Columns.time(start(month)))
              .query((row, number) -> month)
              .single());
    } catch (ExpertException e) {
      if (e.kind() != FailureKind.INTERNAL) {
        known.remove(month);
        throw e;
      }
      log.warn(
          "outcomes of {} stay in the table outcome_other, which holds some of them already: {}",
          month,
          e.message());
    }
  }

  /** Forgets whole months that ended before a time, and says how many outcomes they held. */
  long forget(Instant before) {
    var first = month(before); // the first that stays
    long gone = 0;
    if (database.shared()) {
      for (var name :
          database.attempt(() ->
              database
                  .sql()
                  .sql(
                      """
                      select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                      where i.inhparent = 'outcome'::regclass and c.relname ~ '^outcome_\\d{4}_\\d{2}$'
                      """)
                  .query(String.class)
                  .list())) {
        var month =
            YearMonth.of(
                Integer.parseInt(name.substring(8, 12)), Integer.parseInt(name.substring(13)));
        if (month.isBefore(first)) {
          gone += drop(name);
          known.remove(month);
        }
      }
    }
    return gone
        + database.attempt(() ->
            database
                .sql()
                .sql("delete from outcome where at < :first")
                .param("first", Columns.time(start(first)))
                .update());
  }

  private long drop(String table) {
    return database.transaction(() -> {
      long rows = database.sql().sql("select count(*) from " + table).query(Long.class).single();
      database.sql().sql("drop table " + table).update();
      return rows;
    });
  }

  private static YearMonth month(Instant at) {
    return YearMonth.from(at.atOffset(ZoneOffset.UTC));
  }

  private static Instant start(YearMonth month) {
    return month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }
}
