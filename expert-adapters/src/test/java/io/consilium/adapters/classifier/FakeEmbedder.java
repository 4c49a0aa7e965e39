package io.consilium.adapters.classifier;

import io.consilium.expert.Embedder;
import java.util.List;

/** A fake embedder that counts letters. */
record FakeEmbedder(String id) implements Embedder {
  @Override
  public int dimension() {
    return 26;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return texts.stream().map(FakeEmbedder::vector).toList();
  }

  private static float[] vector(String text) {
    var counts = new float[26];
    text.chars().filter(c -> c >= 'a' && c <= 'z').forEach(c -> counts[c - 'a']++);
    double square = 1e-9;
    for (var count : counts) {
      square += count * count;
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] /= (float) Math.sqrt(square);
    }
    return counts;
  }
}
