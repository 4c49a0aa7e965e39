package io.consilium.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RiskContractTest {
  /** Quantiles 0.9 of Beta(k + 1, n − k). */
  @ParameterizedTest
  @CsvSource({
    "0, 10, 0.2056717652757185",
    "5, 100, 0.09077146961407018",
    "30, 500, 0.07598756793318602",
    "3, 3, 1"
  })
  void boundsAShareAsTheTablesDo(int k, int n, double bound) {
    assertThat(RiskContract.upperBound(k, n, 0.9)).isCloseTo(bound, within(1e-9));
  }

  @Test
  void answersAsMuchAsTheContractAllows() {
    // 100 right answers at .9, then 100 of which half are wrong at .5
    double[] p = new double[200];
    boolean[] right = new boolean[200];
    for (int i = 0; i < 200; i++) {
      p[i] = i < 100 ? 0.9 : 0.5;
      right[i] = i < 100 || i % 2 == 0;
    }

    assertThat(RiskContract.minimum(p, right, 0.05)).hasValue(0.9); // bound 1 − .1^(1/100) = .0228
    assertThat(RiskContract.minimum(p, right, 0.4)).hasValue(0.5); // bound of 50 in 200: .295
    assertThat(RiskContract.minimum(p, right, 0.01)).isEmpty();
  }
}
