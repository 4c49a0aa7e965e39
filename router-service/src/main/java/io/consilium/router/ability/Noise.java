package io.consilium.router.ability;

/** Noise near enough to a Gaussian and far cheaper: the sum of four uniform numbers. */
final class Noise {
  private long state;

  Noise(long seed) {
    state = seed | 1;
  }

  private long bits() {
    state ^= state << 13;
    state ^= state >>> 7;
    state ^= state << 17;
    return state;
  }

  /** From 0 to 1. */
  float uniform() {
    return (bits() >>> 40) / (float) (1 << 24);
  }

  float next() {
    long bits = bits();
    int sum =
        (int) (bits & 0xffff)
            + (int) (bits >>> 16 & 0xffff)
            + (int) (bits >>> 32 & 0xffff)
            + (int) (bits >>> 48 & 0xffff);
    // four uniforms have variance 4/12
    return (sum / 65_536f - 2) * 1.7320508f;
  }
}
