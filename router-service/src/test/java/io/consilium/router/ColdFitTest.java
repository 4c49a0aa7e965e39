package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColdFitTest {
  @Test
  void rescalingKeepsTheProportionsOfAnExpertsWeightsAndFitsNobodyAnew() {
    // an expert of score 2 is right in 3 of 4, one of score 0 in 1 of 4:
    // scale · 2 − nobody = ln 3 and −nobody = −ln 3, so nobody = ln 3 and scale = ln 3
    List<ConditionalLogit.Labelled> cases = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      cases.add(labelled(1, i % 4 != 0));
      cases.add(labelled(0, i % 4 == 0));
    }
    var rescaled =
        ColdFit.rescaled(new ConditionalLogit(new double[] {1.5, 0.5}, new double[] {-7}), cases);

    double ln3 = Math.log(3);
    assertThat(rescaled.expert())
        .containsExactly(new double[] {1.5 * ln3, 0.5 * ln3}, within(0.01));
    assertThat(rescaled.nobody()).containsExactly(new double[] {ln3}, within(0.01));
  }

  private static ConditionalLogit.Labelled labelled(double feature, boolean right) {
    return new ConditionalLogit.Labelled(
        new ConditionalLogit.Case(new double[][] {{feature, feature}}, new double[] {1}),
        new boolean[] {right},
        1);
  }
}
