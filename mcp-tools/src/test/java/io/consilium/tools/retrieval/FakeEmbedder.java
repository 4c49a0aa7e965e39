package io.consilium.tools.retrieval;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.Words;
import java.util.List;

/** A fake embedder: every word is a direction of its own, so that a cosine counts shared words. */
final class FakeEmbedder implements Embedder {
  private static final int DIMENSION = 512;

  @Override
  public String id() {
    return "fake";
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return texts.stream().map(FakeEmbedder::vector).toList();
  }

  private static float[] vector(String text) {
    float[] vector = new float[DIMENSION];
    for (var word : Words.of(text)) {
      vector[Math.floorMod(word.hashCode() * 31, DIMENSION)] += 1;
    }
    double squares = 0;
    for (float part : vector) {
      squares += part * part;
    }
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] /= (float) Math.sqrt(Math.max(squares, 1e-12));
    }
    return vector;
  }
}
