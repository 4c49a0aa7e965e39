package io.consilium.router;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much groups differ in log-odds from what was forecast of them: y ~ Bernoulli(σ(x + e)), with
 * e ~ N(0, τ²) drawn once per group; τ by largest likelihood on a grid, e integrated by summation.
 */
final class RandomEffect {
  private static final int POINTS = 41;

  private record Outcome(double logit, boolean right) {}

  private final Map<String, List<Outcome>> groups = new HashMap<>();

  /** Adds an outcome; forecasts of nearly nothing tell nothing and are left out. */
  void add(String group, double logit, boolean right) {
    if (logit > -3) {
      groups.computeIfAbsent(group, id -> new ArrayList<>()).add(new Outcome(logit, right));
    }
  }

  /** τ, from 0.05 to 3. */
  double deviation() {
    double best = 0.05;
    double most = Double.NEGATIVE_INFINITY;
    for (double tau = 0.05; tau <= 3; tau += 0.05) {
      double likelihood = 0;
      for (var group : groups.values()) {
        likelihood += logLikelihood(group, tau);
      }
      if (likelihood > most) {
        most = likelihood;
        best = tau;
      }
    }
    return best;
  }

  private static double logLikelihood(List<Outcome> group, double tau) {
    double[] logs = new double[POINTS];
    double top = Double.NEGATIVE_INFINITY;
    double norm = 0;
    for (int k = 0; k < POINTS; k++) {
      double e = 4.0 * (2.0 * k / (POINTS - 1) - 1); // in standard deviations
      double weight = Math.exp(-e * e / 2);
      norm += weight;
      double log = Math.log(weight);
      for (var outcome : group) {
        double x = outcome.logit + tau * e;
        log -= Math.log1p(Math.exp(outcome.right ? -x : x));
      }
      logs[k] = log;
      top = Math.max(top, log);
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - top);
    }
    return top + Math.log(sum / norm);
  }
}
