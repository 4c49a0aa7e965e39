package io.consilium.expert.jdbc;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.KeptDecision;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The decisions on record. */
public final class JdbcDecisions {
  /** The most decisions one page holds. */
  public static final int MOST = 500;

  private final Database database;
  private final Sampling sampling;
  private final int reach;

  /** Decisions of the audit sample. */
  public enum Sample {
    /** All of them. */
    AUDIT,
    /** Those answered of which nothing was said yet. */
    WAITING
  }

  /**
   * Which decisions to list; a null says nothing.
   *
   * @param expert asked in it
   * @param model asked for
   * @param tenant whose it was
   * @param from the earliest time
   * @param to the latest time, exclusive
   * @param failed whether it failed
   * @param plan the type of its plan
   * @param text said in the question, the answer or a reply, in upper or lower case
   * @param sample of the audit sample
   */
  public record Filter(
      @Nullable String expert,
      @Nullable String model,
      @Nullable String tenant,
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable Boolean failed,
      @Nullable String plan,
      @Nullable String text,
      @Nullable Sample sample) {
    /** Every decision. */
    public static final Filter ALL = new Filter(null, null, null, null, null, null, null, null);

    /** In any sample or none. */
    public Filter(
        @Nullable String expert,
        @Nullable String model,
        @Nullable String tenant,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Boolean failed,
        @Nullable String plan,
        @Nullable String text) {
      this(expert, model, tenant, from, to, failed, plan, text, null);
    }
  }

  /** Decisions of which none is drawn. */
  public JdbcDecisions(Database database) {
    this(database, Sampling.NONE);
  }

  /**
   * @param sampling which decisions are drawn as they are kept
   */
  public JdbcDecisions(Database database, Sampling sampling) {
    this(database, sampling, 20_000);
  }

  /**
   * @param reach how many decisions a search for what was said looks at before it reports
   */
  JdbcDecisions(Database database, Sampling sampling, int reach) {
    this.database = database;
    this.sampling = sampling;
    this.reach = reach;
  }

  /**
   * Keeps these decisions, all or none. One that is on record already stays as it is, so the same
   * batch may be sent again after a failure.
   */
  public void keep(List<KeptDecision> decisions) {
    if (decisions.isEmpty()) {
      return;
    }
    List<Further> further = new ArrayList<>();
    for (var decision : decisions) {
      decision.asked().stream()
          .skip(1)
          .forEach(asked -> further.add(new Further(decision.id(), decision.at(), asked)));
    }
    database.transaction(() -> {
      database.batch(
          """
          insert into decision
            (id, at, tenant, api_key, model, policy, plan, usd, millis, own_millis, failure,
             expert, expert_usd, expert_millis, expert_failed, json)
          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing
          """,
          decisions,
          JdbcDecisions::row);
      database.batch(
          """
          insert into decision_expert (decision, expert, at, usd, millis, failed)
          values (?, ?, ?, ?, ?, ?) on conflict do nothing
          """,
          further,
          (columns, each) -> {
            columns.setString(1, each.decision());
            columns.setString(2, each.asked().expert());
            columns.setObject(3, Columns.time(each.at()));
            columns.setDouble(4, each.asked().usd());
            columns.setDouble(5, each.asked().millis());
            columns.setBoolean(6, each.asked().failed());
          });
      database.batch(
          """
          insert into sampled_decision (decision, at, audit, judge) values (?, ?, ?, ?)
          on conflict do nothing
          """,
          decisions.stream().filter(each -> sampling.draws(each.id())).toList(),
          this::drawn);
      return decisions.size();
    });
  }

  /** An expert asked after the first. */
  private record Further(String decision, Instant at, KeptDecision.Asked asked) {}

  /** The decision with this id. */
  public Optional<Decision> find(String id) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select json from decision where id = :id")
            .param("id", id)
            .query((row, number) -> KeptDecision.decision(row.getString("json")))
            .optional());
  }

  /**
   * Decisions, newest first. What was said is in no index, so a search for it looks at some twenty
   * thousand decisions at a time: a page may hold few or none and there may still be a next one.
   *
   * @param after {@link Page#next} of the page before, or null for the first
   */
  public Page<Decision> list(Filter filter, int limit, @Nullable String after) {
    if (limit < 1 || limit > MOST) {
      throw ExpertException.invalid("limit", "limit must be from 1 to " + MOST);
    }
    return filter.text() == null
        ? page(filter, limit, after, null)
        : saying(filter, filter.text(), limit, after);
  }

  /**
   * Looks through the next decisions as far as one call may. The database finds the words anywhere
   * in the JSON; those said by nobody are left out here.
   */
  private Page<Decision> saying(Filter filter, String text, int limit, @Nullable String after) {
    var edge = edge(filter, after);
    List<Decision> found = new ArrayList<>();
    var next = after;
    do {
      var some = page(filter, MOST, next, edge);
      some.data().stream().filter(decision -> says(decision, text)).forEach(found::add);
      next = some.next();
    } while (next != null && found.size() <= limit);
    var page = Page.of(found, limit, JdbcDecisions::mark);
    return page.next() == null && edge != null ? new Page<>(found, edge.text()) : page;
  }

  private static String mark(Decision last) {
    return new Cursor(last.at(), last.id()).text();
  }

  /** The last decision that a search looks at; null when it comes to the end. */
  private @Nullable Cursor edge(Filter filter, @Nullable String after) {
    Map<String, Object> values = new HashMap<>(Map.of("skipped", reach - 1));
    var where =
        where(
            new Filter(null, null, null, filter.from(), filter.to(), null, null, null),
            values,
            after,
            null);
    var sql =
        "select d.at, d.id from decision d %s order by d.at desc, d.id desc limit 1 offset :skipped"
            .formatted(where);
    return database.attempt(() ->
        database
            .sql()
            .sql(sql)
            .params(values)
            .query((row, number) -> new Cursor(Columns.instant(row, "at"), row.getString("id")))
            .optional()
            .orElse(null));
  }

  private static boolean says(Decision decision, String text) {
    var wanted = text.toLowerCase(Locale.ROOT);
    return Stream.concat(
            Stream.of(decision.question(), decision.answer()),
            decision.replies().stream().map(Decision.Told::text))
        .anyMatch(said -> said != null && said.toLowerCase(Locale.ROOT).contains(wanted));
  }

  private Page<Decision> page(
      Filter filter, int limit, @Nullable String after, @Nullable Cursor edge) {
    Map<String, Object> values = new HashMap<>(Map.of("limit", limit + 1));
    var sql =
        "select d.json from decision d %s order by d.at desc, d.id desc limit :limit"
            .formatted(where(filter, values, after, edge));
    var found =
        database.attempt(() ->
            database
                .sql()
                .sql(sql)
                .params(values)
                .query((row, number) -> KeptDecision.decision(row.getString("json")))
                .list());
    return Page.of(found, limit, JdbcDecisions::mark);
  }

  private static StringBuilder where(
      Filter filter, Map<String, Object> values, @Nullable String after, @Nullable Cursor edge) {
    var where = new StringBuilder("where true");
    restrict(where, values, " and d.tenant = :tenant", "tenant", filter.tenant());
    restrict(where, values, " and d.model = :model", "model", filter.model());
    restrict(where, values, " and d.plan = :plan", "plan", filter.plan());
    restrict(where, values, " and d.at >= :from", "from", Columns.timeOrNull(filter.from()));
    restrict(where, values, " and d.at < :to", "to", Columns.timeOrNull(filter.to()));
    restrict(
        where,
        values,
        " and (d.expert = :expert or exists (select 1 from decision_expert e where e.decision = d.id and e.expert = :expert))",
        "expert",
        filter.expert());
    if (filter.text() != null) {
      where.append(" and lower(d.json) like :text escape '!'");
      values.put("text", "%" + within(filter.text()) + "%");
    }
    if (filter.failed() != null) {
      where.append(filter.failed() ? " and d.failure is not null" : " and d.failure is null");
    }
    if (filter.sample() != null) {
      where.append(
          " and exists (select 1 from sampled_decision s where s.decision = d.id and s.audit = true)");
      if (filter.sample() == Sample.WAITING) {
        where.append(
            """
             and d.failure is null
             and not exists (select 1 from feedback f where f.decision = d.id)
             and not exists (select 1 from outcome o where o.item = d.id and o.weight > 0)
            """);
      }
    }
    // said twice, so that the index is entered at the mark and not read up to it
    if (after != null) {
      var cursor = Cursor.read(after);
      where.append(" and d.at <= :at and (d.at < :at or d.id < :id)");
      values.put("at", Columns.time(cursor.at()));
      values.put("id", cursor.id());
    }
    if (edge != null) {
      where.append(" and d.at >= :edge_at and (d.at > :edge_at or d.id >= :edge_id)");
      values.put("edge_at", Columns.time(edge.at()));
      values.put("edge_id", edge.id());
    }
    return where;
  }

  /** As it stands in the JSON of a decision, with nothing special to {@code like}. */
  private static String within(String text) {
    var json = Json.MAPPER.writeValueAsString(text);
    return json.substring(1, json.length() - 1).toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0");
  }

  private static void restrict(
      StringBuilder where,
      Map<String, Object> values,
      String clause,
      String name,
      @Nullable Object value) {
    if (value != null) {
      where.append(clause);
      values.put(name, value);
    }
  }

  private void drawn(PreparedStatement columns, KeptDecision decision) throws SQLException {
    double place = Sampling.place(decision.id());
    columns.setString(1, decision.id());
    columns.setObject(2, Columns.time(decision.at()));
    columns.setBoolean(3, place < sampling.audit());
    columns.setBoolean(4, place < sampling.judge());
  }

  private static void row(PreparedStatement columns, KeptDecision decision) throws SQLException {
    var failure = decision.failure();
    var first = decision.asked().isEmpty() ? null : decision.asked().getFirst();
    columns.setString(1, decision.id());
    columns.setObject(2, Columns.time(decision.at()));
    columns.setString(3, Columns.text(decision.tenant(), 255));
    columns.setString(4, Columns.textOrNull(decision.key(), 255));
    columns.setString(5, Columns.text(decision.model(), 255));
    columns.setString(6, Columns.text(decision.policy(), 255));
    columns.setString(7, decision.plan());
    columns.setDouble(8, decision.usd());
    columns.setDouble(9, decision.millis());
    columns.setDouble(10, decision.ownMillis());
    columns.setString(11, failure == null ? null : failure.name());
    columns.setString(12, first == null ? null : first.expert());
    columns.setObject(13, first == null ? null : first.usd(), Types.DOUBLE);
    columns.setObject(14, first == null ? null : first.millis(), Types.DOUBLE);
    columns.setObject(15, first == null ? null : first.failed(), Types.BOOLEAN);
    columns.setString(16, decision.text());
  }

  /** The last decision of a page. */
  private record Cursor(Instant at, String id) {
    String text() {
      var micros = ChronoUnit.MICROS.between(Instant.EPOCH, at.truncatedTo(ChronoUnit.MICROS));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((micros + " " + id).getBytes(StandardCharsets.UTF_8));
    }

    static Cursor read(String text) {
      try {
        var parts =
            new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", 2);
        return new Cursor(
            Instant.EPOCH.plus(Long.parseLong(parts[0]), ChronoUnit.MICROS), parts[1]);
      } catch (IllegalArgumentException
          | ArrayIndexOutOfBoundsException
          | ArithmeticException
          | java.time.DateTimeException e) {
        throw Page.unknown();
      }
    }
  }
}
