package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Two steps: question to category, category to expert (Composition of Experts, Jain et al. 2024,
 * arXiv 2412.01868). Questions of uncertain category form a general category of their own. The
 * table is solved as a small programme: the experts that fit the memory, and of these one per
 * category, so that failures and price are least. Its rows are counted over categories as predicted
 * on held-out folds, so that the classifier's mistakes are in them.
 *
 * <p>Without limits every expert stays in the composition. Not for records without labels.
 */
public final class CategoryEstimator implements Method {
  /** A category less likely than this is uncertain. */
  private static final double CERTAIN = 0.5;

  static final String GENERAL = "general";

  /**
   * What the composition may take.
   *
   * @param memory that all experts of the composition together may take, in any unit; infinite for
   *     no limit
   * @param sizes memory of each expert; 0 for those not named
   * @param perUsd failures that a unit of price is worth
   */
  public record Limits(double memory, Map<String, Double> sizes, double perUsd) {
    /** None. */
    public static final Limits NONE = new Limits(Double.POSITIVE_INFINITY, Map.of(), 0);

    public Limits {
      sizes = Map.copyOf(sizes);
      if (!(memory > 0) || !(perUsd >= 0)) {
        throw new IllegalArgumentException("memory is positive and the worth of price 0 or more");
      }
    }
  }

  private final Limits limits;

  /** Without limits. */
  public CategoryEstimator() {
    this(Limits.NONE);
  }

  /** Under limits. */
  public CategoryEstimator(Limits limits) {
    this.limits = limits;
  }

  /**
   * What was learnt.
   *
   * @param chosen per category the column of its expert; the last category is the general one
   * @param chances per category and expert
   * @param weights 0 for experts outside the composition
   */
  record State(
      List<String> experts, Labels labels, int[] chosen, double[][] chances, double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double[] shares = labels.shares(vector);
      int category = category(shares);
      var name = category == shares.length ? GENERAL : labels.names().get(category);
      var expert = chosen[category] < 0 ? "nobody" : experts.get(chosen[category]);
      return Estimates.of(
          chances[category].clone(), weights.clone(), e -> name + ", served by " + expert);
    }
  }

  /** The category of these shares; the number of categories when it is uncertain. */
  static int category(double[] shares) {
    int best = Shares.argmax(shares);
    return best < 0 || shares[best] < CERTAIN ? shares.length : best;
  }

  @Override
  public String name() {
    return "category";
  }

  @Override
  public String input() {
    return "outcomes by predicted label, question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  State state(Training training) {
    var records = training.records();
    var learnt = Labels.fit(training);
    int categories = learnt.labels().names().size() + 1;
    int[] category =
        Arrays.stream(learnt.heldOut()).mapToInt(CategoryEstimator::category).toArray();
    var residuals = Residuals.of(records);
    var table = RegionTable.fit(residuals, category, categories);
    double[][] loss = new double[categories][residuals.experts()];
    double[] size = new double[categories];
    for (int c : category) {
      size[c]++;
    }
    double[] price = prices(training);
    for (int c = 0; c < categories; c++) {
      for (int e = 0; e < loss[c].length; e++) {
        loss[c][e] = size[c] * (1 - table.p()[c][e] + limits.perUsd * price[e]);
      }
    }
    double[] memory =
        records.experts().stream()
            .mapToDouble(expert -> limits.sizes.getOrDefault(expert, 0.0))
            .toArray();
    boolean[] in = Placement.solve(loss, memory, limits.memory);
    double[] weights = residuals.rates().weights();
    for (int e = 0; e < weights.length; e++) {
      weights[e] = in[e] ? weights[e] : 0;
    }
    int[] chosen =
        IntStream.range(0, categories).map(c -> Placement.cheapest(loss[c], in)).toArray();
    return new State(List.copyOf(records.experts()), learnt.labels(), chosen, table.p(), weights);
  }

  /** The mean price of each expert; 0 where none is on record. */
  private static double[] prices(Training training) {
    var records = training.records();
    return IntStream.range(0, records.experts().size())
        .mapToDouble(e ->
            IntStream.range(0, records.items().size())
                .mapToDouble(i -> records.usd(i, e))
                .filter(usd -> !Double.isNaN(usd))
                .average()
                .orElse(0))
        .toArray();
  }
}
