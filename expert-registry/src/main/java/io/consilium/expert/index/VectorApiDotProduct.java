package io.consilium.expert.index;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The dot product in SIMD lanes; loaded only where the incubating Vector API is present. */
final class VectorApiDotProduct implements DotProduct {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  @Override
  public float of(float[] query, float[] rows, int offset) {
    int lanes = SPECIES.length();
    var a = FloatVector.zero(SPECIES);
    var b = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i + 2 * lanes <= query.length; i += 2 * lanes) {
      a =
          FloatVector.fromArray(SPECIES, query, i)
              .fma(FloatVector.fromArray(SPECIES, rows, offset + i), a);
      b =
          FloatVector.fromArray(SPECIES, query, i + lanes)
              .fma(FloatVector.fromArray(SPECIES, rows, offset + i + lanes), b);
    }
    float sum = a.add(b).reduceLanes(VectorOperators.ADD);
    for (; i < query.length; i++) {
      sum += query[i] * rows[offset + i];
    }
    return sum;
  }
}
