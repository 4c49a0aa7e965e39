package io.consilium.router.ability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class IdentifiedTest {
  private static final Offset<Double> CLOSE = within(1e-4);
  private static final int D = 2;
  private static final int EXPERTS = 5;

  private final Random random = new Random(5);
  private final AbilityNet net = net();
  private final double[][] fitted = fitted();

  private AbilityNet net() {
    float[] weights = new float[AbilityNet.size(7, D)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian() / 4;
    }
    return new AbilityNet(7, D, weights);
  }

  private double[][] fitted() {
    double[][] fitted = new double[EXPERTS][D + 2];
    for (double[] ability : fitted) {
      for (int k = 0; k < ability.length; k++) {
        ability[k] = 1 + 2 * random.nextGaussian();
      }
    }
    return fitted;
  }

  @Test
  void turnsAbilitiesTowardsTheVersionBefore() {
    // a quarter turn takes (1, 0) to (0, 1) and (0, 1) to (−1, 0)
    var turn =
        Identified.rotation(
            new double[][] {{1, 0}, {0, 1}},
            List.of(new double[] {9, 0, 1, 9}, new double[] {9, -1, 0, 9}),
            2);
    assertThat(turn.get(0, 0)).isCloseTo(0, CLOSE);
    assertThat(turn.get(0, 1)).isCloseTo(-1, CLOSE);
    assertThat(turn.get(1, 0)).isCloseTo(1, CLOSE);
    assertThat(turn.get(1, 1)).isCloseTo(0, CLOSE);
  }

  @Test
  void centresAndWhitensWithoutChangingAnyForecast() {
    var identified = Identified.of(net, fitted, 1, List.of());
    for (int r = 0; r <= D; r++) {
      for (int c = r; c <= D; c++) {
        double sum = 0;
        double mean = 0;
        for (double[] ability : identified.abilities()) {
          sum += ability[r] * ability[c] / EXPERTS;
          mean += ability[r] / EXPERTS;
        }
        assertThat(mean).isCloseTo(0, CLOSE);
        if (r > 0 || c == 0) { // g and θ may go together
          assertThat(sum).isCloseTo(r == c ? 1 : 0, CLOSE);
        }
      }
    }
    for (int i = 0; i < 20; i++) {
      float[] vector = vector();
      for (int e = 0; e < EXPERTS; e++) {
        assertThat(logOdds(identified, vector, e)).isCloseTo(before(vector, e), within(1e-3));
      }
    }
  }

  @Test
  void comesOutTheSameFromAnyTurnOfTheSameFit() {
    var first = Identified.of(net, fitted, 2, List.of());
    List<double[]> previous = new ArrayList<>(List.of(first.abilities()));
    // the same fit in other coordinates: θ sheared and shifted
    double[][] other = new double[EXPERTS][];
    for (int e = 0; e < EXPERTS; e++) {
      double[] was = fitted[e];
      other[e] = new double[] {was[0], 2 * was[1] + was[2] + 3, was[2] - was[1] - 1, was[3]};
    }
    var again = Identified.of(net, other, 2, List.copyOf(previous));
    for (int e = 0; e < EXPERTS; e++) {
      for (int k = 0; k < D + 2; k++) {
        assertThat(again.abilities()[e][k]).isCloseTo(first.abilities()[e][k], CLOSE);
      }
    }
  }

  private float[] vector() {
    float[] vector = new float[7];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private double before(float[] vector, int e) {
    float[] out = net.of(vector);
    double[] ability = fitted[e];
    return AbilityNet.softplus(out[D]) * ability[0]
        + out[0] * ability[1]
        + out[1] * ability[2]
        + ability[3]
        - out[3];
  }

  private static double logOdds(Identified identified, float[] vector, int e) {
    float[] out = identified.net().of(vector);
    double level = identified.levelScale() * AbilityNet.softplus(out[D]);
    double[] ability = identified.abilities()[e];
    return level * ability[0]
        + out[0] * ability[1]
        + out[1] * ability[2]
        + ability[3]
        - (out[3] - identified.levelShift() * level);
  }
}
