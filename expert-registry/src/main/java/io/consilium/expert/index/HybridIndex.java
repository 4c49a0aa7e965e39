package io.consilium.expert.index;

import io.consilium.expert.Embedder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Texts found by meaning and by words together; used for documents, tools and experts alike.
 * Meaning finds what is said in other words, words find names and rare terms that an embedding
 * blurs.
 *
 * <p>The score is {@code cosine + LEXICAL · bm25 / (bm25 + SATURATION)}: unlike reciprocal ranks it
 * keeps how well the best one matches, so that a caller can tell "found" from "least bad". Changes
 * embed what has no vector yet and therefore block; searches embed the query. Safe for many
 * threads.
 */
public final class HybridIndex {
  /** How much full agreement of words counts against a cosine of 1. */
  private static final double LEXICAL = 0.3;

  /** The BM25 score at which half of that is reached. */
  private static final double SATURATION = 8;

  /** How many by each way are put together. */
  private static final int POOL = 100;

  private final Embedder embedder;
  private final VectorIndex vectors;
  private final LexicalIndex words = new LexicalIndex();

  /**
   * A text to be found.
   *
   * @param id its key
   * @param text what it is found by
   * @param vector its embedding by this index's embedder, or null to compute it
   */
  public record Entry(String id, String text, float @Nullable [] vector) {
    /** A text whose embedding is still to be computed. */
    public static Entry of(String id, String text) {
      return new Entry(id, text, null);
    }
  }

  /**
   * A text found.
   *
   * @param id its key
   * @param score cosine and words together; what the order goes by
   * @param cosine of query and text, −1 to 1
   * @param lexical the BM25 score; 0 when no word is shared
   */
  public record Found(String id, double score, double cosine, double lexical) {}

  public HybridIndex(Embedder embedder) {
    this.embedder = embedder;
    this.vectors = new VectorIndex(embedder.id(), embedder.dimension());
  }

  /** How many texts are held. */
  public int size() {
    return words.size();
  }

  /** Adds texts, replacing those with the same ids; embeds those without a vector. */
  public void put(Collection<Entry> entries) {
    var missing = entries.stream().filter(entry -> entry.vector() == null).toList();
    var computed = embedder.embed(missing.stream().map(Entry::text).toList());
    Map<String, float[]> embedded = new LinkedHashMap<>();
    Map<String, String> texts = new LinkedHashMap<>();
    for (var entry : entries) {
      texts.put(entry.id(), entry.text());
      float[] vector = entry.vector();
      if (vector != null) {
        embedded.put(entry.id(), vector);
      }
    }
    for (int i = 0; i < missing.size(); i++) {
      embedded.put(missing.get(i).id(), computed.get(i));
    }
    synchronized (this) {
      vectors.put(embedded);
      words.put(texts);
    }
  }

  /** Removes texts; ids that are not there are ignored. */
  public synchronized void remove(Collection<String> ids) {
    vectors.remove(ids);
    words.remove(ids);
  }

  /** How well a text matches that is so near in meaning and in words. */
  public static double score(double cosine, double bm25) {
    return cosine + LEXICAL * bm25 / (bm25 + SATURATION);
  }

  /** Up to {@code limit} texts that answer to the query, best first. */
  public List<Found> search(String query, int limit) {
    return search(query, embedder.embed(query), limit);
  }

  /** The same with the query's vector at hand. */
  public List<Found> search(String query, float[] vector, int limit) {
    int pool = Math.max(POOL, limit);
    Map<String, Double> cosines = new LinkedHashMap<>();
    vectors.nearest(vector, pool).forEach(hit -> cosines.put(hit.id(), hit.score()));
    var lexical = words.scores(query);
    Set<String> ids = new HashSet<>(cosines.keySet());
    words.search(query, pool).forEach(hit -> ids.add(hit.id()));
    List<Found> found = new ArrayList<>(ids.size());
    for (var id : ids) {
      double cosine = cosines.getOrDefault(id, Double.NaN);
      if (Double.isNaN(cosine)) {
        cosine = vectors.cosine(id, vector);
      }
      double bm25 = lexical.getOrDefault(id, 0.0);
      found.add(new Found(id, score(cosine, bm25), cosine, bm25));
    }
    return found.stream()
        .sorted(Comparator.comparingDouble(Found::score).reversed().thenComparing(Found::id))
        .limit(limit)
        .toList();
  }
}
