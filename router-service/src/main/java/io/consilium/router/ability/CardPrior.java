package io.consilium.router.ability;

import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * What to believe of an expert from its card: ridge regression of fitted abilities on description,
 * lineage and size, in its dual form (Saunders, Gammerman and Vovk 1998), with the covariance of
 * its leave-one-expert-out errors. With fewer than {@value #FEW} fitted experts nothing can be
 * learnt of cards, and the population is all there is. Plain arrays; immutable.
 *
 * @param cards of the fitted experts
 * @param weights per fitted expert, what it adds to each number of an ability; empty when the
 *     population is better or all there is
 * @param size mean of log size over those that have one
 * @param spread standard deviation of it
 * @param population mean of the population, and the covariance of errors
 */
public record CardPrior(
    List<CardTraits> cards, double[][] weights, double size, double spread, Ability population) {
  static final int FEW = 8;

  /** A claimed score counts as at most so many items. */
  static final int CLAIM = 20;

  private static final double[] PENALTIES = {0.3, 1, 3, 10};

  /** A direction that is the same for all experts, hardly penalised: the intercept. */
  private static final double CONSTANT = 100;

  private static final double PSEUDO = 2;

  public CardPrior {
    cards = List.copyOf(cards);
  }

  /**
   * Learns from fitted experts.
   *
   * @param abilities of them, well measured
   * @param population what to believe without a card
   */
  public static CardPrior fit(List<CardTraits> cards, List<Ability> abilities, Ability population) {
    int n = cards.size();
    double[] sizes =
        cards.stream().mapToDouble(CardTraits::logSize).filter(s -> !Double.isNaN(s)).toArray();
    double mean = java.util.Arrays.stream(sizes).average().orElse(0);
    double spread =
        Math.sqrt(
            java.util.Arrays.stream(sizes).map(s -> (s - mean) * (s - mean)).average().orElse(0));
    var plain = new CardPrior(cards, new double[0][], mean, Math.max(spread, 1e-3), population);
    if (n < FEW) {
      return plain;
    }
    int k = population.mean().length;
    double[][] targets = abilities.stream().map(Ability::mean).toArray(double[][]::new);
    double least = error(populationErrors(targets, k));
    var best = plain;
    for (double penalty : PENALTIES) {
      var gram = new DMatrixRMaj(n, n);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          gram.set(i, j, plain.likeness(cards.get(i), cards.get(j)) + (i == j ? penalty : 0));
        }
      }
      var inverse = Ability.inverse(gram.data, n);
      var right = new DMatrixRMaj(targets);
      var dual = new DMatrixRMaj(n, k);
      CommonOps_DDRM.mult(inverse, right, dual);
      double[][] weights = new double[n][k];
      double[][] errors = new double[n][k];
      for (int i = 0; i < n; i++) {
        for (int c = 0; c < k; c++) {
          weights[i][c] = dual.get(i, c);
          errors[i][c] = dual.get(i, c) / inverse.get(i, i); // leave-one-out, in closed form
        }
      }
      if (error(errors) < least) {
        least = error(errors);
        best =
            new CardPrior(
                cards,
                weights,
                mean,
                plain.spread,
                new Ability(population.mean(), covariance(errors, population)));
      }
    }
    return best;
  }

  private static double[][] populationErrors(double[][] targets, int k) {
    int n = targets.length;
    double[][] errors = new double[n][k];
    for (int c = 0; c < k; c++) {
      double sum = 0;
      for (double[] target : targets) {
        sum += target[c];
      }
      for (int i = 0; i < n; i++) {
        errors[i][c] = targets[i][c] - (sum - targets[i][c]) / (n - 1);
      }
    }
    return errors;
  }

  private static double error(double[][] errors) {
    double sum = 0;
    for (double[] row : errors) {
      for (double error : row) {
        sum += error * error;
      }
    }
    return sum;
  }

  private static double[] covariance(double[][] errors, Ability population) {
    int k = population.mean().length;
    double[] covariance = new double[k * k];
    for (int r = 0; r < k; r++) {
      for (int c = 0; c < k; c++) {
        double sum = r == c ? PSEUDO * population.covariance()[r * k + c] : 0;
        for (double[] error : errors) {
          sum += error[r] * error[c];
        }
        covariance[r * k + c] = sum / (errors.length + PSEUDO);
      }
    }
    return covariance;
  }

  private double likeness(CardTraits a, CardTraits b) {
    double sum = CONSTANT;
    if (a.description().length == b.description().length) {
      for (int i = 0; i < a.description().length; i++) {
        sum += a.description()[i] * b.description()[i];
      }
    }
    sum += !a.lineage().isEmpty() && a.lineage().equals(b.lineage()) ? 1 : 0;
    return sum + standard(a.logSize()) * standard(b.logSize());
  }

  private double standard(double logSize) {
    return Double.isNaN(logSize) ? 0 : Math.clamp((logSize - size) / spread, -3, 3);
  }

  /** What to believe of an expert with this card. */
  public Ability of(CardTraits card) {
    if (weights.length == 0) {
      return population;
    }
    double[] mean = new double[population.mean().length];
    for (int i = 0; i < weights.length; i++) {
      double likeness = likeness(card, cards.get(i));
      for (int c = 0; c < mean.length; c++) {
        mean[c] += likeness * weights[i][c];
      }
    }
    return new Ability(mean, population.covariance());
  }

  /**
   * Believes a claimed score a little: as if {@value #CLAIM} questions had been asked.
   *
   * @param mix the questions the score is about
   * @param accuracy claimed, 0 to 1
   */
  public static Ability claimed(Ability ability, List<Traits> mix, double accuracy) {
    var now = AbilityState.Mix.of(ability, mix);
    double luck = Math.max(0.05, accuracy * (1 - accuracy)) / CLAIM;
    // one linear step on the predicted accuracy
    return ability.moved(now.slope(), 1 / luck, (accuracy - now.mean()) / luck);
  }
}
