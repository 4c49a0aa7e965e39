package io.consilium.adapters.documents;

import io.consilium.expert.Embedder;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** A fake embedder: texts that share words are near each other. Remembers what it embedded. */
final class WordsEmbedder implements Embedder {
  final Queue<String> embedded = new ConcurrentLinkedQueue<>();
  private final String stuckOn;

  WordsEmbedder() {
    this("");
  }

  /** Never comes back from embedding {@code stuckOn}. */
  WordsEmbedder(String stuckOn) {
    this.stuckOn = stuckOn;
  }

  @Override
  public String id() {
    return "words";
  }

  @Override
  public int dimension() {
    return 128;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    if (texts.contains(stuckOn)) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    embedded.addAll(texts);
    return texts.stream().map(this::vector).toList();
  }

  private float[] vector(String text) {
    var vector = new float[dimension()];
    for (var word : text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+")) {
      vector[Math.floorMod(word.hashCode() * 31, vector.length)]++;
    }
    double square = 1e-9;
    for (var count : vector) {
      square += count * count;
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= (float) Math.sqrt(square);
    }
    return vector;
  }
}
