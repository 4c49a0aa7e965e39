package io.consilium.expert.jdbc;

import io.consilium.expert.index.HybridIndex;
import io.consilium.expert.index.Passage;
import io.consilium.expert.index.PassageIndex;
import io.consilium.expert.index.ReciprocalRanks;
import io.consilium.expert.index.Words;
import io.consilium.expert.registry.ExpertsFileWatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The passages of a collection in PostgreSQL, for all replicas: the nearest by pgvector and the
 * best by BM25 over the words, fused by their {@link ReciprocalRanks}. Up to {@value #MANY} the
 * nearest are exact; beyond that the collection has an HNSW index of its own.
 *
 * <p>Not for the embedded database: {@link io.consilium.expert.index.HybridPassages} needs none.
 */
public final class JdbcPassages implements PassageIndex {
  /** To read all vectors of more takes longer than an index is wrong. */
  static final int MANY = 20_000;

  /** How many by each way are fused. */
  private static final int POOL = 100;

  private static final int STEP = 500;

  private final Database database;
  private final String collection;
  private final String embedder;
  private final int dimension;
  private final String here;

  /**
   * A collection.
   *
   * @param collection its name
   * @param embedder the id of the space of its vectors
   * @param dimension of that space
   */
  public JdbcPassages(Database database, String collection, String embedder, int dimension) {
    if (!database.shared()) {
      throw new IllegalArgumentException(database.shown() + " has no vectors");
    }
    this.database = database;
    this.collection = collection;
    this.embedder = embedder;
    this.dimension = dimension;
    this.here =
        "collection = %s and embedder = %s"
            .formatted(Hnsw.quoted(collection), Hnsw.quoted(embedder));
  }

  /**
   * Takes out the collections that no card names and no experts file declared within an hour: those
   * of a process that died are nobody's to clear. Does nothing in the embedded database.
   *
   * @param named collections that cards name
   * @return what was taken out
   */
  public static List<String> sweep(Database database, Set<String> named) {
    if (!database.shared()) {
      return List.of();
    }
    List<String> gone =
        database.attempt(() ->
            database
                .sql()
                .sql(
                    """
                    select distinct collection from passage
                    where :documents || collection not in
                      (select name from declaration where seen_at > current_timestamp - interval '1' hour)
                    """)
                .param("documents", ExpertsFileWatch.DOCUMENTS)
                .query(String.class)
                .list()
                .stream()
                .filter(collection -> !named.contains(collection))
                .toList());
    for (var collection : gone) {
      database.longTransaction(() ->
          database
              .sql()
              .sql("delete from passage where collection = :collection")
              .param("collection", collection)
              .update());
    }
    return gone;
  }

  @Override
  public Set<String> holding(Collection<String> ids) {
    Set<String> held = new HashSet<>();
    for (var some : steps(List.copyOf(ids))) {
      held.addAll(
          database.attempt(() ->
              database
                  .sql()
                  .sql("select id from passage where %s and id in (:ids)".formatted(here))
                  .param("ids", some)
                  .query(String.class)
                  .list()));
    }
    return held;
  }

  private static List<List<String>> steps(List<String> ids) {
    List<List<String>> steps = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += STEP) {
      steps.add(ids.subList(from, Math.min(ids.size(), from + STEP)));
    }
    return steps;
  }

  @Override
  public void put(Collection<Entry> entries) {
    List<Object[]> rows = new ArrayList<>();
    for (var entry : entries) {
      var passage = entry.passage();
      var words = Words.of(passage.searched());
      Map<String, Integer> counts = new TreeMap<>();
      words.forEach(word -> counts.merge(word, 1, Integer::sum));
      rows.add(
          new Object[] {
            collection,
            embedder,
            entry.id(),
            Columns.sound(passage.source()),
            Columns.sound(passage.heading()),
            Columns.sound(passage.text()),
            String.join(" ", counts.keySet()),
            counts.values().stream().map(String::valueOf).collect(Collectors.joining(" ")),
            words.size(),
            Hnsw.text(entry.vector())
          });
    }
    database.transaction(() ->
        database.batch(
            """
            insert into passage
              (collection, embedder, id, source, heading, text, words, counts, length, near)
            values (?, ?, ?, ?, ?, ?, string_to_array(?, ' '),
              cast(string_to_array(?, ' ') as integer[]), ?, cast(? as halfvec))
            on conflict do nothing
            """,
            rows));
  }

  @Override
  public void remove(Collection<String> ids) {
    database.transaction(() -> {
      for (var some : steps(List.copyOf(ids))) {
        database
            .sql()
            .sql("delete from passage where %s and id in (:ids)".formatted(here))
            .param("ids", some)
            .update();
      }
      return ids.size();
    });
  }

  @Override
  public void retain(Set<String> ids) {
    List<String> gone = new ArrayList<>();
    database.stream(
        "select id from passage where " + here,
        row -> {
          var id = row.getString("id");
          if (!ids.contains(id)) {
            gone.add(id);
          }
        });
    remove(gone);
  }

  @Override
  public void settle() {
    long held =
        database.attempt(() ->
            database
                .sql()
                .sql("select count(*) from passage where " + here)
                .query(Long.class)
                .single());
    if (held > MANY) {
      index();
    }
  }

  /** Makes the index of the collection where it has none. */
  void index() {
    new Hnsw(
            database,
            "passage_near_%08x".formatted((here + "\n" + dimension).hashCode()),
            "passage",
            dimension,
            here)
        .make("the documents '%s'".formatted(collection), () -> {});
  }

  @Override
  public List<Found> search(String query, float[] vector, int limit) {
    return database.transaction(() -> {
      int pool = Math.max(POOL, limit);
      var lexical = lexical(Words.of(query), pool);
      var best =
          ReciprocalRanks.fuse(List.of(nearest(vector, pool), List.copyOf(lexical.keySet())))
              .stream()
              .limit(limit)
              .toList();
      return found(best, vector, lexical);
    });
  }

  private List<String> nearest(float[] vector, int limit) {
    database.sql().sql("set local hnsw.ef_search = " + Hnsw.CANDIDATES).update();
    return database
        .sql()
        .sql(
            "select id from passage where %1$s order by near::halfvec(%2$d) <#> cast(:vector as halfvec(%2$d)) limit :limit"
                .formatted(here, dimension))
        .param("vector", Hnsw.text(vector))
        .param("limit", limit)
        .query(String.class)
        .list();
  }

  /** BM25 as {@link io.consilium.expert.index.Bm25} has it, best first. */
  private Map<String, Double> lexical(List<String> words, int limit) {
    Map<String, Double> scores = new LinkedHashMap<>();
    if (words.isEmpty()) {
      return scores;
    }
    database
        .sql()
        .sql(
            """
            with asked as (
              select word, count(*) as times from unnest(cast(array[:words] as text[])) as word group by word),
            corpus as (
              select cast(count(*) as double precision) as n, cast(avg(length) as double precision) as mean
              from passage where %1$s),
            term as (
              select word, times,
                (select count(*) from passage where %1$s and words @> array[word]) as many
              from asked)
            select p.id,
              sum(t.times * ln(1 + (c.n - t.many + 0.5) / (t.many + 0.5)) * f.often * 2.2
                / (f.often + 1.2 * (0.25 + 0.75 * p.length / greatest(c.mean, 1e-9)))) as score
            from term t
              cross join corpus c
              join passage p on p.collection = :collection and p.embedder = :embedder
                and p.words @> array[t.word]
              cross join lateral
                (select cast(p.counts[array_position(p.words, t.word)] as double precision) as often) f
            group by p.id
            order by score desc, p.id
            limit :limit
            """
                .formatted(here))
        .param("words", words)
        .param("collection", collection)
        .param("embedder", embedder)
        .param("limit", limit)
        .query(row -> {
          scores.put(row.getString("id"), row.getDouble("score"));
        });
    return scores;
  }

  private List<Found> found(List<String> best, float[] vector, Map<String, Double> lexical) {
    if (best.isEmpty()) {
      return List.of();
    }
    Map<String, Found> byId = new HashMap<>();
    database
        .sql()
        .sql(
            """
            select id, source, heading, text, -(near <#> cast(:vector as halfvec)) as cosine
            from passage where %s and id in (:ids)
            """
                .formatted(here))
        .param("vector", Hnsw.text(vector))
        .param("ids", best)
        .query(row -> {
          var id = row.getString("id");
          double cosine = row.getDouble("cosine");
          double bm25 = lexical.getOrDefault(id, 0.0);
          byId.put(
              id,
              new Found(
                  new Passage(
                      row.getString("source"), row.getString("heading"), row.getString("text")),
                  HybridIndex.score(cosine, bm25),
                  cosine,
                  bm25));
        });
    List<Found> found = new ArrayList<>();
    for (var id : best) {
      var each = byId.get(id);
      if (each != null) { // else it went meanwhile
        found.add(each);
      }
    }
    return List.copyOf(found);
  }
}
