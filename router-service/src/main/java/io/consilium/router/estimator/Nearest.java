package io.consilium.router.estimator;

/** The {@code k} most alike items offered so far, kept sorted by insertion, best first. */
final class Nearest {
  private final int[] items;
  private final float[] likeness;
  private int size;

  Nearest(int k) {
    items = new int[k];
    likeness = new float[k];
  }

  /** Ties go to the item offered earlier. */
  void offer(int item, float value) {
    if (size == items.length && value <= likeness[size - 1]) {
      return;
    }
    int at = size < items.length ? size++ : size - 1;
    while (at > 0 && likeness[at - 1] < value) {
      likeness[at] = likeness[at - 1];
      items[at] = items[at - 1];
      at--;
    }
    likeness[at] = value;
    items[at] = item;
  }

  int size() {
    return size;
  }

  int item(int j) {
    return items[j];
  }

  float likeness(int j) {
    return likeness[j];
  }

  /**
   * How much each counts: a Gaussian of its distance beyond the nearest's, as wide as that of the
   * farthest kept; 1 for the nearest.
   */
  double[] kernels() {
    double[] kernels = new double[size];
    for (int j = 0; j < size; j++) {
      double spread = likeness[0] - likeness[size - 1];
      kernels[j] = spread <= 1e-9 ? 1 : Math.exp((likeness[j] - likeness[0]) / spread);
    }
    return kernels;
  }
}
