package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * An expert as its vector of errors over clusters of representative questions, and a learned map
 * from a question to its clusters (UniRoute with learned cluster map, Jitkrittum et al. 2025, arXiv
 * 2502.08773): P(correct) is the success vector weighed by the map's softmax shares. The map starts
 * from the k-means regions and is trained on the log loss of all outcomes, so it learns which
 * questions are alike for the experts rather than in words; an expert joins by its error vector
 * alone.
 *
 * <p>Not with few records: the map has as many numbers as regions times dimensions.
 */
public final class UniRouteEstimator implements Method {
  private static final int REGIONS = 24;
  private static final int CROWD = 60;
  private static final int ROUNDS = 8;
  private static final double RATE = 0.5;

  /** How sharp the map is before it learns. */
  private static final double SHARPNESS = 6;

  /**
   * What was learnt.
   *
   * @param map a score per region
   * @param success per region and expert
   */
  record State(List<String> experts, Linear map, double[][] success, double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double[] shares = Shares.softmax(map.of(vector), 1);
      double[] p = new double[experts.size()];
      for (int r = 0; r < shares.length; r++) {
        for (int e = 0; e < p.length; e++) {
          p[e] += shares[r] * success[r][e];
        }
      }
      int most = Shares.argmax(shares);
      for (int e = 0; e < p.length; e++) {
        p[e] = Rates.chance(p[e]);
      }
      return Estimates.of(
          p,
          shares.length == 0 ? new double[p.length] : weights.clone(),
          e -> "region %d by %.2f".formatted(most, most < 0 ? 0 : shares[most]));
    }
  }

  @Override
  public String name() {
    return "uniroute";
  }

  @Override
  public String input() {
    return "outcomes per region with a learned map, question vectors";
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  static State state(Training training) {
    var residuals = Residuals.of(training.records());
    int k = Math.clamp(residuals.items() / CROWD, 1, REGIONS);
    var regions = Regions.fit(training.vectors(), training.space().likeness(), k, training.seed());
    var table = RegionTable.fit(residuals, regions.of(training.vectors()), regions.count());
    float[] weights = regions.centroids().clone();
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= (float) SHARPNESS;
    }
    double[] bias = new double[regions.count()];
    for (int r = 0; r < bias.length; r++) {
      bias[r] = -SHARPNESS * regions.half()[r];
    }
    var map = new Linear(weights, bias);
    train(map, table.p(), training);
    return new State(
        List.copyOf(training.records().experts()), map, table.p(), residuals.rates().weights());
  }

  /** Stochastic gradient steps on the log loss, smaller each round. */
  private static void train(Linear map, double[][] success, Training training) {
    var records = training.records();
    int experts = records.experts().size();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < records.items().size(); i++) {
      order.add(i);
    }
    var random = new Random(training.seed());
    for (int round = 0; round < ROUNDS; round++) {
      Cancellation.check();
      Collections.shuffle(order, random);
      double rate = RATE / (1 + round);
      for (int i : order) {
        float[] vector = training.vectors().get(i);
        double[] shares = Shares.softmax(map.of(vector), 1);
        double[] slope = new double[shares.length];
        int known = 0;
        for (int e = 0; e < experts; e++) {
          if (!records.known(i, e)) {
            continue;
          }
          known++;
          double p = 0;
          for (int r = 0; r < shares.length; r++) {
            p += shares[r] * success[r][e];
          }
          p = Rates.chance(p);
          double pull = (records.correct(i, e) - p) / (p * (1 - p));
          for (int r = 0; r < shares.length; r++) {
            slope[r] += pull * shares[r] * (success[r][e] - p);
          }
        }
        for (int r = 0; r < slope.length && known > 0; r++) {
          double step = rate * slope[r] / known;
          map.bias()[r] += step;
          for (int d = 0; d < vector.length; d++) {
            map.weights()[r * vector.length + d] += (float) (step * vector[d]);
          }
        }
      }
    }
  }
}
