package io.consilium.router.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GramTest {
  @Test
  void factorisesAMatrixWorkedByHand() {
    double[] matrix = {4, 0, 0, 2, 10, 0, 6, 9, 22};

    Gram.factorise(matrix, 3);

    // 2; 2/2 = 1, √(10 - 1) = 3; 6/2 = 3, (9 - 3·1)/3 = 2, √(22 - 9 - 4) = 3
    assertThat(matrix).containsExactly(2, 0, 0, 1, 3, 0, 3, 2, 3);
  }

  @Test
  void refusesAMatrixWithoutASolution() {
    assertThatThrownBy(() -> Gram.factorise(new double[] {1, 0, 2, 1}, 2))
        .hasMessageContaining("no solution");
  }

  @Test
  void solvesTheNormalEquationsOfMoreNumbersThanABlockHolds() {
    int width = 21;
    int n = 50;
    var random = new Random(5);
    List<float[]> vectors = new ArrayList<>();
    double[][] targets = new double[n][2];
    int[] fold = new int[n];
    for (int i = 0; i < n; i++) {
      float[] vector = new float[width];
      for (int d = 0; d < width; d++) {
        vector[d] = (float) random.nextGaussian();
      }
      vectors.add(vector);
      targets[i] = new double[] {random.nextGaussian(), 1 + vector[3]};
      fold[i] = i % Gram.FOLDS;
    }
    var gram = new Gram(vectors, fold);

    double[] solution = gram.solve(gram.products(targets), 1, 7);

    // at the optimum Σ xᵢ (yᵢ - f(xᵢ)) = penalty · w, and residuals sum to 0
    for (int t = 0; t < 2; t++) {
      int at = t * (width + 1);
      double[] slope = new double[width + 1];
      int target = t;
      IntStream.range(0, n)
          .filter(i -> fold[i] != 1)
          .forEach(i -> {
            double residual = targets[i][target] - solution[at + width];
            for (int d = 0; d < width; d++) {
              residual -= solution[at + d] * vectors.get(i)[d];
            }
            for (int d = 0; d < width; d++) {
              slope[d] += residual * vectors.get(i)[d];
            }
            slope[width] += residual;
          });
      for (int d = 0; d < width; d++) {
        assertThat(slope[d]).isCloseTo(7 * solution[at + d], within(1e-6));
      }
      assertThat(slope[width]).isCloseTo(0, within(1e-4));
    }
  }
}
