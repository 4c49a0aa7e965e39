package io.consilium.router.ability;

import io.consilium.router.Estimates;
import io.consilium.router.estimator.FittedState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What {@link AbilityEstimator} has learnt: the net, frozen until the next fit, and the ability of
 * every expert, which moves with each outcome. Plain arrays, so that a version can be written down;
 * immutable, do not change them.
 *
 * @param experts in the order of the abilities
 * @param net from a question's vector to what it asks
 * @param levelScale what softplus of the net's a₀ is multiplied by
 * @param levelShift what the level takes off the difficulty
 * @param itemVariance σ_b², how uncertain the difficulty of a new question is
 * @param misfit standard deviation, in log-odds, of an expert's ability in one category around what
 *     its ability tells
 * @param abilities of the experts
 * @param seen outcomes behind each
 * @param population an expert of which nothing is known
 * @param items the training questions, with what others' answers told of their difficulty
 */
public record AbilityState(
    List<String> experts,
    AbilityNet net,
    double levelScale,
    double levelShift,
    double itemVariance,
    double misfit,
    List<Ability> abilities,
    double[] seen,
    Ability population,
    ItemBank items)
    implements FittedState {
  /** As many outcomes make half the weight of an estimate. */
  private static final double HALF = 20;

  public AbilityState {
    experts = List.copyOf(experts);
    abilities = List.copyOf(abilities);
    if (experts.size() != abilities.size() || experts.size() != seen.length) {
      throw new IllegalArgumentException("every expert needs an ability and a count");
    }
  }

  /** What a question asks, by its vector in the space of the training. */
  public Traits traits(float[] vector) {
    float[] out = net.of(vector);
    int d = net.dimension();
    double[] demand = new double[d + 2];
    demand[0] = levelScale * AbilityNet.softplus(out[d]);
    for (int k = 0; k < d; k++) {
      demand[k + 1] = out[k];
    }
    demand[d + 1] = 1;
    return new Traits(demand, out[d + 1] - levelShift * demand[0], itemVariance);
  }

  /** The ability of an expert; empty when it was not fitted, interviewed or seen. */
  public Optional<Ability> ability(String expert) {
    int at = experts.indexOf(expert);
    return at < 0 ? Optional.empty() : Optional.of(abilities.get(at));
  }

  /** The same with an expert's ability set, be it new or known; all others stay as they are. */
  public AbilityState with(String expert, Ability ability, double outcomes) {
    List<String> names = new ArrayList<>(experts);
    List<Ability> all = new ArrayList<>(abilities);
    double[] counts = seen.clone();
    int at = names.indexOf(expert);
    if (at < 0) {
      names.add(expert);
      all.add(ability);
      counts = Arrays.copyOf(counts, counts.length + 1);
      counts[counts.length - 1] = outcomes;
    } else {
      all.set(at, ability);
      counts[at] = outcomes;
    }
    return new AbilityState(
        names, net, levelScale, levelShift, itemVariance, misfit, all, counts, population, items);
  }

  @Override
  public Estimates at(float[] vector) {
    var question = traits(vector);
    double[] p = new double[abilities.size()];
    double[] low = new double[p.length];
    double[] high = new double[p.length];
    double[] weight = new double[p.length];
    for (int e = 0; e < p.length; e++) {
      var forecast = abilities.get(e).forecast(question);
      p[e] = forecast.value();
      low[e] = forecast.low();
      high[e] = forecast.high();
      weight[e] = seen[e] / (seen[e] + HALF);
    }
    return Estimates.of(p, weight, e -> "between %.2f and %.2f".formatted(low[e], high[e]))
        .between(low, high);
  }

  /**
   * The share of a set of questions an expert will get right.
   *
   * @param questions what they ask; at least one
   * @param z half the width in standard deviations: 1.645 for 90 %
   * @return with an interval that holds the luck of so many questions, doubt about the ability, and
   *     what abilities miss about any one category
   */
  public Interval accuracy(Ability ability, List<Traits> questions, double z) {
    var mix = Mix.of(ability, questions);
    double variance =
        ability.doubt(mix.slope())
            + Math.pow(misfit * mix.steepness(), 2)
            + mix.luck() / questions.size();
    double reach = z * Math.sqrt(variance);
    return new Interval(
        mix.mean(), Math.max(0, mix.mean() - reach), Math.min(1, mix.mean() + reach));
  }

  /**
   * The accuracy of an expert over questions, linearised in its ability.
   *
   * @param mean P(correct) over the questions
   * @param slope how the mean moves with the ability
   * @param steepness how it moves with the log-odds of all
   * @param luck variance of one outcome given its P(correct)
   */
  record Mix(double mean, double[] slope, double steepness, double luck) {
    static Mix of(Ability ability, List<Traits> questions) {
      int n = questions.size();
      if (n == 0) {
        throw new IllegalArgumentException("an accuracy needs at least one question");
      }
      double mean = 0;
      double luck = 0;
      double steepness = 0;
      double[] slope = new double[ability.mean().length];
      for (var question : questions) {
        double[] demand = question.demand();
        double p = ability.p(question);
        double steep =
            p * (1 - p) / Math.sqrt(Probit.stretch(ability.doubt(demand) + question.variance()));
        mean += p / n;
        luck += p * (1 - p) / n;
        steepness += steep / n;
        for (int k = 0; k < slope.length; k++) {
          slope[k] += steep * demand[k] / n;
        }
      }
      return new Mix(mean, slope, steepness, luck);
    }
  }
}
