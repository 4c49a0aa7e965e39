package io.consilium.expert.index;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Okapi BM25 with k1 = 1.2 and b = 0.75 over a fixed list of texts, by position (Robertson and
 * Zaragoza, "The Probabilistic Relevance Framework", 2009). What a word adds to each text is
 * computed once, so that a query only adds numbers up. Immutable; for texts that come and go, by
 * id, use {@link LexicalIndex}.
 */
public final class Bm25 {
  private static final double K1 = 1.2;
  private static final double B = 0.75;

  private final int size;
  private final Map<String, Posting> postings;

  /** The texts that hold a word, ascending, and what it adds to each. */
  private record Posting(int[] texts, double[] adds) {}

  private Bm25(int size, Map<String, Posting> postings) {
    this.size = size;
    this.postings = postings;
  }

  /** Over texts that {@link Words} has cut. */
  public static Bm25 of(List<List<String>> texts) {
    Map<String, Integer> spread = new HashMap<>();
    List<Map<String, Integer>> counts = texts.stream().map(Bm25::counts).toList();
    long total = 0;
    for (int i = 0; i < counts.size(); i++) {
      counts.get(i).keySet().forEach(word -> spread.merge(word, 1, Integer::sum));
      total += texts.get(i).size();
    }
    double meanLength = Math.max(1e-9, (double) total / Math.max(1, texts.size()));
    Map<String, Posting> postings = new HashMap<>();
    spread.forEach(
        (word, many) -> postings.put(word, new Posting(new int[many], new double[many])));
    Map<String, Integer> filled = new HashMap<>();
    for (int i = 0; i < counts.size(); i++) {
      double norm = 1 - B + B * texts.get(i).size() / meanLength;
      for (var count : counts.get(i).entrySet()) {
        int at = filled.merge(count.getKey(), 1, Integer::sum) - 1;
        var posting = postings.getOrDefault(count.getKey(), NOWHERE);
        int many = posting.texts.length;
        double rarity = Math.log(1 + (texts.size() - many + 0.5) / (many + 0.5));
        posting.texts[at] = i;
        posting.adds[at] = rarity * count.getValue() * (K1 + 1) / (count.getValue() + K1 * norm);
      }
    }
    return new Bm25(texts.size(), postings);
  }

  private static final Posting NOWHERE = new Posting(new int[0], new double[0]);

  private static Map<String, Integer> counts(List<String> words) {
    Map<String, Integer> counts = new HashMap<>();
    words.forEach(word -> counts.merge(word, 1, Integer::sum));
    return counts;
  }

  /** How many texts there are. */
  public int size() {
    return size;
  }

  /** How many texts hold a word. */
  public int spread(String word) {
    return postings.getOrDefault(word, NOWHERE).texts.length;
  }

  /** The score of every text; 0 where no word is shared. A word given twice counts twice. */
  public double[] scores(List<String> words) {
    double[] scores = new double[size];
    for (var word : words) {
      var posting = postings.getOrDefault(word, NOWHERE);
      for (int i = 0; i < posting.texts.length; i++) {
        scores[posting.texts[i]] += posting.adds[i];
      }
    }
    return scores;
  }
}
