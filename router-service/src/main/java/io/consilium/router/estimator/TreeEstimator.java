package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Regions of expertise as a tree whose leaves weigh the experts, with rules that people can read
 * (Expertise Trees, Abels et al. 2023, "Expertise Trees Resolve Knowledge Limitations in Collective
 * Decision-Making"). It splits where the two sides prefer different experts, on what the question
 * looks like (shares of the records' labels, as predicted) and on its surface, and only while the
 * split also forecasts held-out questions better. Leaves are drawn towards the branch they hang on.
 *
 * <p>Not for the last point of accuracy: its rules are coarse. The paper grows it online; here it
 * is grown from records.
 */
public final class TreeEstimator implements Method {
  /** The tree stops growing below this. */
  private static final int DEPTH = 6;

  private static final double LEVEL_PSEUDO = 15;
  private static final double CONTRAST_PSEUDO = 60;

  /** In the order of the surface numbers of a question's vector. */
  private static final List<String> SURFACE =
      List.of(
          "length",
          "words",
          "lines",
          "options",
          "digits",
          "operators",
          "brackets",
          "TeX signs",
          "capitals",
          "numbers",
          "longest number",
          "question mark",
          "blank to fill",
          "code",
          "negation",
          "word length");

  /**
   * What was learnt.
   *
   * @param features their names: {@code like X} for labels, then those of the surface
   * @param feature per node, what it asks about; -1 in a leaf
   * @param threshold per node: up to it goes left, above goes right
   * @param left per node, its left child
   * @param right per node, its right child
   * @param p per node and expert
   * @param size training questions per node
   */
  record State(
      List<String> experts,
      Labels labels,
      List<String> features,
      int[] feature,
      double[] threshold,
      int[] left,
      int[] right,
      double[][] p,
      int[] size,
      double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double[] values = seen(labels.shares(vector), vector);
      List<Integer> path = new ArrayList<>(List.of(0));
      int node = 0;
      while (feature[node] >= 0) {
        node = values[feature[node]] <= threshold[node] ? left[node] : right[node];
        path.add(node);
      }
      int leaf = node;
      return Estimates.of(p[leaf].clone(), weights.clone(), e -> rule(path));
    }

    private String rule(List<Integer> path) {
      List<String> conditions = new ArrayList<>();
      for (int i = 0; i + 1 < path.size(); i++) {
        int node = path.get(i);
        conditions.add(
            String.format(
                Locale.ROOT,
                "%s %s %.2f",
                features.get(feature[node]),
                path.get(i + 1) == left[node] ? "≤" : ">",
                threshold[node]));
      }
      return (conditions.isEmpty() ? "any question" : String.join(" and ", conditions))
          + " (%d recorded)".formatted(size[path.getLast()]);
    }
  }

  /** What a tree may ask about a question; surface numbers in standard deviations. */
  private static double[] seen(double[] shares, float[] vector) {
    double[] values = Arrays.copyOf(shares, shares.length + SURFACE.size());
    for (int k = 0; k < SURFACE.size(); k++) {
      // the space scales a standard deviation to a twentieth
      values[shares.length + k] = vector[vector.length - SURFACE.size() + k] * 20.0;
    }
    return values;
  }

  @Override
  public String name() {
    return "tree";
  }

  @Override
  public String input() {
    return "outcomes, predicted labels and surface of questions";
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  static State state(Training training) {
    var residuals = Residuals.of(training.records());
    var learnt = Labels.fit(training);
    int items = residuals.items();
    double[][] features = new double[items][];
    for (int i = 0; i < items; i++) {
      features[i] = seen(learnt.heldOut()[i], training.vectors().get(i));
    }
    List<String> names = new ArrayList<>();
    learnt.labels().names().forEach(name -> names.add("like " + name));
    names.addAll(SURFACE);
    var grown = new Growth(residuals, features, training.folds());
    int[] all = new int[items];
    Arrays.setAll(all, i -> i);
    grown.grow(all, DEPTH, 0, new double[residuals.experts()]);
    return grown.state(training, learnt.labels(), names);
  }

  /** A tree while it grows; nodes are numbered as they are made, the root is 0. */
  private static final class Growth {
    private final Residuals residuals;
    private final double[][] features;
    private final int[] folds;
    private final List<Integer> feature = new ArrayList<>();
    private final List<Double> threshold = new ArrayList<>();
    private final List<Integer> left = new ArrayList<>();
    private final List<Integer> right = new ArrayList<>();
    private final List<double[]> p = new ArrayList<>();
    private final List<Integer> size = new ArrayList<>();

    private Growth(Residuals residuals, double[][] features, int[] folds) {
      this.residuals = residuals;
      this.features = features;
      this.folds = folds;
    }

    private int grow(int[] rows, int depth, double aboveLevel, double[] above) {
      int node = feature.size();
      var sums = Splits.sums(residuals, rows);
      int experts = residuals.experts();
      double level = (sums.level() + LEVEL_PSEUDO * aboveLevel) / (sums.items() + LEVEL_PSEUDO);
      double[] contrast = new double[experts];
      double[] chances = new double[experts];
      for (int e = 0; e < experts; e++) {
        contrast[e] =
            (sums.contrast()[e] + CONTRAST_PSEUDO * above[e]) / (sums.count()[e] + CONTRAST_PSEUDO);
        chances[e] = Rates.chance(residuals.rates().mean()[e] + level + contrast[e]);
      }
      feature.add(-1);
      threshold.add(0.0);
      left.add(-1);
      right.add(-1);
      p.add(chances);
      size.add(rows.length);
      var split = depth == 0 ? Splits.NONE : Splits.best(residuals, features, folds, rows);
      if (split.feature() >= 0) {
        int asked = split.feature();
        feature.set(node, asked);
        threshold.set(node, split.threshold());
        int[] low =
            Arrays.stream(rows).filter(i -> features[i][asked] <= split.threshold()).toArray();
        int[] high =
            Arrays.stream(rows).filter(i -> features[i][asked] > split.threshold()).toArray();
        left.set(node, grow(low, depth - 1, level, contrast));
        right.set(node, grow(high, depth - 1, level, contrast));
      }
      return node;
    }

    private State state(Training training, Labels labels, List<String> names) {
      return new State(
          List.copyOf(training.records().experts()),
          labels,
          List.copyOf(names),
          feature.stream().mapToInt(Integer::intValue).toArray(),
          threshold.stream().mapToDouble(Double::doubleValue).toArray(),
          left.stream().mapToInt(Integer::intValue).toArray(),
          right.stream().mapToInt(Integer::intValue).toArray(),
          p.toArray(double[][]::new),
          size.stream().mapToInt(Integer::intValue).toArray(),
          residuals.rates().weights());
    }
  }
}
