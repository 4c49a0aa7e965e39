package io.consilium.router.estimator;

import io.consilium.router.records.Records;

/**
 * Outcomes taken apart: how right an expert is on average, how easy the question is for everybody,
 * and what is left, which alone says whom to choose. They sum to the outcome.
 *
 * @param rates of each expert
 * @param level per item: by how much its known outcomes exceed their experts' means, on average
 * @param contrast per item and expert; NaN where nothing was observed
 */
record Residuals(Rates rates, double[] level, double[][] contrast) {
  static Residuals of(Records records) {
    var rates = Rates.of(records);
    int items = records.items().size();
    int experts = records.experts().size();
    double[] level = new double[items];
    double[][] contrast = new double[items][experts];
    for (int i = 0; i < items; i++) {
      double sum = 0;
      int known = 0;
      for (int e = 0; e < experts; e++) {
        contrast[i][e] = records.correct(i, e) - rates.mean()[e];
        if (records.known(i, e)) {
          sum += contrast[i][e];
          known++;
        }
      }
      level[i] = known == 0 ? 0 : sum / known;
      for (int e = 0; e < experts; e++) {
        contrast[i][e] -= level[i];
      }
    }
    return new Residuals(rates, level, contrast);
  }

  int items() {
    return level.length;
  }

  int experts() {
    return rates.mean().length;
  }
}
