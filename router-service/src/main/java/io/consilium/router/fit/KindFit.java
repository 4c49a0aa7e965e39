package io.consilium.router.fit;

import io.consilium.router.planner.KindGuess;
import io.consilium.router.records.Item;

/** Learns to guess what kind of question it is: a ridge on the kinds of the training questions. */
public final class KindFit {
  private static final double RIDGE = 3;

  private KindFit() {}

  /** Learns it, once of each training; categories that are empty are left out. */
  public static KindGuess of(Training training) {
    return training.shared(KindFit.class, () -> learn(training));
  }

  private static KindGuess learn(Training training) {
    var vectors = training.vectors();
    var categories = training.records().items().stream().map(Item::category).toList();
    var names = categories.stream().filter(each -> !each.isEmpty()).distinct().sorted().toList();
    int width = vectors.isEmpty() ? 0 : vectors.getFirst().length;
    float[] mean = new float[width];
    for (var vector : vectors) {
      for (int k = 0; k < width; k++) {
        mean[k] += vector[k] / vectors.size();
      }
    }
    float[] shares = new float[names.size()];
    double[][] targets = new double[vectors.size()][names.size()];
    for (int i = 0; i < targets.length; i++) {
      int kind = names.indexOf(categories.get(i));
      if (kind >= 0) {
        targets[i][kind] = 1;
        shares[kind] += 1f / targets.length;
      }
    }
    float[][] weights = new float[names.size()][width];
    if (names.size() >= 2) {
      double[] solution = training.gram().solve(training.gram().products(targets), Gram.ALL, RIDGE);
      for (int n = 0; n < names.size(); n++) {
        for (int k = 0; k < width; k++) {
          weights[n][k] = (float) solution[n * (width + 1) + k];
        }
      }
    }
    return new KindGuess(names, weights, mean, shares);
  }
}
