package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.Arrays;
import java.util.List;

/**
 * A domain classifier, and the champion of each domain (MoDEM, Simonds et al. 2024, arXiv
 * 2410.07490). The classifier is known by its confusion matrix: what it calls mathematics is a
 * mixture of what really is, held out and Dirichlet-shrunk, and experts are forecast over that
 * mixture. Where the two likeliest domains are nearly as likely, the generalist answers: every
 * expert is forecast at its overall rate. The paper trains an encoder; here a linear head sits on
 * the frozen vectors.
 *
 * <p>Not for records without labels of domains: it then knows overall rates only.
 */
public final class DomainEstimator implements Method {
  /** A lead of the first domain over the second below which nobody's field is known. */
  private static final double MARGIN = 0.1;

  /** Pseudo-counts of a row of the confusion matrix, spread as the domains are. */
  private static final double PSEUDO = 10;

  /**
   * What was learnt.
   *
   * @param chances per domain as predicted, and expert
   */
  record State(
      List<String> experts, Labels labels, double[][] chances, double[] mean, double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double[] shares = labels.shares(vector);
      int[] first = Shares.top(shares, 2);
      if (first.length < 2) {
        return Estimates.of(mean.clone(), weights.clone(), e -> "one domain only");
      }
      double margin = shares[first[0]] - shares[first[1]];
      var name = labels.names().get(first[0]);
      if (margin < MARGIN) {
        return Estimates.of(
            mean.clone(),
            weights.clone(),
            e -> "%s or %s: no champion".formatted(name, labels.names().get(first[1])));
      }
      return Estimates.of(
          chances[first[0]].clone(),
          weights.clone(),
          e -> "%s, ahead by %.2f".formatted(name, margin));
    }
  }

  @Override
  public String name() {
    return "domain";
  }

  @Override
  public String input() {
    return "outcomes, labels as targets, question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  static State state(Training training) {
    var learnt = Labels.fit(training);
    int domains = learnt.labels().names().size();
    var residuals = Residuals.of(training.records());
    var table = RegionTable.fit(residuals, learnt.label(), domains);
    double[][] confusion = confusion(learnt, domains);
    int experts = residuals.experts();
    double[][] chances = new double[domains][experts];
    for (int said = 0; said < domains; said++) {
      for (int truly = 0; truly < domains; truly++) {
        for (int e = 0; e < experts; e++) {
          chances[said][e] += confusion[said][truly] * table.p()[truly][e];
        }
      }
    }
    for (double[] row : chances) {
      for (int e = 0; e < experts; e++) {
        row[e] = Rates.chance(row[e]);
      }
    }
    return new State(
        List.copyOf(training.records().experts()),
        learnt.labels(),
        chances,
        Arrays.stream(residuals.rates().mean()).map(Rates::chance).toArray(),
        residuals.rates().weights());
  }

  /** P(true domain | predicted domain), from predictions on held-out folds. */
  static double[][] confusion(Labels.Learnt learnt, int domains) {
    double[] share = new double[domains];
    double[][] confusion = new double[domains][domains];
    for (int i = 0; i < learnt.label().length; i++) {
      share[learnt.label()[i]] += 1.0 / learnt.label().length;
      confusion[Shares.argmax(learnt.heldOut()[i])][learnt.label()[i]]++;
    }
    for (double[] row : confusion) {
      double sum = Arrays.stream(row).sum();
      for (int d = 0; d < domains; d++) {
        row[d] = (row[d] + PSEUDO * share[d]) / (sum + PSEUDO);
      }
    }
    return confusion;
  }
}
