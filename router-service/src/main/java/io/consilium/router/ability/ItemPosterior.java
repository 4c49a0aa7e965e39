package io.consilium.router.ability;

import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What items ask, known better than from their text because experts have answered them: each item's
 * demand and difficulty have the net's reading as their prior, with variances learnt by expectation
 * maximisation over the items (an explanatory item response model: De Boeck and Wilson 2004). It is
 * logistic regression with the roles exchanged: experts are what is given, the item is unknown.
 */
final class ItemPosterior {
  private static final int ROUNDS = 4;

  /** As many items tell the variances well enough. */
  private static final int SAMPLE = 1_000;

  private static final double SMALL = 1e-4;

  private final Records records;
  private final List<Traits> questions;
  private final List<Ability> abilities;
  private final Ability population;
  private final int k;

  ItemPosterior(
      Records records, List<Traits> questions, List<Ability> abilities, Ability population) {
    this.records = records;
    this.questions = questions;
    this.abilities = abilities;
    this.population = population;
    this.k = population.mean().length;
  }

  /**
   * All items.
   *
   * @param itemVariance σ_b², where the variance of difficulties starts
   */
  List<Traits> items(double itemVariance) {
    double[] spread = spread(itemVariance);
    List<Traits> items = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      items.add(traits(item(i, spread)));
    }
    return items;
  }

  private double[] spread(double itemVariance) {
    double[] spread = new double[k + 1];
    Arrays.fill(spread, abilities.size() > 2 ? 0.1 : SMALL);
    spread[k] = Math.max(SMALL, itemVariance);
    int stride = Math.max(1, questions.size() / SAMPLE);
    for (int round = 0; round < ROUNDS && abilities.size() > 2; round++) {
      double[] next = new double[k + 1];
      int n = 0;
      for (int i = 0; i < questions.size(); i += stride) {
        var item = item(i, spread);
        double[] prior = prior(i);
        for (int c = 0; c <= k; c++) {
          double moved = item.mean()[c] - prior[c];
          next[c] += moved * moved + item.covariance()[c * (k + 1) + c];
        }
        n++;
      }
      for (int c = 0; c <= k; c++) {
        spread[c] = Math.max(SMALL, next[c] / Math.max(1, n));
      }
    }
    return spread;
  }

  private double[] prior(int item) {
    double[] prior = Arrays.copyOf(questions.get(item).demand(), k + 1);
    prior[k] = questions.get(item).difficulty();
    return prior;
  }

  /** The posterior of (demand, difficulty) of one item. */
  private Ability item(int item, double[] spread) {
    double[] covariance = new double[(k + 1) * (k + 1)];
    for (int c = 0; c <= k; c++) {
      covariance[c * (k + 1) + c] = spread[c];
    }
    List<Ability.Seen> seen = new ArrayList<>();
    for (int e = 0; e < abilities.size(); e++) {
      if (records.known(item, e)) {
        double[] expert = Arrays.copyOf(abilities.get(e).mean(), k + 1);
        expert[k] = -1;
        seen.add(new Ability.Seen(new Traits(expert, 0, 0), records.correct(item, e), 1));
      }
    }
    return new Ability(prior(item), covariance).given(seen);
  }

  /** With what is not known of the item as the variance that an expert of the population meets. */
  private Traits traits(Ability item) {
    double variance = item.covariance()[(k + 1) * (k + 1) - 1];
    for (int r = 0; r < k; r++) {
      for (int c = 0; c < k; c++) {
        variance += item.covariance()[r * (k + 1) + c] * population.covariance()[r * k + c];
      }
    }
    return new Traits(Arrays.copyOf(item.mean(), k), item.mean()[k], variance);
  }
}
