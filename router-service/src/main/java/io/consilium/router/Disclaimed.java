package io.consilium.router;

import io.consilium.expert.index.DotProduct;
import java.util.Arrays;
import java.util.List;

/**
 * What cards say they are not for. Where no other card claims it either, a question about it
 * belongs to nobody. How far a phrase is claimed is worked out when it first matters, and kept.
 */
final class Disclaimed {
  /** Likeness to some card below which a phrase is nobody's, and above which it is claimed. */
  private static final double CLAIMED_FROM = 0.5;

  private static final double CLAIMED_TO = 0.8;

  private final float[] phrases;
  private final List<float[]> claims;

  /** Per phrase: 1 when nobody claims it, 0 when somebody does; −1 until worked out. */
  private volatile float[] open = new float[0];

  /**
   * Phrases next to all that is claimed.
   *
   * @param phrases flat
   * @param claims per card, flat
   */
  Disclaimed(float[] phrases, List<float[]> claims) {
    this.phrases = phrases;
    this.claims = claims;
  }

  /** The largest likeness to a phrase times how far it is nobody's; 0 when there is none. */
  double likeness(float[] query) {
    float[] known = open;
    if (known.length * query.length != phrases.length) {
      known = new float[phrases.length / query.length];
      Arrays.fill(known, -1);
      open = known;
    }
    double best = 0;
    for (int i = 0; i < known.length; i++) {
      double like = DotProduct.best().of(query, phrases, i * query.length);
      if (like > best) {
        if (known[i] < 0) {
          known[i] = openness(Vectors.row(phrases, i, query.length)); // the same for every thread
        }
        best = Math.max(best, like * known[i]);
      }
    }
    return best;
  }

  private float openness(float[] phrase) {
    double nearest = -1;
    for (var card : claims) {
      nearest = Math.max(nearest, Vectors.nearest(phrase, card));
    }
    return (float) (1 - Math.clamp((nearest - CLAIMED_FROM) / (CLAIMED_TO - CLAIMED_FROM), 0, 1));
  }
}
