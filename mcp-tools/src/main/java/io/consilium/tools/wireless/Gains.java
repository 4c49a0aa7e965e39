package io.consilium.tools.wireless;

/**
 * Complex numbers, in whatever order their owner says.
 *
 * @param re real parts
 * @param im imaginary parts, as many
 */
record Gains(double[] re, double[] im) {
  static Gains zero(int size) {
    return new Gains(new double[size], new double[size]);
  }

  int size() {
    return re.length;
  }

  /** The squared size of one. */
  double power(int at) {
    return re[at] * re[at] + im[at] * im[at];
  }

  /** The sum of all squared sizes. */
  double power() {
    double sum = 0;
    for (int i = 0; i < re.length; i++) {
      sum += power(i);
    }
    return sum;
  }

  /** Each one's squared size. */
  double[] powers() {
    var powers = new double[re.length];
    for (int i = 0; i < powers.length; i++) {
      powers[i] = power(i);
    }
    return powers;
  }
}
