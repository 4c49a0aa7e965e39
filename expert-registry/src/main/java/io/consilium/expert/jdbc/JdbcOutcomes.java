package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Outcome;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes, and the questions they are about, as texts and as vectors. A vector belongs to an item
 * and an embedder's space, not to an outcome: many experts are judged on one item.
 */
public final class JdbcOutcomes {
  private final Database database;
  private final OutcomeMonths months;
  private final NearItems near;

  public JdbcOutcomes(Database database) {
    this.database = database;
    this.months = new OutcomeMonths(database);
    this.near = new NearItems(database);
  }

  /**
   * What an addition did.
   *
   * @param items new questions
   * @param outcomes new outcomes
   * @param known outcomes left out, for the same expert, item and source are on record
   */
  public record Added(int items, int outcomes, int known) {}

  /**
   * What is on record of an expert, under the name it was recorded by.
   *
   * @param outcomes how many
   * @param correct the mean
   * @param usd the sum of known prices; NaN when none is known
   * @param judged how many of them are no benchmark's
   */
  public record Count(String expert, long outcomes, double correct, double usd, long judged) {}

  /** Adds outcomes, all or none. */
  public void append(List<Outcome> outcomes) {
    months.prepare(outcomes);
    database.transaction(() -> insert(outcomes));
  }

  /**
   * Adds questions and outcomes on them, all or none; what is on record already is left out.
   *
   * @throws ExpertException {@code CONFLICT} when an item is on record with another text
   */
  public Added add(List<StoredItem> items, List<Outcome> outcomes) {
    months.prepare(outcomes);
    return database.transaction(() -> {
      Set<String> before = new HashSet<>();
      Set<List<Object>> known = new HashSet<>();
      for (int from = 0; from < items.size(); from += STEP) {
        var some = items.subList(from, Math.min(items.size(), from + STEP));
        before.addAll(existing(some));
      }
      var asked = outcomes.stream().map(Outcome::item).distinct().toList();
      for (int from = 0; from < asked.size(); from += STEP) {
        known.addAll(observed(asked.subList(from, Math.min(asked.size(), from + STEP))));
      }
      var fresh = items.stream().filter(item -> !before.contains(item.id())).toList();
      var now = Columns.time(Instant.now());
      database.batch(
          "insert into item (id, question, category, hash, created_at) values (?, ?, ?, ?, ?)",
          fresh.stream()
              .map(item ->
                  new Object[] {
                    Columns.text(item.id(), 255),
                    Columns.sound(item.question()),
                    Columns.text(item.category(), 255),
                    item.hash(),
                    now
                  })
              .toList());
      var added =
          outcomes.stream()
              .filter(each -> known.add(List.of(each.expert(), each.item(), each.source().name())))
              .toList();
      insert(added);
      return new Added(fresh.size(), added.size(), outcomes.size() - added.size());
    });
  }

  /** Keeps the right answers of items on record, by their ids; later ones replace earlier ones. */
  public void answers(Map<String, AnswerKey> keys) {
    List<Object[]> rows = new ArrayList<>();
    keys.forEach((item, key) ->
        rows.add(
            new Object[] {
              Columns.sound(key.answer()), Columns.text(key.check(), 16), Columns.text(item, 255)
            }));
    database.transaction(
        () -> database.batch("update item set answer = ?, check_name = ? where id = ?", rows));
  }

  /** The right answer of every item of which it is known, by id. */
  public Map<String, AnswerKey> answers() {
    Map<String, AnswerKey> keys = new HashMap<>();
    database.stream(
        "select id, question, answer, check_name from item where answer is not null",
        row ->
            keys.put(
                row.getString("id"),
                new AnswerKey(
                    row.getString("question"),
                    row.getString("answer"),
                    row.getString("check_name"))));
    return keys;
  }

  private static final int STEP = 500;

  /** Answers are short, or they are not compared. */
  private static final int ANSWER = 500;

  private List<String> existing(List<StoredItem> items) {
    Map<String, String> texts = new HashMap<>();
    items.forEach(item -> texts.put(item.id(), Columns.sound(item.question())));
    return database
        .sql()
        .sql("select id, question from item where id in (:ids)")
        .param("ids", List.copyOf(texts.keySet()))
        .query((row, number) -> {
          var id = row.getString("id");
          if (!row.getString("question").equals(texts.get(id))) {
            throw new ExpertException(
                FailureKind.CONFLICT,
                "item '%s' is on record with another text: give this question another id"
                    .formatted(id));
          }
          return id;
        })
        .list();
  }

  private List<List<Object>> observed(List<String> items) {
    return database
        .sql()
        .sql("select distinct expert, item, source from outcome where item in (:items)")
        .param("items", items)
        .query((row, number) ->
            List.<Object>of(
                row.getString("expert"), row.getString("item"), row.getString("source")))
        .list();
  }

  private int[] insert(List<Outcome> outcomes) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (var outcome : outcomes) {
      rows.add(
          new @Nullable Object[] {
            Columns.text(outcome.expert(), 160),
            Columns.text(outcome.item(), 255),
            outcome.correct(),
            outcome.weight(),
            known(outcome.usd()),
            outcome.millis(),
            known(outcome.tokens()),
            Columns.text(outcome.category(), 255),
            Columns.text(outcome.tenant(), 255),
            Columns.time(outcome.at()),
            outcome.propensity(),
            outcome.source().name(),
            outcome.note() == null ? null : Columns.sound(outcome.note()),
            Columns.textOrNull(outcome.answer(), ANSWER)
          });
    }
    return database.batch(
        """
        insert into outcome
          (expert, item, correct, weight, usd, millis, tokens, category, tenant, at, propensity,
           source, note, answer)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        rows);
  }

  private static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /** Keeps the vectors of items in one embedder's space; those already there stay. */
  public void embed(String embedder, Map<String, float[]> vectors) {
    database.transaction(() -> near.put(embedder, vectors));
  }

  /** An item, and the cosine of its vector with the one that was asked about. */
  public record Near(String item, double cosine) {}

  /**
   * The items nearest to a vector, best first: on PostgreSQL by an index of half-precision vectors,
   * which now and then misses one ({@code bench/reports/neighbours.md}); in the embedded database
   * exactly, by reading every vector, which is for tens of thousands at most.
   *
   * @param embedder in whose space
   */
  public List<Near> nearest(String embedder, float[] vector, int limit) {
    return near.nearest(embedder, vector, limit);
  }

  /**
   * Makes the index of an embedder's vectors where there is none yet; on PostgreSQL only. Takes
   * minutes for a million vectors; others read and write meanwhile, and find the nearest by reading
   * all.
   */
  public void indexNearest(String embedder, int dimension) {
    near.index(embedder, dimension);
  }

  /**
   * Forgets outcomes of months that ended before a time.
   *
   * @return how many
   */
  public long forget(Instant before) {
    return months.forget(before);
  }

  /** Every outcome, oldest first, one at a time. */
  public void forEach(Consumer<Outcome> reader) {
    database.stream("select * from outcome order by seq", row -> reader.accept(outcome(row)));
  }

  private static Outcome outcome(ResultSet row) throws SQLException {
    return new Outcome(
        row.getString("expert"),
        row.getString("item"),
        row.getDouble("correct"),
        row.getDouble("weight"),
        number(row, "usd"),
        row.getDouble("millis"),
        number(row, "tokens"),
        row.getString("category"),
        row.getString("tenant"),
        Columns.instant(row, "at"),
        row.getDouble("propensity"),
        Outcome.Source.valueOf(row.getString("source")),
        row.getString("note"),
        row.getString("answer"));
  }

  private static double number(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? Double.NaN : value;
  }

  /** Every question with outcomes, one at a time, in the order of their ids. */
  public void forEachItem(Consumer<StoredItem> reader) {
    database.stream(
        "select id, question, category, hash from item order by id",
        row ->
            reader.accept(
                new StoredItem(
                    row.getString("id"),
                    row.getString("question"),
                    row.getString("category"),
                    row.getDouble("hash"))));
  }

  /**
   * What is on record of experts, by name and in its order.
   *
   * @param about part of the name, whatever its case; null for all
   * @param limit at most so many experts
   * @param after {@link Page#next} of the page before, or null for the first
   */
  public Page<Count> counts(@Nullable String about, int limit, @Nullable String after) {
    var where = new StringBuilder("where source <> 'FORM'");
    Map<String, Object> values = new HashMap<>();
    if (about != null && !about.isBlank()) {
      where.append(" and position(:about in lower(expert)) > 0");
      values.put("about", about.strip().toLowerCase(Locale.ROOT));
    }
    if (after != null) {
      where.append(" and expert > :after");
      values.put("after", after);
    }
    values.put("limit", limit + 1);
    var found =
        database.attempt(() ->
            database
                .sql()
                .sql(
                    """
                    select expert, count(*) as n, avg(correct) as correct, sum(usd) as usd,
                      sum(case when source = 'BENCHMARK' then 0 else 1 end) as judged
                    from outcome %s group by expert order by expert limit :limit
                    """
                        .formatted(where))
                .params(values)
                .query((row, number) ->
                    new Count(
                        row.getString("expert"),
                        row.getLong("n"),
                        row.getDouble("correct"),
                        number(row, "usd"),
                        row.getLong("judged")))
                .list());
    return Page.of(found, limit, Count::expert);
  }

  /** How much is on record: outcomes, and experts they are of, by name. */
  public record Extent(long outcomes, long experts) {}

  /** How much is on record in all. */
  public Extent extent() {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select count(*) as n, count(distinct expert) as experts
                from outcome where source <> 'FORM'
                """)
            .query((row, number) -> new Extent(row.getLong("n"), row.getLong("experts")))
            .single());
  }

  /**
   * What is on record of one category.
   *
   * @param outcomes how many
   * @param correct the mean
   * @param usd the mean of known prices; NaN when none is known
   */
  public record Category(String category, long outcomes, double correct, double usd) {}

  /**
   * What is on record under some names by category, those with most outcomes first.
   *
   * @param names as they were recorded
   * @param limit at most so many categories
   */
  public List<Category> categories(List<String> names, int limit) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select category, count(*) as n, avg(correct) as correct, avg(usd) as usd
                from outcome where expert in (:names) and source <> 'FORM'
                group by category order by n desc, category limit :limit
                """)
            .param("names", names)
            .param("limit", limit)
            .query((row, number) ->
                new Category(
                    row.getString("category"),
                    row.getLong("n"),
                    row.getDouble("correct"),
                    number(row, "usd")))
            .list());
  }

  /**
   * Some outcomes, oldest first.
   *
   * @param expert whose, under the recorded name; null for everybody's
   * @param after the {@code next} of the page before, or null
   * @param limit at most so many
   */
  public Page<Outcome> page(@Nullable String expert, @Nullable String after, int limit) {
    long mark;
    try {
      mark = after == null ? 0 : Long.parseLong(after);
    } catch (NumberFormatException e) {
      throw Page.unknown();
    }
    var seen = new long[1];
    var query =
        database
            .sql()
            .sql(
                "select * from outcome where seq > :mark%s order by seq limit :limit"
                    .formatted(expert == null ? "" : " and expert = :expert"))
            .param("mark", mark)
            .param("limit", limit + 1);
    var rows =
        database.attempt(() ->
            (expert == null ? query : query.param("expert", expert))
                .query((row, number) -> {
                  if (number < limit) {
                    seen[0] = row.getLong("seq");
                  }
                  return outcome(row);
                })
                .list());
    return rows.size() > limit
        ? new Page<>(rows.subList(0, limit), Long.toString(seen[0]))
        : new Page<>(rows, null);
  }

  /** Every outcome of these items, oldest first, by item. */
  public Map<String, List<Outcome>> of(List<String> items) {
    Map<String, List<Outcome>> found = new HashMap<>();
    if (!items.isEmpty()) {
      database.attempt(() ->
          database
              .sql()
              .sql("select * from outcome where item in (:items) order by seq")
              .param("items", items)
              .query((row, number) ->
                  found
                      .computeIfAbsent(row.getString("item"), item -> new ArrayList<>())
                      .add(outcome(row)))
              .list());
    }
    return found;
  }

  /** An outcome and its number; numbers only grow, but of two writers the later may come first. */
  public record Numbered(long seq, Outcome outcome) {}

  /**
   * Outcomes of decisions that weigh something, none of benchmarks, above a number and in its
   * order.
   */
  public List<Numbered> ofDecisions(long after, int limit) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select * from outcome where seq > :after and source <> 'BENCHMARK' and weight > 0
                and item like 'dec\\_%' escape '\\' order by seq limit :limit
                """)
            .param("after", after)
            .param("limit", limit)
            .query((row, number) -> new Numbered(row.getLong("seq"), outcome(row)))
            .list());
  }

  /** The vector of every item in one embedder's space, one at a time, in no particular order. */
  public void forEachVector(String embedder, BiConsumer<String, float[]> reader) {
    database.stream(
        "select item, vector from item_vector where embedder = ?",
        row -> reader.accept(row.getString("item"), floats(row.getBytes("vector"))),
        embedder);
  }

  static byte[] bytes(float[] vector) {
    var bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
    bytes.asFloatBuffer().put(vector);
    return bytes.array();
  }

  static float[] floats(byte[] bytes) {
    var vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(vector);
    return vector;
  }
}
