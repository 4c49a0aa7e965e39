package io.consilium.router.estimator;

import io.consilium.expert.Roster;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import java.util.List;

/**
 * What plans were how right for questions like this one, of the same tenant: the episodic memory of
 * Xolver (Hosain et al. 2025), heeded as evidence. Each expert's share of right answers among them,
 * weighted by how much each bears on the question and drawn to even odds by one episode. Of a plan
 * of several its outcome counts for each in part. Which questions anything is remembered for is the
 * memory's to say.
 *
 * <p>It moves experts against each other and tells nothing of how hard a question is. Beside many
 * outcomes it adds little: a fitted router has heard of the same.
 */
public final class EpisodeEstimator implements Estimator {
  /** The most that experience is worth as evidence. */
  private static final double EVIDENCE = 0.5;

  /** Episodes, as weighted, at which it is worth half of that. */
  private static final double HALF = 2;

  private final Episodes episodes;

  /**
   * One plan that was carried out and judged.
   *
   * @param experts whom it asked first
   * @param correct how right it was, 0 to 1
   * @param weight how much it bears on the question, above 0
   */
  public record Episode(List<String> experts, double correct, double weight) {
    public Episode {
      experts = List.copyOf(experts);
    }
  }

  /** Finds what happened with questions like one. */
  @FunctionalInterface
  public interface Episodes {
    /** Episodes of the question's tenant that bear on it; none where it does not wish any. */
    List<Episode> like(QuestionProfile profile);
  }

  /** An estimator over a memory. */
  public EpisodeEstimator(Episodes episodes) {
    this.episodes = episodes;
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Estimates estimate(QuestionProfile profile, Roster roster) {
    int seats = roster.seats().size();
    var found = episodes.like(profile);
    if (found.isEmpty()) {
      return Estimates.none(seats);
    }
    double[] p = new double[seats];
    double[] weight = new double[seats];
    int[] count = new int[seats];
    for (int seat = 0; seat < seats; seat++) {
      var id = roster.seats().get(seat).card().id();
      double right = 0.5;
      double total = 1;
      for (var episode : found) {
        if (episode.experts().contains(id)) {
          double share = episode.weight() / episode.experts().size();
          right += share * episode.correct();
          total += share;
          count[seat]++;
        }
      }
      p[seat] = right / total;
      weight[seat] = EVIDENCE * (total - 1) / (total - 1 + HALF);
    }
    return Estimates.of(
        p, weight, seat -> count[seat] == 0 ? "" : "%d like it on record".formatted(count[seat]));
  }
}
