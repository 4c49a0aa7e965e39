package io.consilium.router.estimator;

import io.consilium.expert.index.DotProduct;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.List;

/**
 * Two circles of recorded questions: how easy the question is comes from the few most alike, who is
 * better than the others from a wider circle, for that can be told far less surely (k nearest
 * neighbours as in RouterBench, Hu et al. 2024, arXiv 2403.12031, on level and contrast apart). It
 * sees what a straight line cannot: questions that differ from a recorded one by a name or a
 * number.
 *
 * <p>Of many recorded questions it reads those in the regions nearest to the one asked, a fifth of
 * all (inverted lists: Jégou et al., "Product Quantization for Nearest Neighbor Search", 2011).
 *
 * <p>Not for few or scattered records, where neighbours are far and say little.
 */
public final class NeighbourhoodEstimator implements Method {
  private static final int NEAR = 30;
  private static final int WIDE = 131;

  /** Of likeness, two of which are as far apart as can be: the fall that divides weight by e. */
  private static final double FALL = 1.0 / 3;

  /** As many neighbours' worth of no contrast are added. */
  private static final double PSEUDO = 5;

  /** Fewer questions than this are all read. */
  private static final int MANY = 4_000;

  private static final int REGIONS = 100;
  private static final double READ = 0.2;

  private static final DotProduct DOT = DotProduct.best();

  /**
   * The recorded questions.
   *
   * @param means of each expert
   * @param weights of the evidence about each
   * @param regions of the questions, which lie one region after the other
   * @param rows their vectors, one after the other, cut to what measures likeness
   * @param level per question
   * @param contrast question after question, one number per expert; NaN where not observed
   */
  record State(
      List<String> experts,
      double[] means,
      double[] weights,
      Regions regions,
      float[] rows,
      float[] level,
      float[] contrast)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      var nearest = nearest(vector);
      int experts = means.length;
      double[] sums = new double[experts];
      double[] seen = new double[experts];
      double ease = 0;
      double near = 0;
      for (int j = 0; j < nearest.size(); j++) {
        int item = nearest.item(j);
        double weight = Math.exp((nearest.likeness(j) - nearest.likeness(0)) / FALL);
        if (j < NEAR) {
          ease += weight * level[item];
          near += weight;
        }
        for (int e = 0; e < experts; e++) {
          float outcome = contrast[item * experts + e];
          if (!Float.isNaN(outcome)) {
            sums[e] += weight * outcome;
            seen[e] += weight;
          }
        }
      }
      double easier = near == 0 ? 0 : ease / near;
      double[] p = new double[experts];
      for (int e = 0; e < experts; e++) {
        p[e] = Rates.chance(means[e] + easier + sums[e] / (seen[e] + PSEUDO));
      }
      double alike = nearest.size() == 0 ? 0 : nearest.likeness(0);
      return Estimates.of(
          p, weights, e -> "ease %+.2f, the nearest question at %.2f".formatted(easier, alike));
    }

    /** The nearest of the questions in the regions that are read. */
    private Nearest nearest(float[] vector) {
      double[] scores = regions.scores(vector);
      int[] starts = new int[scores.length + 1];
      for (int r = 0; r < scores.length; r++) {
        starts[r + 1] = starts[r] + regions.sizes()[r];
      }
      var nearest = new Nearest(WIDE);
      double enough = level.length < MANY ? level.length : READ * level.length;
      for (int read = 0; read < enough; ) {
        int region = Shares.argmax(scores);
        scores[region] = Double.NEGATIVE_INFINITY;
        for (int i = starts[region]; i < starts[region + 1]; i++) {
          nearest.offer(i, DOT.of(vector, rows, i * vector.length));
        }
        read += regions.sizes()[region];
      }
      return nearest;
    }
  }

  @Override
  public String name() {
    return "neighbourhood";
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public String input() {
    return "level of the nearest questions, contrast of a wider circle, question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    var residuals = Residuals.of(training.records());
    int items = residuals.items();
    int experts = residuals.experts();
    int width = training.space().dimension();
    int likeness = training.space().likeness();
    var vectors = training.vectors();
    var regions = Regions.fit(vectors, likeness, items < MANY ? 1 : REGIONS, training.seed());
    int[] region = regions.of(vectors);
    float[] rows = new float[items * width];
    float[] level = new float[items];
    float[] contrast = new float[items * experts];
    int at = 0;
    for (int r = 0; r < regions.count(); r++) {
      for (int i = 0; i < items; i++) {
        if (region[i] == r) {
          System.arraycopy(vectors.get(i), 0, rows, at * width, likeness);
          level[at] = (float) residuals.level()[i];
          for (int e = 0; e < experts; e++) {
            contrast[at * experts + e] = (float) residuals.contrast()[i][e];
          }
          at++;
        }
      }
    }
    return new FittedEstimator(
        name(),
        training.space(),
        new State(
            List.copyOf(training.records().experts()),
            residuals.rates().mean(),
            residuals.rates().weights(),
            regions,
            rows,
            level,
            contrast));
  }
}
