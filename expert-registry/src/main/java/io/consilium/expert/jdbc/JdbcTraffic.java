package io.consilium.expert.jdbc;

import io.consilium.expert.KeptDecision;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * What decisions add up to over a time. They are read once, from an index that holds all it takes,
 * and added up here: that is several times quicker than to let the embedded database group and
 * sort. A hundred thousand decisions take some tenths of a second; ask no more often than people
 * look.
 */
public final class JdbcTraffic {
  private static final String DECISIONS =
      """
      select at, plan, failure, usd, millis, own_millis, expert, expert_usd, expert_millis, expert_failed, api_key
      from decision where at >= ? and at < ?
      """;

  /** Those asked after the first, who stands in the decision. */
  private static final String FURTHER =
      "select at, expert, usd, millis, failed from decision_expert where at >= ? and at < ?";

  /** A time is read in so many parts: the embedded database writes a long result to disk first. */
  private static final int PARTS = 32;

  private final Database database;

  /**
   * All of it.
   *
   * @param total of the whole time
   * @param steps those in which there were decisions, in order
   * @param work by expert and step, in this order
   * @param uses by key, the dearest first
   */
  public record Traffic(Sums total, List<Step> steps, List<Work> work, List<Use> uses) {}

  /**
   * What decisions add up to.
   *
   * @param requests how many there were
   * @param failed of these, without an answer
   * @param abstained of these, where nobody was asked
   * @param cached of these, answered by what was answered before
   * @param usd they cost
   * @param p50 median milliseconds from arrival to the last byte; null where there was none
   * @param p99 99th percentile of these
   * @param own50 median milliseconds spent by Consilium itself, where known
   * @param own99 99th percentile of these
   * @param upstream50 median milliseconds spent waiting for experts, where any was asked and it is
   *     known
   * @param upstream99 99th percentile of these
   */
  public record Sums(
      long requests,
      long failed,
      long abstained,
      long cached,
      double usd,
      @Nullable Double p50,
      @Nullable Double p99,
      @Nullable Double own50,
      @Nullable Double own99,
      @Nullable Double upstream50,
      @Nullable Double upstream99) {}

  /** The sums of one step of time, which begins at {@code at}. */
  public record Step(Instant at, Sums sums) {}

  /**
   * What one expert did in one step of time.
   *
   * @param calls in how many decisions it was asked
   * @param millis it took in all, where known
   */
  public record Work(
      String expert, Instant at, long calls, long failed, double usd, double millis) {
    private Work and(Work next) {
      return new Work(
          expert,
          at,
          calls + next.calls,
          failed + next.failed,
          usd + next.usd,
          millis + next.millis);
    }
  }

  /** What was asked with one key; null for questions without. */
  public record Use(@Nullable String key, long requests, double usd) {
    private Use and(Use next) {
      return new Use(key, requests + next.requests, usd + next.usd);
    }
  }

  public JdbcTraffic(Database database) {
    this.database = database;
  }

  /**
   * Adds up a time, the end excluded.
   *
   * @param step the length of a step; steps begin at whole multiples of it since 1970
   */
  public Traffic over(Instant from, Instant to, Duration step) {
    var total = new Gathered();
    Map<Instant, Gathered> steps = new TreeMap<>();
    Map<String, Map<Instant, Work>> work = new TreeMap<>();
    Map<String, Use> uses = new HashMap<>();
    read(
        DECISIONS,
        from,
        to,
        row -> {
          var at = begin(row, step);
          total.add(row);
          steps.computeIfAbsent(at, absent -> new Gathered()).add(row);
          var key = row.getString("api_key");
          uses.merge(key == null ? "" : key, new Use(key, 1, row.getDouble("usd")), Use::and);
          if (row.getString("expert") != null) {
            did(work, first(row, at));
          }
        });
    read(
        FURTHER,
        from,
        to,
        row ->
            did(
                work,
                new Work(
                    row.getString("expert"),
                    begin(row, step),
                    1,
                    row.getBoolean("failed") ? 1 : 0,
                    row.getDouble("usd"),
                    row.getDouble("millis"))));
    return new Traffic(
        total.sums(),
        steps.entrySet().stream()
            .map(each -> new Step(each.getKey(), each.getValue().sums()))
            .toList(),
        work.values().stream().flatMap(byStep -> byStep.values().stream()).toList(),
        uses.values().stream()
            .sorted(
                Comparator.comparingDouble(Use::usd).thenComparingLong(Use::requests).reversed())
            .toList());
  }

  private void read(String sql, Instant from, Instant to, RowCallbackHandler row) {
    var part = Duration.between(from, to).dividedBy(PARTS).plusSeconds(1);
    for (var begin = from; begin.isBefore(to); begin = begin.plus(part)) {
      var end = begin.plus(part);
      database.stream(sql, row, Columns.time(begin), Columns.time(end.isBefore(to) ? end : to));
    }
  }

  /** Earlier decisions know no more than what they cost together. */
  private static Work first(ResultSet row, Instant at) throws SQLException {
    var usd = number(row, "expert_usd");
    var millis = number(row, "expert_millis");
    boolean failed = row.getBoolean("expert_failed");
    return new Work(
        row.getString("expert"),
        at,
        1,
        (row.wasNull() ? row.getString("failure") != null : failed) ? 1 : 0,
        usd == null ? row.getDouble("usd") : usd,
        millis == null ? row.getDouble("millis") : millis);
  }

  private static void did(Map<String, Map<Instant, Work>> all, Work work) {
    all.computeIfAbsent(work.expert(), absent -> new TreeMap<>()).merge(work.at(), work, Work::and);
  }

  private static Instant begin(ResultSet row, Duration step) throws SQLException {
    long seconds = step.toSeconds();
    return Instant.ofEpochSecond(
        Math.floorDiv(Columns.instant(row, "at").getEpochSecond(), seconds) * seconds);
  }

  private static @Nullable Double number(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? null : value;
  }

  /** Decisions being added up. */
  private static final class Gathered {
    private final Values millis = new Values();
    private final Values own = new Values();
    private final Values upstream = new Values();
    private long requests;
    private long failed;
    private long abstained;
    private long cached;
    private double usd;

    void add(ResultSet row) throws SQLException {
      requests++;
      failed += row.getString("failure") == null ? 0 : 1;
      abstained += row.getString("plan").equals("abstain") ? 1 : 0;
      cached += row.getString("plan").equals(KeptDecision.CACHED) ? 1 : 0;
      usd += row.getDouble("usd");
      millis.add(row.getDouble("millis"));
      var ours = number(row, "own_millis");
      if (ours != null) {
        own.add(ours);
        if (row.getString("expert") != null) {
          upstream.add(Math.max(0, row.getDouble("millis") - ours));
        }
      }
    }

    Sums sums() {
      millis.sort();
      own.sort();
      upstream.sort();
      return new Sums(
          requests,
          failed,
          abstained,
          cached,
          usd,
          millis.at(0.5),
          millis.at(0.99),
          own.at(0.5),
          own.at(0.99),
          upstream.at(0.5),
          upstream.at(0.99));
    }
  }

  /** Numbers without a box for each. */
  private static final class Values {
    private double[] values = new double[16];
    private int size;

    void add(double value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }

    void sort() {
      Arrays.sort(values, 0, size);
    }

    /** The value with this share below it, between its neighbours where it falls between two. */
    @Nullable Double at(double share) {
      if (size == 0) {
        return null;
      }
      double place = share * (size - 1);
      int low = (int) place;
      int high = Math.min(low + 1, size - 1);
      return values[low] + (place - low) * (values[high] - values[low]);
    }
  }
}
