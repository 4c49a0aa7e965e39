package io.consilium.expert.index;

/**
 * The dot product of a vector with a row of a flat matrix; the one kernel that similarity search
 * spends its time in.
 */
public interface DotProduct {
  /**
   * The sum of {@code query[i] * rows[offset + i]} over the length of {@code query}.
   * Implementations add in different orders, so results agree to about six digits, not to the last
   * bit.
   */
  float of(float[] query, float[] rows, int offset);

  /**
   * The sum of {@code query[i] * rows[offset + i]}, exactly. A query lies within ±{@link
   * #QUERY_RANGE}, so that sums of four products fit sixteen bits.
   */
  default int of(short[] query, byte[] rows, int offset) {
    int sum = 0;
    for (int i = 0; i < query.length; i++) {
      sum += query[i] * rows[offset + i];
    }
    return sum;
  }

  /** The largest number of a quantised query. */
  int QUERY_RANGE = 63;

  /**
   * The fastest there is: the Vector API where the JVM was started with {@code --add-modules
   * jdk.incubator.vector}, otherwise the scalar loop, so that a plain {@code java -jar} works.
   */
  static DotProduct best() {
    return Best.KERNEL;
  }

  /** Eight running sums: the compiler does not vectorise a reduction into one. */
  static float scalar(float[] query, float[] rows, int offset) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = 0;
    for (; i + 7 < query.length; i += 8) {
      s0 += query[i] * rows[offset + i];
      s1 += query[i + 1] * rows[offset + i + 1];
      s2 += query[i + 2] * rows[offset + i + 2];
      s3 += query[i + 3] * rows[offset + i + 3];
      s4 += query[i + 4] * rows[offset + i + 4];
      s5 += query[i + 5] * rows[offset + i + 5];
      s6 += query[i + 6] * rows[offset + i + 6];
      s7 += query[i + 7] * rows[offset + i + 7];
    }
    float sum = (s0 + s1) + (s2 + s3) + ((s4 + s5) + (s6 + s7));
    for (; i < query.length; i++) {
      sum += query[i] * rows[offset + i];
    }
    return sum;
  }

  /** Holds the choice; made once, on first use. */
  final class Best {
    private static final DotProduct KERNEL =
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
            ? new VectorApiDotProduct()
            : DotProduct::scalar;

    private Best() {}
  }
}
