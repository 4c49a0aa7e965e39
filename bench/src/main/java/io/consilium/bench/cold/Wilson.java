package io.consilium.bench.cold;

/** The interval of a share seen in so many cases (Wilson, 1927). */
record Wilson(double low, double high) {
  /** With {@code z} standard deviations on either side. */
  static Wilson of(double share, int cases, double z) {
    double scale = 1 + z * z / cases;
    double middle = (share + z * z / (2.0 * cases)) / scale;
    double half =
        z / scale * Math.sqrt(share * (1 - share) / cases + z * z / (4.0 * cases * cases));
    return new Wilson(middle - half, middle + half);
  }
}
