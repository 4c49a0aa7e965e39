package io.consilium.expert.index;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts found by their words: Okapi BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza, "The
 * Probabilistic Relevance Framework", 2009). Copy-on-write like {@link VectorIndex}.
 */
public final class LexicalIndex {
  private static final double K1 = 1.2;
  private static final double B = 0.75;

  private final Map<String, List<String>> texts = new LinkedHashMap<>();
  private volatile State state = new State(List.of(), new int[0], 0, Map.of());

  private record Posting(int document, int count) {}

  private record State(
      List<String> ids, int[] lengths, double meanLength, Map<String, List<Posting>> postings) {}

  /** How many texts are held. */
  public int size() {
    return state.ids.size();
  }

  /** Adds texts by id, replacing those with the same ids. */
  public synchronized void put(Map<String, String> added) {
    added.forEach((id, text) -> texts.put(id, Words.of(text)));
    rebuild();
  }

  /** Removes texts; ids that are not there are ignored. */
  public synchronized void remove(Collection<String> gone) {
    gone.forEach(texts::remove);
    rebuild();
  }

  private void rebuild() {
    List<String> ids = List.copyOf(texts.keySet());
    int[] lengths = new int[ids.size()];
    Map<String, List<Posting>> postings = new HashMap<>();
    long total = 0;
    for (int i = 0; i < ids.size(); i++) {
      Map<String, Integer> counts = new HashMap<>();
      for (var word : texts.getOrDefault(ids.get(i), List.of())) {
        counts.merge(word, 1, Integer::sum);
        lengths[i]++;
      }
      total += lengths[i];
      for (var count : counts.entrySet()) {
        postings
            .computeIfAbsent(count.getKey(), word -> new ArrayList<>())
            .add(new Posting(i, count.getValue()));
      }
    }
    state = new State(ids, lengths, ids.isEmpty() ? 0 : (double) total / ids.size(), postings);
  }

  /** Up to {@code limit} texts that share words with the query, best first. */
  public List<Hit> search(String query, int limit) {
    return scores(query).entrySet().stream()
        .map(found -> new Hit(found.getKey(), found.getValue()))
        .sorted(Comparator.comparingDouble(Hit::score).reversed())
        .limit(limit)
        .toList();
  }

  /** The BM25 score of every text that shares a word with the query, in order of insertion. */
  public Map<String, Double> scores(String query) {
    var seen = state;
    double[] scores = new double[seen.ids.size()];
    for (var word : Words.of(query)) {
      var found = seen.postings.get(word);
      if (found == null) {
        continue;
      }
      double rarity = Math.log(1 + (scores.length - found.size() + 0.5) / (found.size() + 0.5));
      for (var posting : found) {
        double norm = 1 - B + B * seen.lengths[posting.document] / seen.meanLength;
        scores[posting.document] += rarity * posting.count * (K1 + 1) / (posting.count + K1 * norm);
      }
    }
    Map<String, Double> found = new LinkedHashMap<>();
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] > 0) {
        found.put(seen.ids.get(i), scores[i]);
      }
    }
    return found;
  }
}
