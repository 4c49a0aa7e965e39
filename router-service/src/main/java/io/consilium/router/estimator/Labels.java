package io.consilium.router.estimator;

import io.consilium.router.fit.Training;
import io.consilium.router.records.Item;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A classifier of questions into the labels of the records: ridge on indicator targets, its scores
 * made shares by a softmax whose sharpness fits held-out folds. Labels are what it learns to say,
 * never something it is told.
 *
 * @param names of the labels, in alphabetical order; rare ones and none at all are {@code other}
 * @param linear a score per label
 * @param sharpness of the softmax
 */
record Labels(List<String> names, Linear linear, double sharpness) {
  static final String OTHER = "other";

  /** A label with fewer items than this joins the others. */
  private static final int RARE = 12;

  private static final double[] SHARPNESS = {1, 2, 4, 6, 8, 12, 16, 24};

  /**
   * The classifier with what it said of its own training questions while it had not seen them.
   *
   * @param label of each item
   * @param heldOut per item: its shares
   */
  record Learnt(Labels labels, int[] label, double[][] heldOut) {}

  static Learnt fit(Training training) {
    return training.shared(Labels.class, () -> learn(training));
  }

  private static Learnt learn(Training training) {
    var items = training.records().items();
    Map<String, Integer> sizes = new LinkedHashMap<>();
    items.forEach(item -> sizes.merge(item.category().strip(), 1, Integer::sum));
    var names = items.stream().map(item -> name(item, sizes)).distinct().sorted().toList();
    int[] label = items.stream().mapToInt(item -> names.indexOf(name(item, sizes))).toArray();
    double[][] targets = new double[items.size()][names.size()];
    for (int i = 0; i < label.length; i++) {
      targets[i][label[i]] = 1;
    }
    var ridge = Ridge.fit(training, targets, new double[] {1, 3, 10});
    double best = Double.NEGATIVE_INFINITY;
    double chosen = SHARPNESS[0];
    for (double sharpness : SHARPNESS) {
      double likelihood = 0;
      for (int i = 0; i < label.length; i++) {
        likelihood += Math.log(Shares.softmax(ridge.heldOut()[i], sharpness)[label[i]] + 1e-9);
      }
      if (likelihood > best) {
        best = likelihood;
        chosen = sharpness;
      }
    }
    double sharpness = chosen;
    double[][] heldOut =
        Arrays.stream(ridge.heldOut())
            .map(scores -> Shares.softmax(scores, sharpness))
            .toArray(double[][]::new);
    return new Learnt(new Labels(names, ridge.linear(), sharpness), label, heldOut);
  }

  private static String name(Item item, Map<String, Integer> sizes) {
    var category = item.category().strip();
    return category.isEmpty() || sizes.getOrDefault(category, 0) < RARE ? OTHER : category;
  }

  /** The share of each label in a question. */
  double[] shares(float[] vector) {
    return Shares.softmax(linear.of(vector), sharpness);
  }
}
