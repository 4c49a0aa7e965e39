package io.consilium.expert.index;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Texts found by their words, by {@link Bm25}. Copy-on-write like {@link VectorIndex}. */
public final class LexicalIndex {
  private final Map<String, List<String>> texts = new LinkedHashMap<>();
  private volatile State state = new State(List.of(), Bm25.of(List.of()));

  private record State(List<String> ids, Bm25 words) {}

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
    state = new State(List.copyOf(texts.keySet()), Bm25.of(List.copyOf(texts.values())));
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
    double[] scores = seen.words.scores(Words.of(query));
    Map<String, Double> found = new LinkedHashMap<>();
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] > 0) {
        found.put(seen.ids.get(i), scores[i]);
      }
    }
    return found;
  }
}
