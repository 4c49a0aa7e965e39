package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.Embedder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Takes free texts for the same when their embeddings lie close together, directly or through texts
 * between them; everything else by its normal form. Embedding costs milliseconds per text, and
 * close texts may still contradict each other ("is", "is not"): not for short facts.
 */
public final class SameMeaning implements Comparison {
  private final Embedder embedder;
  private final double threshold;

  /**
   * A comparison by meaning.
   *
   * @param threshold the least cosine of two texts that say the same, above 0 and at most 1
   */
  public SameMeaning(Embedder embedder, double threshold) {
    if (!(threshold > 0 && threshold <= 1)) {
      throw new IllegalArgumentException("a threshold lies above 0 and at most at 1");
    }
    this.embedder = embedder;
    this.threshold = threshold;
  }

  @Override
  public Function<Answer, Optional<AnswerKey>> among(List<Answer> answers, String kind) {
    var texts = new TreeSet<String>();
    for (var answer : answers) {
      AnswerKey.of(answer, kind)
          .filter(key -> key.kind() == AnswerKey.Kind.TEXT)
          .ifPresent(key -> texts.add(key.text()));
    }
    var ordered = List.copyOf(texts);
    var vectors = ordered.size() < 2 ? List.<float[]>of() : embedder.embed(ordered);
    Map<String, AnswerKey> first = new HashMap<>();
    var group = new int[ordered.size()];
    for (int i = 0; i < group.length; i++) {
      group[i] = i;
      for (int j = 0; j < i; j++) {
        if (cosine(vectors.get(i), vectors.get(j)) >= threshold) {
          merge(group, i, j);
        }
      }
    }
    for (int i = 0; i < group.length; i++) {
      first.put(ordered.get(i), new AnswerKey(AnswerKey.Kind.TEXT, ordered.get(group[i])));
    }
    return answer -> AnswerKey.of(answer, kind).map(key -> first.getOrDefault(key.text(), key));
  }

  /** Both groups take the smaller number, so that the first text in order names them. */
  private static void merge(int[] group, int one, int other) {
    int kept = Math.min(group[one], group[other]);
    int gone = Math.max(group[one], group[other]);
    for (int i = 0; i < group.length; i++) {
      group[i] = group[i] == gone ? kept : group[i];
    }
  }

  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
