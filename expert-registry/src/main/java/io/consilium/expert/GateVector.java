package io.consilium.expert;

import java.util.Arrays;

/**
 * The direction of the questions an expert is for, as its owner trained it (PHATGOOSE, Muqeeth et
 * al. 2024, arXiv 2402.05859): the one thing the owner ships, so that no data leaves the owner.
 *
 * @param embedder the id of the embedder the vector belongs to; with another it says nothing
 * @param vector as long as the embedder's; not all zero
 */
public record GateVector(String embedder, float[] vector) {
  public GateVector {
    if (embedder.isBlank()) {
      throw ExpertException.invalid(
          "gate", "a gate names the embedder its vector belongs to, as in routers show");
    }
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    if (!(squares > 0) || Double.isInfinite(squares)) {
      throw ExpertException.invalid(
          "gate", "a gate's vector holds finite numbers that are not all 0");
    }
    vector = vector.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GateVector that
        && embedder.equals(that.embedder)
        && Arrays.equals(vector, that.vector);
  }

  @Override
  public int hashCode() {
    return 31 * embedder.hashCode() + Arrays.hashCode(vector);
  }

  @Override
  public String toString() {
    return "%d numbers in %s".formatted(vector.length, embedder);
  }
}
