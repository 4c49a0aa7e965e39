package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Records;
import java.util.Arrays;
import java.util.List;

/**
 * Sixty-four regions; in each, performance and cost of every expert scaled from the region's worst
 * to its best, traded by α; scores summed over the question's four nearest regions (Avengers-Pro,
 * Zhang et al. 2025, arXiv 2508.12631: x = α·p̃ + (1−α)(1−q̃)). So that the score can stand beside
 * probabilities it is scaled back to the span of the experts' success around the question: with α =
 * 1 it is P(correct); below, what saves money counts as if it were right.
 *
 * <p>Not with few records: sixty-four regions are many, and nothing is shrunk in the paper.
 */
public final class AvengersProEstimator implements Method {
  private static final int REGIONS = 64;
  private static final int NEAREST = 4;

  /** A region wants this many questions. */
  private static final int CROWD = 12;

  private static final double SHARPNESS = 6;

  private final double alpha;

  /** Performance only. */
  public AvengersProEstimator() {
    this(1);
  }

  /**
   * A trade-off.
   *
   * @param alpha 1 for performance only, 0 for cost only
   */
  public AvengersProEstimator(double alpha) {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha lies between 0 and 1, not " + alpha);
    }
    this.alpha = alpha;
  }

  /**
   * What was learnt.
   *
   * @param score per region and expert, 0 to 1
   * @param low per region, the success of its worst expert
   * @param high per region, that of its best
   * @param usd per region and expert, the mean price; NaN where none is on record
   */
  record State(
      List<String> experts,
      Regions regions,
      double[][] score,
      double[] low,
      double[] high,
      double[][] usd,
      double[] weights)
      implements FittedState, PriceForecast {
    @Override
    public Estimates at(float[] vector) {
      double[] p = new double[experts.size()];
      double bottom = 0;
      double top = 0;
      double[] near = near(vector);
      for (int r = 0; r < near.length; r++) {
        bottom += near[r] * low[r];
        top += near[r] * high[r];
        for (int e = 0; e < p.length && near[r] > 0; e++) {
          p[e] += near[r] * score[r][e];
        }
      }
      double[] scores = p.clone();
      for (int e = 0; e < p.length; e++) {
        p[e] = Rates.chance(bottom + (top - bottom) * p[e]);
      }
      double[] weight = near.length == 0 ? new double[p.length] : weights.clone();
      return Estimates.of(p, weight, e -> "score %.2f around the question".formatted(scores[e]));
    }

    @Override
    public double[] usd(float[] vector) {
      double[] mean = new double[experts.size()];
      double[] near = near(vector);
      for (int r = 0; r < near.length; r++) {
        for (int e = 0; e < mean.length && near[r] > 0; e++) {
          mean[e] += near[r] * usd[r][e];
        }
      }
      return mean;
    }

    /** How much each region counts; all but the nearest count nothing. */
    private double[] near(float[] vector) {
      double[] scores = regions.scores(vector);
      int[] nearest = Shares.top(scores, NEAREST);
      double[] kept = Arrays.stream(nearest).mapToDouble(r -> scores[r]).toArray();
      double[] shares = Shares.softmax(kept, SHARPNESS);
      double[] near = new double[scores.length];
      for (int j = 0; j < nearest.length; j++) {
        near[nearest[j]] = shares[j];
      }
      return near;
    }
  }

  @Override
  public String name() {
    return "avengers_pro";
  }

  @Override
  public String input() {
    return "outcomes and prices in 64 regions, question vectors";
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  State state(Training training) {
    var records = training.records();
    int k = Math.clamp(records.items().size() / CROWD, 1, REGIONS);
    var regions = Regions.fit(training.vectors(), training.space().likeness(), k, training.seed());
    int[] member = regions.of(training.vectors());
    var rates = Rates.of(records);
    int experts = records.experts().size();
    double[][] score = new double[regions.count()][];
    double[] low = new double[regions.count()];
    double[] high = new double[regions.count()];
    double[][] usd = new double[regions.count()][];
    for (int r = 0; r < score.length; r++) {
      double[] success = means(records, member, r, rates.mean(), false);
      double[] none = new double[experts];
      Arrays.fill(none, Double.NaN);
      usd[r] = means(records, member, r, none, true);
      low[r] = Arrays.stream(success).min().orElse(0.5);
      high[r] = Arrays.stream(success).max().orElse(0.5);
      double[] performance = scaled(success, 0);
      double[] cost = scaled(usd[r], 0);
      score[r] = new double[experts];
      for (int e = 0; e < experts; e++) {
        score[r][e] = alpha * performance[e] + (1 - alpha) * (1 - cost[e]);
      }
    }
    return new State(
        List.copyOf(records.experts()), regions, score, low, high, usd, rates.weights());
  }

  /** The mean of each expert's outcomes in a region; {@code otherwise} where there are none. */
  private static double[] means(
      Records records, int[] member, int region, double[] otherwise, boolean price) {
    double[] means = new double[otherwise.length];
    int[] count = new int[otherwise.length];
    for (int i = 0; i < member.length; i++) {
      for (int e = 0; e < means.length && member[i] == region; e++) {
        double value = price ? records.usd(i, e) : records.correct(i, e);
        if (!Double.isNaN(value)) {
          means[e] += value;
          count[e]++;
        }
      }
    }
    for (int e = 0; e < means.length; e++) {
      means[e] = count[e] == 0 ? otherwise[e] : means[e] / count[e];
    }
    return means;
  }

  /** From 0 for the least to 1 for the most; {@code unknown} where there is no number. */
  static double[] scaled(double[] values, double unknown) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    double[] scaled = new double[values.length];
    for (int i = 0; i < scaled.length; i++) {
      boolean flat = !(most > least);
      scaled[i] = Double.isNaN(values[i]) || flat ? unknown : (values[i] - least) / (most - least);
    }
    return scaled;
  }
}
