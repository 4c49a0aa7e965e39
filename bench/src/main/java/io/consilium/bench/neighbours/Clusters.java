package io.consilium.bench.neighbours;

import java.util.Random;

/**
 * Unit vectors as embeddings of questions lie: in clusters, each stretched along a few directions
 * of its own, with a little of everything else. In uniform noise all are equally far, which no
 * question is.
 */
final class Clusters {
  static final int DIMENSION = 384;

  /** Directions in which a cluster is stretched. */
  static final int DIRECTIONS = 16;

  /** Length of a member's way from its centre, next to the centre's length of 1. */
  static final double SPREAD = 0.7;

  /** Of that in directions that are not the cluster's. */
  static final double AMBIENT = 0.15;

  private final float[][] centres;
  private final float[][] directions;

  Clusters(int count, long seed) {
    var random = new Random(seed);
    centres = new float[count][];
    directions = new float[count][];
    for (int c = 0; c < count; c++) {
      centres[c] = gaussian(random, DIMENSION, 1 / Math.sqrt(DIMENSION));
      directions[c] = gaussian(random, DIRECTIONS * DIMENSION, 1 / Math.sqrt(DIMENSION));
    }
  }

  int count() {
    return centres.length;
  }

  /** Another member of any cluster. */
  float[] next(Random random) {
    int cluster = random.nextInt(centres.length);
    float[] vector = centres[cluster].clone();
    float[] own = directions[cluster];
    for (int d = 0; d < DIRECTIONS; d++) {
      float along = (float) (random.nextGaussian() * SPREAD / Math.sqrt(DIRECTIONS));
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] += along * own[d * DIMENSION + i];
      }
    }
    double norm = 0;
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] += (float) (random.nextGaussian() * AMBIENT / Math.sqrt(DIMENSION));
      norm += vector[i] * vector[i];
    }
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] /= (float) Math.sqrt(norm);
    }
    return vector;
  }

  private static float[] gaussian(Random random, int length, double deviation) {
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = (float) (random.nextGaussian() * deviation);
    }
    return vector;
  }
}
