package io.consilium.bench.classifier;

import io.consilium.expert.Embedder;
import java.util.List;
import java.util.Locale;

/**
 * Words, word pairs and letter triples counted into hashed buckets (Weinberger et al., "Feature
 * Hashing for Large Scale Multitask Learning", 2009): the classic features, as a baseline.
 */
final class HashedWords implements Embedder {
  private static final int BUCKETS = 2048;

  @Override
  public String id() {
    return "hashed-words/" + BUCKETS;
  }

  @Override
  public int dimension() {
    return BUCKETS;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return texts.stream().map(HashedWords::vector).toList();
  }

  private static float[] vector(String text) {
    var counts = new float[BUCKETS];
    var before = "<";
    for (var word :
        text.toLowerCase(Locale.ROOT).replaceAll("[0-9]+", "0").split("[^\\p{L}0-9]+")) {
      count(counts, "w " + word);
      count(counts, "p " + before + " " + word);
      var framed = "<" + word + ">";
      for (int i = 0; i + 3 <= framed.length(); i++) {
        count(counts, "c " + framed.substring(i, i + 3));
      }
      before = word;
    }
    double square = 1e-9;
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] = (float) Math.log1p(counts[i]);
      square += counts[i] * counts[i];
    }
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] /= (float) Math.sqrt(square);
    }
    return counts;
  }

  private static void count(float[] counts, String feature) {
    counts[Math.floorMod(feature.hashCode() * 0x9E3779B9, BUCKETS)]++;
  }
}
