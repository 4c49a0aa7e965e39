package io.consilium.tools.retrieval;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.Words;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A fake embedder: every word is a direction of its own by chance, and no two cosines are equal.
 */
final class DenseEmbedder implements Embedder {
  private static final int DIMENSION = 96;

  @Override
  public String id() {
    return "dense";
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return texts.stream().map(this::vector).toList();
  }

  private final Map<String, double[]> words = new HashMap<>();

  private static double[] direction(String word) {
    return new SplittableRandom(word.hashCode()).doubles(DIMENSION, -0.5, 0.5).toArray();
  }

  private float[] vector(String text) {
    double[] sum = new double[DIMENSION];
    for (var word : Words.of(text)) {
      double[] one = words.computeIfAbsent(word, DenseEmbedder::direction);
      for (int i = 0; i < DIMENSION; i++) {
        sum[i] += one[i];
      }
    }
    double squares = 1e-12;
    for (double part : sum) {
      squares += part * part;
    }
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) (sum[i] / Math.sqrt(squares));
    }
    return vector;
  }
}
