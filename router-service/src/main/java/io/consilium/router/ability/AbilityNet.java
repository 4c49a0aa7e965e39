package io.consilium.router.ability;

import io.consilium.expert.index.DotProduct;

/**
 * From a question's vector to what the question asks: a small dense mixture of experts, all active,
 * beside a shared one, as in IrtNet (Chen et al., "Learning Compact Representations of LLM
 * Abilities via Item Response Theory", 2025, arXiv 2510.00844). Sizes are far below the paper's,
 * for thousands of questions rather than tens of thousands.
 *
 * <p>The vector is projected; every part sees the projection through one hidden layer; a softmax of
 * the projection, kept balanced by a bias, weighs the parts.
 *
 * @param inputs length of a question's vector
 * @param dimension of a(x)
 * @param weights all of them, in the order of the offsets below; do not change it
 */
record AbilityNet(int inputs, int dimension, float[] weights) {
  static final int PROJECTED = 64;
  static final int HIDDEN = 32;
  static final int PARTS = 4;

  AbilityNet {
    if (weights.length != size(inputs, dimension)) {
      throw new IllegalArgumentException(
          "a net of %d inputs and %d dimensions has %d weights, not %d"
              .formatted(inputs, dimension, size(inputs, dimension), weights.length));
    }
  }

  /** a(x), the raw a₀ and b. */
  int outputs() {
    return dimension + 2;
  }

  private static final DotProduct DOT = DotProduct.best();

  // every matrix by rows of what it is multiplied with, but for the outputs, a row per hidden unit:
  // projection, then per part (the shared one first): hidden weights and bias, output weights and
  // bias; then the gate's weights and bias
  int part(int part) {
    return inputs * PROJECTED + part * partSize(dimension);
  }

  int hiddenBias(int part) {
    return part(part) + PROJECTED * HIDDEN;
  }

  int out(int part) {
    return hiddenBias(part) + HIDDEN;
  }

  int outBias(int part) {
    return out(part) + HIDDEN * outputs();
  }

  int gate() {
    return part(PARTS + 1);
  }

  int gateBias() {
    return gate() + PROJECTED * PARTS;
  }

  private static int partSize(int dimension) {
    return PROJECTED * HIDDEN + HIDDEN + HIDDEN * (dimension + 2) + dimension + 2;
  }

  static int size(int inputs, int dimension) {
    return inputs * PROJECTED + (PARTS + 1) * partSize(dimension) + PROJECTED * PARTS + PARTS;
  }

  /**
   * What one forward pass leaves behind, for the backward pass; reused from question to question.
   */
  static final class Pass {
    final float[] projected = new float[PROJECTED];
    final float[][] hidden = new float[PARTS + 1][HIDDEN];
    final float[][] says;
    final float[] share = new float[PARTS];
    final float[] out;

    Pass(int outputs) {
      says = new float[PARTS + 1][outputs];
      out = new float[outputs];
    }
  }

  /**
   * Computes the outputs of one vector into {@code pass}.
   *
   * @param mask factors of the hidden units, part by part; empty for none
   */
  void forward(float[] vector, Pass pass, float[] mask) {
    float[] projected = pass.projected;
    for (int k = 0; k < PROJECTED; k++) {
      projected[k] = DOT.of(vector, weights, k * inputs);
    }
    for (int part = 0; part < PARTS; part++) {
      pass.share[part] =
          weights[gateBias() + part] + DOT.of(projected, weights, gate() + part * PROJECTED);
    }
    softmax(pass.share);
    for (int part = 0; part <= PARTS; part++) {
      float[] hidden = pass.hidden[part];
      float[] says = pass.says[part];
      System.arraycopy(weights, outBias(part), says, 0, outputs());
      for (int h = 0; h < HIDDEN; h++) {
        float sum =
            weights[hiddenBias(part) + h] + DOT.of(projected, weights, part(part) + h * PROJECTED);
        hidden[h] = sum <= 0 ? 0 : mask.length == 0 ? sum : sum * mask[part * HIDDEN + h];
        axpy(hidden[h], weights, out(part) + h * outputs(), says);
      }
    }
    System.arraycopy(pass.says[0], 0, pass.out, 0, outputs());
    for (int part = 1; part <= PARTS; part++) {
      axpy(pass.share[part - 1], pass.says[part], 0, pass.out);
    }
  }

  /** The outputs: a(x), raw a₀, b. */
  float[] of(float[] vector) {
    var pass = new Pass(outputs());
    forward(vector, pass, NO_MASK);
    return pass.out;
  }

  static final float[] NO_MASK = {};

  /** {@code to += factor · from[offset…]}. */
  static void axpy(float factor, float[] from, int offset, float[] to) {
    if (factor != 0) {
      for (int j = 0; j < to.length; j++) {
        to[j] += factor * from[offset + j];
      }
    }
  }

  private static void softmax(float[] values) {
    float most = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      most = Math.max(most, value);
    }
    float sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.exp(values[i] - most);
      sum += values[i];
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= sum;
    }
  }

  static double softplus(double x) {
    return x > 30 ? x : Math.log1p(Math.exp(x));
  }
}
