package io.consilium.router.ability;

import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;

/**
 * How able an expert is, as a Gaussian over (g, θ, c): general ability, what is special to it, and
 * its constant. Coordinates mean nothing by themselves; show people forecasts. Immutable: every
 * method gives a new ability.
 *
 * <p>One outcome moves it by a step of assumed-density filtering: a rank-one gain of precision, and
 * the mean moved by what was unforeseen (Opper, "A Bayesian Approach to On-line Learning", 1998).
 *
 * @param mean of (g, θ, c); do not change it
 * @param covariance row by row; do not change it
 */
public record Ability(double[] mean, double[] covariance) {
  private static final int STEPS = 30;
  private static final double Z80 = 1.2815515655446004;

  public Ability {
    if (covariance.length != mean.length * mean.length) {
      throw new IllegalArgumentException(
          "%d means need %d covariances, not %d"
              .formatted(mean.length, mean.length * mean.length, covariance.length));
    }
  }

  /** An outcome to learn from: {@code correct} of 0 to 1 on a question, counting {@code weight}. */
  public record Seen(Traits question, double correct, double weight) {
    public Seen {
      if (!(correct >= 0 && correct <= 1) || !(weight >= 0 && weight <= 1)) {
        throw new IllegalArgumentException(
            "correct and weight lie between 0 and 1, not %s and %s".formatted(correct, weight));
      }
    }
  }

  /** Expected log-odds of being right on a question. */
  public double logOdds(Traits question) {
    double sum = -question.difficulty();
    for (int k = 0; k < mean.length; k++) {
      sum += question.demand()[k] * mean[k];
    }
    return sum;
  }

  /** Variance of the log-odds that comes from not knowing the expert. */
  double doubt(double[] demand) {
    double sum = 0;
    for (int r = 0; r < mean.length; r++) {
      sum += demand[r] * row(r, demand);
    }
    return Math.max(0, sum);
  }

  private double row(int r, double[] vector) {
    double sum = 0;
    for (int k = 0; k < mean.length; k++) {
      sum += covariance[r * mean.length + k] * vector[k];
    }
    return sum;
  }

  /** P(correct), all doubt about expert and question taken into account. */
  public double p(Traits question) {
    return Probit.mean(logOdds(question), doubt(question.demand()) + question.variance());
  }

  /** P(correct) with its 80 % interval: what an oracle that knew expert and question may say. */
  public Interval forecast(Traits question) {
    double mu = logOdds(question);
    double variance = doubt(question.demand()) + question.variance();
    double reach = Z80 * Math.sqrt(variance);
    double p = Probit.mean(mu, variance);
    // far out the mean lies outside of what is likely
    return new Interval(
        p, Math.min(p, Probit.sigma(mu - reach)), Math.max(p, Probit.sigma(mu + reach)));
  }

  /**
   * After one outcome.
   *
   * @param correct 0 to 1
   * @param kappa how much it counts, 0 to 1: less for repeats and noisy sources
   */
  public Ability after(Traits question, double correct, double kappa) {
    var seen = new Seen(question, correct, kappa);
    double p = p(question);
    return moved(
        question.demand(),
        seen.weight * p * (1 - p) / Probit.stretch(question.variance()),
        seen.weight * (seen.correct - p) / Math.sqrt(Probit.stretch(question.variance())));
  }

  /**
   * After a fallible judge's verdict: the ability moves by what the verdict tells of the outcome,
   * and gains the information the verdict carries.
   *
   * @param right what the judge said
   * @param sensitivity how often it calls a right answer right
   * @param specificity how often it calls a wrong answer wrong
   */
  public Ability judged(
      Traits question, boolean right, double sensitivity, double specificity, double kappa) {
    double p = p(question);
    double says = p * sensitivity + (1 - p) * (1 - specificity);
    double correct = right ? p * sensitivity / says : p * (1 - sensitivity) / (1 - says);
    double slope = p * (1 - p) * (sensitivity + specificity - 1);
    double information = slope * slope / (says * (1 - says));
    if (!(information > 0)) {
      return this; // a judge that guesses, or never says anything else, tells nothing
    }
    return moved(
        question.demand(),
        kappa * information / Probit.stretch(question.variance()),
        kappa * (correct - p) / Math.sqrt(Probit.stretch(question.variance())));
  }

  /** Rank-one gain of precision along {@code demand}, then the mean moved by {@code surprise}. */
  Ability moved(double[] demand, double information, double surprise) {
    int k = mean.length;
    double[] along = new double[k];
    for (int r = 0; r < k; r++) {
      along[r] = row(r, demand);
    }
    double doubt = 0;
    for (int r = 0; r < k; r++) {
      doubt += demand[r] * along[r];
    }
    double gain = information / (1 + information * doubt);
    double[] next = covariance.clone();
    double[] moved = mean.clone();
    for (int r = 0; r < k; r++) {
      for (int c = 0; c < k; c++) {
        next[r * k + c] -= gain * along[r] * along[c];
      }
      // Σ' a = Σ a / (1 + w aᵀΣa)
      moved[r] += surprise * along[r] / (1 + information * doubt);
    }
    return new Ability(moved, next);
  }

  /**
   * This ability as a prior, after many outcomes at once: the posterior mode and the curvature
   * there (Laplace). More exact than as many single steps.
   */
  public Ability given(List<Seen> outcomes) {
    int k = mean.length;
    var precision = inverse(covariance, k);
    double[] at = mean.clone();
    for (int step = 0; step < STEPS; step++) {
      var gradient = new DMatrixRMaj(k, 1);
      for (int r = 0; r < k; r++) {
        for (int c = 0; c < k; c++) {
          gradient.data[r] -= precision.get(r, c) * (at[c] - mean[c]);
        }
      }
      var move = solved(curved(precision.copy(), at, outcomes, gradient.data), gradient);
      double largest = 0;
      for (double part : move.data) {
        largest = Math.max(largest, Math.abs(part));
      }
      // never far at once, where the curvature says little about the way
      double damp = largest > 2 ? 2 / largest : 1;
      for (int r = 0; r < k; r++) {
        at[r] += damp * move.data[r];
      }
      if (largest < 1e-9) {
        break;
      }
    }
    return around(at, outcomes);
  }

  /** With this as the prior: the Gaussian around a mean found elsewhere. */
  Ability around(double[] at, List<Seen> outcomes) {
    int k = mean.length;
    var curvature = curved(inverse(covariance, k), at, outcomes, new double[k]);
    return new Ability(at, inverse(curvature.data, k).data);
  }

  /** Adds the curvature of the outcomes' log likelihood to a precision, and its slope. */
  private static DMatrixRMaj curved(
      DMatrixRMaj precision, double[] at, List<Seen> outcomes, double[] slope) {
    int k = at.length;
    for (var seen : outcomes) {
      double[] demand = seen.question.demand();
      double shrink = 1 / Math.sqrt(Probit.stretch(seen.question.variance()));
      double mu = -seen.question.difficulty();
      for (int r = 0; r < k; r++) {
        mu += demand[r] * at[r];
      }
      double p = Probit.sigma(mu * shrink);
      double pull = seen.weight * shrink * (seen.correct - p);
      double weight = seen.weight * shrink * shrink * p * (1 - p);
      for (int r = 0; r < k; r++) {
        slope[r] += demand[r] * pull;
        for (int c = 0; c < k; c++) {
          precision.data[r * k + c] += weight * demand[r] * demand[c];
        }
      }
    }
    return precision;
  }

  /**
   * Forgets, because the expert may have changed: adds process noise in the shape of the prior, and
   * never knows less than the prior, Σ ← min(Σ + q·prior, prior).
   *
   * @param q as a share of the prior
   */
  public Ability loosened(double q, Ability prior) {
    int k = mean.length;
    var chol = DecompositionFactory_DDRM.chol(k, true);
    if (!chol.decompose(new DMatrixRMaj(k, k, true, prior.covariance.clone()))) {
      throw new IllegalArgumentException("the prior's covariance is not positive definite");
    }
    var lower = chol.getT(null);
    var inverse = new DMatrixRMaj(k, k);
    CommonOps_DDRM.invert(lower, inverse);
    var half = new DMatrixRMaj(k, k);
    var relative = new DMatrixRMaj(k, k);
    CommonOps_DDRM.mult(inverse, new DMatrixRMaj(k, k, true, covariance.clone()), half);
    CommonOps_DDRM.multTransB(half, inverse, relative);
    var eigen = DecompositionFactory_DDRM.eig(k, true, true);
    eigen.decompose(symmetric(relative));
    double[] next = new double[k * k];
    for (int j = 0; j < k; j++) {
      double value = Math.min(eigen.getEigenvalue(j).real + q, 1);
      var axis = new DMatrixRMaj(k, 1);
      CommonOps_DDRM.mult(lower, eigen.getEigenVector(j), axis);
      for (int r = 0; r < k; r++) {
        for (int c = 0; c < k; c++) {
          next[r * k + c] += value * axis.get(r, 0) * axis.get(c, 0);
        }
      }
    }
    return new Ability(mean, next);
  }

  private static DMatrixRMaj symmetric(DMatrixRMaj a) {
    for (int r = 0; r < a.numRows; r++) {
      for (int c = 0; c < r; c++) {
        double both = (a.get(r, c) + a.get(c, r)) / 2;
        a.set(r, c, both);
        a.set(c, r, both);
      }
    }
    return a;
  }

  private static DMatrixRMaj solved(DMatrixRMaj left, DMatrixRMaj right) {
    var solver = LinearSolverFactory_DDRM.symmPosDef(left.numRows);
    var solution = new DMatrixRMaj(left.numRows, right.numCols);
    if (!solver.setA(left.copy())) {
      throw new IllegalArgumentException("a covariance is not positive definite");
    }
    solver.solve(right, solution);
    return solution;
  }

  static DMatrixRMaj inverse(double[] matrix, int k) {
    return symmetric(
        solved(new DMatrixRMaj(k, k, true, matrix.clone()), CommonOps_DDRM.identity(k)));
  }
}
