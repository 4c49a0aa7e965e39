package io.consilium.bench.learning;

import io.consilium.expert.index.DotProduct;
import io.consilium.expert.index.Words;
import io.consilium.router.QuestionProfile;
import io.consilium.router.estimator.EpisodeEstimator.Episode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A tenant's experience as the service's memory holds and recalls it, by its settings: what is near
 * enough and shares a word or is very near, the nearest first. Time stands still in a stream, so
 * recency and frequency, by which the service ranks too, weigh all alike.
 */
final class Episodes {
  /** As {@code consilium.memory.similarity}. */
  private static final double SIMILARITY = 0.35;

  /** As the service's memory: at this cosine no word need be shared. */
  private static final double NEAR = 0.6;

  /** As {@code consilium.memory.experiences}. */
  private static final int KEPT = 5_000;

  /** Four times {@code consilium.memory.most}. */
  private static final int GIVEN = 20;

  private final DotProduct dot = DotProduct.best();
  private final List<Past> past = new ArrayList<>();

  private record Past(float[] vector, Set<String> words, String expert, double correct) {}

  /** Keeps what came of asking an expert. */
  void keep(QuestionProfile profile, String expert, double correct) {
    profile
        .embedding()
        .ifPresent(vector ->
            past.add(new Past(vector, new HashSet<>(Words.of(profile.text())), expert, correct)));
    if (past.size() > KEPT) {
      past.removeFirst();
    }
  }

  List<Episode> like(QuestionProfile profile) {
    var vector = profile.embedding();
    if (vector.isEmpty() || past.isEmpty()) {
      return List.of();
    }
    var words = Words.of(profile.text());
    List<Episode> found = new ArrayList<>();
    for (var each : past) {
      double cosine = Math.min(1, dot.of(vector.get(), each.vector(), 0));
      if (cosine >= SIMILARITY
          && (cosine >= NEAR || words.stream().anyMatch(each.words()::contains))) {
        found.add(new Episode(List.of(each.expert()), each.correct(), cosine));
      }
    }
    found.sort(Comparator.comparingDouble(Episode::weight).reversed());
    return List.copyOf(found.subList(0, Math.min(GIVEN, found.size())));
  }
}
