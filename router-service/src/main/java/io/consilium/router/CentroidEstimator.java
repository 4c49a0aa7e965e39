package io.consilium.router;

import io.consilium.expert.Roster;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Likeness of the question to what each card describes, by embedding, directly and through the
 * topics of {@link TopicModel} (RouterRetriever, Lee et al. 2024, from descriptions alone: pilot
 * embeddings of questions an expert has won join them as outcomes arrive). Do not rely on it where
 * experts differ in strength rather than in subject.
 */
final class CentroidEstimator implements Estimator {
  /** Keeps the logarithm of a topic match finite; below this a match is none. */
  private static final double FLOOR = 0.02;

  /** A topic match that speaks neither for an expert nor for nobody. */
  private static final double BLIND = Math.log(0.2);

  private final CardIndex cards;
  private final ConditionalLogit weights;

  CentroidEstimator(CardIndex cards, ConditionalLogit weights) {
    this.cards = cards;
    this.weights = weights;
  }

  @Override
  public String name() {
    return "centroid";
  }

  @Override
  public Estimates estimate(QuestionProfile profile, Roster roster) {
    var view = cards.view(roster);
    var evidence = evidence(profile, view, cards.topics());
    if (evidence.isEmpty()) {
      return Estimates.none(view.cards().size());
    }
    double[] shares = weights.shares(evidence.get());
    List<Estimate> estimates = new ArrayList<>();
    for (int i = 0; i < view.cards().size(); i++) {
      double[] features = evidence.get().experts()[i];
      var note =
          String.format(
              Locale.ROOT, "topics %.2f, likeness %.2f", Math.exp(features[0]), features[1]);
      estimates.add(new Estimate(shares[i], 1, note));
    }
    return Estimates.of(estimates);
  }

  /**
   * What this estimator sees: per expert the logarithm of its share of the question's topics, and
   * its likeness; of nobody, the same logarithm for topics no card covers. Empty without vectors.
   */
  static Optional<ConditionalLogit.Case> evidence(
      QuestionProfile profile, CardView view, Optional<TopicModel> topics) {
    if (topics.isEmpty() || !view.complete()) {
      return Optional.empty();
    }
    var query = profile.embedding();
    if (query.isEmpty()) {
      return Optional.empty();
    }
    double[] posterior = topics.get().posterior(query.get());
    double[] covered = view.covered();
    double[][] experts = new double[view.cards().size()][];
    for (int i = 0; i < experts.length; i++) {
      double match = 0;
      for (int t = 0; t < posterior.length; t++) {
        match += posterior[t] * Math.max(0, view.covers()[i][t]);
      }
      double like = Math.max(0, CardView.nearest(query.get(), view.good().get(i)));
      double unlike = CardView.nearest(query.get(), view.avoided().get(i));
      experts[i] = new double[] {Math.log(match + FLOOR), like - Math.max(0, unlike - like)};
    }
    double open = 0;
    for (int t = 0; t < posterior.length; t++) {
      open += posterior[t] * (1 - (covered.length == 0 ? 0 : covered[t]));
    }
    return Optional.of(
        new ConditionalLogit.Case(experts, new double[] {1, Math.log(open + FLOOR)}));
  }

  /** The same evidence as if no topic told anything. */
  static ConditionalLogit.Case blind(ConditionalLogit.Case seen) {
    double[][] experts = new double[seen.experts().length][];
    for (int i = 0; i < experts.length; i++) {
      experts[i] = new double[] {BLIND, seen.experts()[i][1]};
    }
    return new ConditionalLogit.Case(experts, new double[] {1, BLIND});
  }
}
