package io.consilium.router.estimator;

import io.consilium.expert.index.DotProduct;

/**
 * Several linear functions of one vector.
 *
 * @param weights one row per function, one after the other
 * @param bias of each
 */
record Linear(float[] weights, double[] bias) {
  private static final DotProduct DOT = DotProduct.best();

  double[] of(float[] vector) {
    double[] values = new double[bias.length];
    for (int t = 0; t < values.length; t++) {
      values[t] = bias[t] + DOT.of(vector, weights, t * vector.length);
    }
    return values;
  }

  /** Functions that are constant. */
  static Linear constant(double[] values, int width) {
    return new Linear(new float[values.length * width], values);
  }
}
