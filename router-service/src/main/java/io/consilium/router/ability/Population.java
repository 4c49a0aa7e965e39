package io.consilium.router.ability;

import java.util.Arrays;
import java.util.stream.IntStream;

/** What is expected of an expert of which nothing is known: mean and covariance of the others. */
final class Population {
  /** As many experts' worth of plain unit variances are added. */
  private static final double PSEUDO = 2;

  private Population() {}

  /**
   * The population of fitted experts.
   *
   * @param abilities per expert (g, θ, c)
   * @param seen outcomes of each
   * @param sparse experts with fewer outcomes are left out, unless too few would be left
   * @param k numbers of an ability
   */
  static Ability of(double[][] abilities, double[] seen, int sparse, int k) {
    int[] all = IntStream.range(0, abilities.length).toArray();
    int[] well = Arrays.stream(all).filter(e -> seen[e] >= sparse).toArray();
    int[] members = well.length >= 3 ? well : all;
    double[] mean = new double[k];
    for (int e : members) {
      for (int r = 0; r < k; r++) {
        mean[r] += abilities[e][r] / members.length;
      }
    }
    double[] covariance = new double[k * k];
    for (int e : members) {
      for (int r = 0; r < k; r++) {
        for (int c = 0; c < k; c++) {
          covariance[r * k + c] +=
              (abilities[e][r] - mean[r]) * (abilities[e][c] - mean[c]) / (members.length + PSEUDO);
        }
      }
    }
    for (int r = 0; r < k; r++) {
      covariance[r * k + r] += PSEUDO / (members.length + PSEUDO);
    }
    return new Ability(mean, covariance);
  }
}
