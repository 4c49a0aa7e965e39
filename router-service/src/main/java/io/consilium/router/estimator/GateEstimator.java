package io.consilium.router.estimator;

import io.consilium.expert.Roster;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gate vectors that the owner of each expert trains on requests of its own and ships alone, so that
 * no data leaves the owner (PHATGOOSE, Muqeeth et al. 2024, arXiv 2402.05859). As there, the
 * question and the gates are standardised across their numbers before they meet, for owners train
 * with different zeal; scores are divided by the root of the dimension and compared across experts.
 * A gate tells whose kind of question it is, not who is right, so chances stay near even.
 *
 * <p>Gates stand on the experts' cards. Not beside outcomes: two dozen of those say more. Gates of
 * another embedder are ignored.
 */
public final class GateEstimator implements Estimator {
  /** What a gate alone is worth as evidence. */
  private static final double EVIDENCE = 0.2;

  /** How far the most fitting of two gates moves a chance: from even to 0.73. */
  private static final double SLOPE = 1;

  private final String embedder;
  private volatile Gates last = new Gates("", List.of(), 0);

  /** The gates of a roster by seat, standardised; null where there is none. */
  private record Gates(String roster, List<float @Nullable []> seats, int count) {}

  /**
   * An estimator over the gates of cards.
   *
   * @param embedder the id of the embedder that questions are profiled with
   */
  public GateEstimator(String embedder) {
    this.embedder = embedder;
  }

  private Gates gates(Roster roster) {
    var known = last;
    if (!known.roster.equals(roster.id())) {
      List<float @Nullable []> seats = new ArrayList<>();
      int count = 0;
      for (var seat : roster.seats()) {
        var gate = seat.card().gate();
        boolean fits = gate != null && gate.embedder().equals(embedder);
        seats.add(fits && gate != null ? standard(gate.vector()) : null);
        count += fits ? 1 : 0;
      }
      known = new Gates(roster.id(), seats, count);
      last = known;
    }
    return known;
  }

  @Override
  public String name() {
    return "gate";
  }

  @Override
  public Estimates estimate(QuestionProfile profile, Roster roster) {
    int seats = roster.seats().size();
    var gates = gates(roster);
    if (gates.count < 2) {
      return Estimates.none(seats); // one gate alone has nothing to be compared with
    }
    var vector = profile.embedding();
    if (vector.isEmpty()) {
      return Estimates.none(seats);
    }
    float[] question = standard(vector.get());
    double[] score = new double[seats];
    boolean[] known = new boolean[seats];
    double sum = 0;
    int gated = 0;
    for (int i = 0; i < seats; i++) {
      float[] gate = gates.seats.get(i);
      if (gate != null && gate.length == question.length) {
        for (int d = 0; d < gate.length; d++) {
          score[i] += gate[d] * question[d];
        }
        score[i] /= Math.sqrt(gate.length);
        known[i] = true;
        sum += score[i];
        gated++;
      }
    }
    double[] p = new double[seats];
    double[] weight = new double[seats];
    for (int i = 0; i < seats; i++) {
      p[i] = known[i] ? Rates.chance(Shares.sigmoid(SLOPE * (score[i] - sum / gated))) : 0.5;
      weight[i] = known[i] && gated > 1 ? EVIDENCE : 0;
    }
    return Estimates.of(
        p, weight, i -> known[i] ? "gate %+.2f".formatted(score[i]) : "no gate in " + embedder);
  }

  /** Mean 0 and variance 1 across the numbers of a vector. */
  static float[] standard(float[] vector) {
    double mean = 0;
    double squares = 0;
    for (float value : vector) {
      mean += value / vector.length;
      squares += value * value / vector.length;
    }
    double deviation = Math.sqrt(Math.max(1e-12, squares - mean * mean));
    float[] standard = new float[vector.length];
    for (int d = 0; d < vector.length; d++) {
      standard[d] = (float) ((vector[d] - mean) / deviation);
    }
    return standard;
  }
}
