package io.consilium.router.estimator;

import io.consilium.expert.index.DotProduct;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Regions of the question space around centroids (k-means, seeded as k-means++: Arthur and
 * Vassilvitskii 2007).
 *
 * @param centroids one row after the other, each as long as a question's vector; numbers beyond
 *     what measures likeness are 0
 * @param half half the squared length of each centroid
 * @param sizes how many training questions lie in each
 */
record Regions(float[] centroids, float[] half, int[] sizes) {
  private static final int ROUNDS = 12;
  private static final DotProduct DOT = DotProduct.best();

  int count() {
    return half.length;
  }

  /**
   * Learns at most {@code k} regions; fewer where there are fewer questions.
   *
   * @param likeness how many leading numbers of a vector measure likeness
   */
  static Regions fit(List<float[]> vectors, int likeness, int k, long seed) {
    int n = vectors.size();
    int width = n == 0 ? 0 : vectors.getFirst().length;
    int regions = Math.min(k, n);
    float[] centroids = new float[regions * width];
    if (regions == 0) {
      return new Regions(centroids, new float[0], new int[0]);
    }
    scatter(vectors, likeness, regions, centroids, new Random(seed));
    float[] half = halves(centroids, regions, width);
    int[] member = new int[n];
    for (int round = 0; round < ROUNDS; round++) {
      Cancellation.check();
      var now = new Regions(centroids, half, new int[regions]);
      boolean moved = round == 0;
      for (int i = 0; i < n; i++) {
        int nearest = now.nearest(vectors.get(i));
        moved |= nearest != member[i];
        member[i] = nearest;
      }
      if (!moved) {
        break;
      }
      centroids = means(vectors, likeness, member, centroids, regions);
      half = halves(centroids, regions, width);
    }
    int[] sizes = new int[regions];
    var last = new Regions(centroids, half, sizes);
    for (float[] vector : vectors) {
      sizes[last.nearest(vector)]++;
    }
    return last;
  }

  private static void scatter(
      List<float[]> vectors, int likeness, int regions, float[] centroids, Random random) {
    int n = vectors.size();
    int width = vectors.getFirst().length;
    double[] far = new double[n];
    Arrays.fill(far, 1);
    double[] own = new double[n]; // squared lengths
    for (int i = 0; i < n; i++) {
      for (int d = 0; d < likeness; d++) {
        own[i] += vectors.get(i)[d] * vectors.get(i)[d];
      }
    }
    for (int r = 0; r < regions; r++) {
      double total = Arrays.stream(far).sum();
      double at = random.nextDouble() * total;
      int chosen = 0;
      while (chosen < n - 1 && (at -= far[chosen]) > 0) {
        chosen++;
      }
      System.arraycopy(vectors.get(chosen), 0, centroids, r * width, likeness);
      float[] centre = Arrays.copyOfRange(centroids, r * width, (r + 1) * width);
      double square = DOT.of(centre, centre, 0);
      for (int i = 0; i < n; i++) {
        double distance = Math.max(0, own[i] + square - 2 * DOT.of(centre, vectors.get(i), 0));
        far[i] = r == 0 ? distance : Math.min(far[i], distance);
      }
    }
  }

  private static float[] means(
      List<float[]> vectors, int likeness, int[] member, float[] before, int regions) {
    int width = vectors.getFirst().length;
    double[] sums = new double[regions * width];
    int[] sizes = new int[regions];
    for (int i = 0; i < member.length; i++) {
      float[] vector = vectors.get(i);
      sizes[member[i]]++;
      for (int d = 0; d < likeness; d++) {
        sums[member[i] * width + d] += vector[d];
      }
    }
    float[] means = before.clone();
    for (int r = 0; r < regions; r++) {
      for (int d = 0; d < likeness && sizes[r] > 0; d++) {
        means[r * width + d] = (float) (sums[r * width + d] / sizes[r]);
      }
    }
    return means;
  }

  private static float[] halves(float[] centroids, int regions, int width) {
    float[] half = new float[regions];
    for (int r = 0; r < regions; r++) {
      for (int d = 0; d < width; d++) {
        half[r] += centroids[r * width + d] * centroids[r * width + d] / 2;
      }
    }
    return half;
  }

  /** The region whose centroid is nearest; -1 when there is none. */
  int nearest(float[] vector) {
    int best = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int r = 0; r < half.length; r++) {
      double score = DOT.of(vector, centroids, r * vector.length) - half[r];
      if (score > most) {
        most = score;
        best = r;
      }
    }
    return best;
  }

  /** Of each region, minus half the squared distance to its centroid, up to a shared constant. */
  double[] scores(float[] vector) {
    double[] scores = new double[half.length];
    for (int r = 0; r < half.length; r++) {
      scores[r] = DOT.of(vector, centroids, r * vector.length) - half[r];
    }
    return scores;
  }

  /** The region of every question. */
  int[] of(List<float[]> vectors) {
    return vectors.stream().mapToInt(this::nearest).toArray();
  }
}
