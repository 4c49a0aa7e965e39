package io.consilium.router.ability;

import io.consilium.router.Estimator;
import io.consilium.router.estimator.FittedEstimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Multidimensional item response theory: P(correct) = σ(a₀(x)·g + a(x)·θ + c − b(x) − ε), with what
 * the question asks read from its text by a small mixture of experts (IrtNet, arXiv 2510.00844),
 * what the expert can as a Gaussian posterior, and an item residual ε for what the text does not
 * tell (IRT-Router, ACL 2025, has neither posterior nor residual). One space for every kind of
 * expert, compositions included.
 *
 * <p>The net and first abilities are fitted to forecasts averaged over ε, stopped early on
 * questions held back; σ_b is the likeliest on those; all log-odds are then made sharper by √(1 +
 * πσ_b²/8), which leaves forecasts of new questions as they were.
 *
 * <p>Not for fewer than some hundred questions, where a table by category does as well, and not the
 * best alone at choosing among near equals: it fits the level of a question better than contrasts.
 */
public final class AbilityEstimator implements Method {
  /** Dimensions of θ; fewer with few experts. */
  static final int DIMENSION = 4;

  /** An expert seen less often is fitted by itself, with the others as its prior. */
  private static final int SPARSE = 200;

  private static final int LEAST = 20;
  private static final int FOLDS = 10;

  private final Optional<AbilityState> previous;

  /** Fits with no earlier version to be compared with. */
  public AbilityEstimator() {
    this(Optional.empty());
  }

  /**
   * Fits so that abilities can be compared with an earlier version's.
   *
   * @param previous the earlier version
   */
  public AbilityEstimator(Optional<AbilityState> previous) {
    this.previous = previous;
  }

  @Override
  public String name() {
    return "ability";
  }

  @Override
  public String input() {
    return "outcomes; question vectors through a small mixture of experts";
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  /** Learns. From fewer than {@value #LEAST} questions, only how often each expert is right. */
  public AbilityState state(Training training) {
    var records = training.records();
    int experts = records.experts().size();
    double[] seen = new double[experts];
    double[] means = means(records, seen);
    int chosen = (int) Math.floorMod(training.seed(), (long) FOLDS);
    int[] learn = rows(records, chosen, false);
    int[] held = rows(records, chosen, true);
    int dimension = Math.clamp(experts - 1, 1, DIMENSION);
    var fitted =
        learn.length < LEAST || held.length == 0
            ? NetFit.constant(training.space().dimension(), dimension, means)
            : new NetFit(training, dimension, means).fit(learn, held);
    double deviation = deviation(training, fitted, held);
    double variance = deviation * deviation;
    var identified =
        Identified.of(
            fitted.net(),
            fitted.abilities(),
            Math.sqrt(Probit.stretch(variance)),
            earlier(records.experts()));
    return posterior(training, identified, variance, seen, held);
  }

  /** Shares of right answers, pulled to the overall share by ten outcomes; counts into seen. */
  private static double[] means(Records records, double[] seen) {
    double[] sums = new double[seen.length];
    for (int i = 0; i < records.items().size(); i++) {
      for (int e = 0; e < seen.length; e++) {
        if (records.known(i, e)) {
          sums[e] += records.correct(i, e);
          seen[e]++;
        }
      }
    }
    double all = (Arrays.stream(sums).sum() + 1) / (Arrays.stream(seen).sum() + 2);
    double[] means = new double[seen.length];
    for (int e = 0; e < means.length; e++) {
      means[e] = (sums[e] + 10 * all) / (seen[e] + 10);
    }
    return means;
  }

  private static int[] rows(Records records, int chosen, boolean held) {
    return IntStream.range(0, records.items().size())
        .filter(i -> fold(records.items().get(i).hash()) == chosen == held)
        .toArray();
  }

  /** Of finer digits than the folds of others, so that both part questions independently. */
  private static int fold(double hash) {
    return (int) ((long) (hash * 1e9) % 9_973 % FOLDS);
  }

  private List<double @Nullable []> earlier(List<String> experts) {
    List<double @Nullable []> earlier = new ArrayList<>();
    for (var expert : experts) {
      earlier.add(previous.flatMap(state -> state.ability(expert)).map(Ability::mean).orElse(null));
    }
    return earlier;
  }

  private static double deviation(Training training, NetFit.Fitted fitted, int[] held) {
    var plain = Identified.of(fitted.net(), fitted.abilities(), 1, List.of());
    double[][] logOdds = new double[held.length][];
    double[][] correct = new double[held.length][];
    for (int i = 0; i < held.length; i++) {
      logOdds[i] = logOdds(plain, training.vectors().get(held[i]));
      correct[i] = correct(training.records(), held[i]);
    }
    return ItemResidual.deviation(logOdds, correct);
  }

  private static double[] logOdds(Identified identified, float[] vector) {
    var question = traits(identified, vector, 0);
    return Arrays.stream(identified.abilities())
        .mapToDouble(mean -> logOdds(mean, question))
        .toArray();
  }

  private static double logOdds(double[] mean, Traits question) {
    double sum = -question.difficulty();
    for (int k = 0; k < mean.length; k++) {
      sum += mean[k] * question.demand()[k];
    }
    return sum;
  }

  private static double[] correct(Records records, int row) {
    return IntStream.range(0, records.experts().size())
        .mapToDouble(e -> records.correct(row, e))
        .toArray();
  }

  private static Traits traits(Identified identified, float[] vector, double variance) {
    return bare(identified, variance).traits(vector);
  }

  /** A state that knows questions but no experts yet. */
  private static AbilityState bare(Identified identified, double variance) {
    int k = identified.net().dimension() + 2;
    return new AbilityState(
        List.of(),
        identified.net(),
        identified.levelScale(),
        identified.levelShift(),
        variance,
        0,
        List.of(),
        new double[0],
        new Ability(new double[k], new double[k * k]),
        new ItemBank(
            List.of(), List.of(), new double[0][], new double[0], new double[0], new double[0]));
  }

  private static AbilityState posterior(
      Training training, Identified identified, double variance, double[] seen, int[] held) {
    var records = training.records();
    int experts = records.experts().size();
    var bare = bare(identified, variance);
    List<Traits> questions = training.vectors().stream().map(bare::traits).toList();
    var population =
        Population.of(identified.abilities(), seen, SPARSE, identified.net().dimension() + 2);
    List<Ability> abilities = new ArrayList<>();
    for (int e = 0; e < experts; e++) {
      List<Ability.Seen> outcomes = new ArrayList<>();
      for (int i = 0; i < questions.size(); i++) {
        if (records.known(i, e)) {
          outcomes.add(new Ability.Seen(questions.get(i), records.correct(i, e), 1));
        }
      }
      abilities.add(
          seen[e] < SPARSE && experts > 1
              ? population.given(outcomes)
              : population.around(identified.abilities()[e], outcomes));
    }
    return new AbilityState(
        List.copyOf(records.experts()),
        identified.net(),
        identified.levelScale(),
        identified.levelShift(),
        variance,
        misfit(records, questions, abilities, held),
        abilities,
        seen,
        population,
        bank(
            records, new ItemPosterior(records, questions, abilities, population).items(variance)));
  }

  private static ItemBank bank(Records records, List<Traits> items) {
    return new ItemBank(
        records.items().stream().map(item -> item.id()).toList(),
        records.items().stream().map(item -> item.category()).toList(),
        items.stream().map(Traits::demand).toArray(double[][]::new),
        items.stream().mapToDouble(Traits::difficulty).toArray(),
        items.stream().mapToDouble(Traits::variance).toArray(),
        prices(records));
  }

  /** Each item's price over the experts that were charged for it, next to theirs for all items. */
  private static double[] prices(Records records) {
    int experts = records.experts().size();
    int n = records.items().size();
    double[] mean = new double[experts];
    for (int e = 0; e < experts; e++) {
      int expert = e;
      mean[e] =
          IntStream.range(0, n)
              .mapToDouble(i -> records.usd(i, expert))
              .filter(usd -> usd >= 0)
              .average()
              .orElse(0);
    }
    double[] prices = new double[n];
    for (int i = 0; i < n; i++) {
      int item = i;
      double price =
          IntStream.range(0, experts)
              .filter(e -> records.usd(item, e) >= 0 && mean[e] > 0)
              .mapToDouble(e -> records.usd(item, e) / mean[e])
              .average()
              .orElse(1);
      prices[i] = Math.max(0.05, price); // what costs nothing is not therefore asked first
    }
    return prices;
  }

  /**
   * What abilities miss about experts in categories: how much more shares of right answers among
   * held questions differ from the forecast than luck allows.
   */
  private static double misfit(
      Records records, List<Traits> questions, List<Ability> abilities, int[] held) {
    Map<String, List<Integer>> categories = new HashMap<>();
    for (int row : held) {
      categories
          .computeIfAbsent(records.items().get(row).category(), c -> new ArrayList<>())
          .add(row);
    }
    double excess = 0;
    double scale = 0;
    for (var rows : categories.values()) {
      for (int e = 0; e < abilities.size(); e++) {
        int expert = e;
        var known = rows.stream().filter(row -> records.known(row, expert)).toList();
        if (known.size() < 5) {
          continue;
        }
        var mix =
            AbilityState.Mix.of(abilities.get(e), known.stream().map(questions::get).toList());
        double share =
            known.stream().mapToDouble(row -> records.correct(row, expert)).average().orElse(0);
        excess += Math.pow(share - mix.mean(), 2) - mix.luck() / known.size();
        scale += Math.pow(mix.steepness(), 2);
      }
    }
    return scale > 0 && excess > 0 ? Math.sqrt(excess / scale) : 0;
  }
}
