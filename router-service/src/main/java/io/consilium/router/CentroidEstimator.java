package io.consilium.router;

import io.consilium.expert.Roster;
import io.consilium.expert.index.DotProduct;
import java.util.ArrayList;
import java.util.List;

/**
 * Likeness of the question to what each card describes, by embedding (RouterRetriever, Lee et al.
 * 2024, from descriptions alone: pilot embeddings of questions an expert has won take their place
 * as outcomes arrive). Do not rely on it alone where experts differ in strength rather than in
 * subject.
 */
final class CentroidEstimator implements Estimator {
  private final CardIndex cards;

  CentroidEstimator(CardIndex cards) {
    this.cards = cards;
  }

  @Override
  public String name() {
    return "centroid";
  }

  @Override
  public List<Estimate> estimate(QuestionProfile profile, Roster roster) {
    var view = cards.view(roster);
    var query = profile.embedding();
    List<Estimate> estimates = new ArrayList<>();
    for (var texts : view.texts()) {
      if (query.isEmpty() || texts.descriptions().length == 0) {
        estimates.add(Estimate.NONE);
        continue;
      }
      double best = nearest(query.get(), texts.descriptions());
      estimates.add(
          new Estimate(Logistic.sigmoid(10 * (best - 0.3)), 1, "likeness %.2f".formatted(best)));
    }
    return estimates;
  }

  /** The largest cosine with any row; −1 when there is none. */
  static double nearest(float[] query, float[] rows) {
    double best = -1;
    for (int at = 0; at < rows.length; at += query.length) {
      best = Math.max(best, DotProduct.best().of(query, rows, at));
    }
    return best;
  }
}
