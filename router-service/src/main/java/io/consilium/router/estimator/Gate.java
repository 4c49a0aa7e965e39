package io.consilium.router.estimator;

import io.consilium.expert.GateVector;
import io.consilium.expert.index.DotProduct;
import java.util.List;

/** How the owner of an expert trains the gate on its card. */
public final class Gate {
  private static final int ROUNDS = 200;
  private static final double RATE = 2;
  private static final double SHRINK = 1e-3;

  private Gate() {}

  /**
   * Trains a gate, at the owner's: a sigmoid gate that opens for its own requests and stays shut
   * for a shared set of others.
   *
   * @param embedder the id of the embedder the vectors come from
   * @param own vectors of requests the expert serves
   * @param others vectors of requests it does not
   */
  public static GateVector train(String embedder, List<float[]> own, List<float[]> others) {
    if (own.isEmpty() || others.isEmpty()) {
      throw new IllegalArgumentException(
          "a gate needs requests the expert serves and some it does not, not %d and %d"
              .formatted(own.size(), others.size()));
    }
    int width = own.getFirst().length;
    float[] gate = new float[width];
    double bias = 0;
    for (int round = 0; round < ROUNDS; round++) {
      double[] step = new double[width + 1];
      add(own, 1, gate, bias, step);
      add(others, 0, gate, bias, step);
      for (int d = 0; d < width; d++) {
        gate[d] += (float) (RATE * (step[d] - SHRINK * gate[d]));
      }
      bias += RATE * step[width];
    }
    return new GateVector(embedder, gate);
  }

  /** Each side counts half, however many it has. */
  private static void add(
      List<float[]> vectors, double target, float[] gate, double bias, double[] step) {
    for (float[] vector : vectors) {
      double open = Shares.sigmoid(bias + DotProduct.best().of(vector, gate, 0));
      double pull = (target - open) / vectors.size() / 2;
      for (int d = 0; d < vector.length; d++) {
        step[d] += pull * vector[d];
      }
      step[vector.length] += pull;
    }
  }
}
