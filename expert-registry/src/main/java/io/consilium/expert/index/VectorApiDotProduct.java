package io.consilium.expert.index;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The dot product in SIMD lanes; loaded only where the incubating Vector API is present. */
final class VectorApiDotProduct implements DotProduct {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /** As many bytes as there are shorts in a vector. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));

  @Override
  public int of(short[] query, byte[] rows, int offset) {
    int lanes = SHORTS.length();
    var sums = IntVector.zero(INTS);
    int i = 0;
    for (; i + 4 * lanes <= query.length; i += 4 * lanes) {
      var products =
          product(query, rows, i, offset)
              .add(product(query, rows, i + lanes, offset))
              .add(product(query, rows, i + 2 * lanes, offset))
              .add(product(query, rows, i + 3 * lanes, offset));
      sums =
          sums.add(products.convertShape(VectorOperators.S2I, INTS, 0))
              .add(products.convertShape(VectorOperators.S2I, INTS, 1));
    }
    int sum = sums.reduceLanes(VectorOperators.ADD);
    for (; i < query.length; i++) {
      sum += query[i] * rows[offset + i];
    }
    return sum;
  }

  private static ShortVector product(short[] query, byte[] rows, int i, int offset) {
    return ((ShortVector)
            ByteVector.fromArray(BYTES, rows, offset + i)
                .convertShape(VectorOperators.B2S, SHORTS, 0))
        .mul(ShortVector.fromArray(SHORTS, query, i));
  }

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
