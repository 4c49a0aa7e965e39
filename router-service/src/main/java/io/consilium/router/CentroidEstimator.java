package io.consilium.router;

import io.consilium.expert.Roster;
import java.util.Locale;
import java.util.Optional;

/**
 * Likeness of the question to what each card says, by embedding: to the nearest of its phrases and
 * to their centroid (RouterRetriever, Lee et al. 2024, from descriptions alone: pilot embeddings of
 * questions an expert has won join them as outcomes arrive). What cards disclaim and none claims
 * speaks for nobody. Do not rely on it where experts differ in strength rather than in subject.
 */
final class CentroidEstimator implements Estimator {
  /** Next to the mean of so many phrases it shows whether the nearest one stands alone. */
  private static final int NEAR = 3;

  private final CardIndex cards;
  private final ConditionalLogit weights;
  private final boolean fitted;

  /** Weights mean nothing in another embedder's space; there it says nothing. */
  CentroidEstimator(CardIndex cards, ConditionalLogit weights, String embedder) {
    this.cards = cards;
    this.weights = weights;
    this.fitted = cards.embedder().equals(embedder);
  }

  @Override
  public String name() {
    return "centroid";
  }

  @Override
  public Estimates estimate(QuestionProfile profile, Roster roster) {
    var view = cards.view(roster);
    int size = view.cards().size();
    var evidence = fitted ? evidence(profile, view) : Optional.<ConditionalLogit.Case>empty();
    if (evidence.isEmpty()) {
      return Estimates.none(size);
    }
    double[][] seen = evidence.get().experts();
    return Estimates.of(
        Shares.experts(weights.shares(evidence.get())),
        Shares.ones(size),
        i ->
            String.format(
                Locale.ROOT, "nearest phrase %.2f, centroid %.2f", seen[i][0], seen[i][1]));
  }

  /**
   * What this estimator sees: per expert its nearest phrase, its centroid, by how much a phrase it
   * avoids is nearer, and by how much the nearest phrase stands out of the nearest three; of
   * nobody, the nearest phrase that is disclaimed. Empty without vectors.
   */
  static Optional<ConditionalLogit.Case> evidence(QuestionProfile profile, CardView view) {
    if (!view.complete()) {
      return Optional.empty();
    }
    var asked = profile.request();
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    float[] query = asked.get();
    double[][] experts = new double[view.cards().size()][];
    for (int i = 0; i < experts.length; i++) {
      double like = Math.max(0, Vectors.nearest(query, view.good().get(i)));
      double unlike = Vectors.nearest(query, view.avoided().get(i));
      experts[i] =
          new double[] {
            like,
            Math.max(0, Vectors.nearest(query, view.centroids().get(i))),
            -Math.max(0, unlike - like),
            like - Math.max(0, Vectors.nearest(query, view.good().get(i), NEAR))
          };
    }
    return Optional.of(
        new ConditionalLogit.Case(experts, new double[] {1, view.disclaimed().likeness(query)}));
  }
}
