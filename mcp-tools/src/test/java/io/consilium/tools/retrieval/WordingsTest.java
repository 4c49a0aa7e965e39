package io.consilium.tools.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordingsTest {
  /**
   * One tool was asked "rain tomorrow", one "rain share", one nothing: six terms, two of them rain.
   */
  private static Wordings two() {
    return Wordings.of(
        List.of(Wordings.terms("rain tomorrow"), Wordings.terms("rain share")),
        List.of(new int[] {0}, new int[] {1}),
        3);
  }

  @Test
  void aTextHasItsWordsAndItsPairsOfNeighboursEachOnce() {
    assertThat(Wordings.terms("")).isEmpty();
    assertThat(Wordings.terms("rain")).hasSize(1);
    assertThat(Wordings.terms("rain tomorrow rain")).hasSize(4).isSorted();
    assertThat(Wordings.terms("rain tomorrow")).isNotEqualTo(Wordings.terms("tomorrow rain"));
  }

  @Test
  void likelihoodsAreThoseWorkedByHand() {
    // with 50 terms of what all are asked: (1 + 50/6) / (53 × 1/6) = 56/53, and 50/53 without
    assertThat(two().likelihoods(Wordings.terms("tomorrow"), 3))
        .containsExactly(new double[] {Math.log(56 / 53.), Math.log(50 / 53.), 0}, within(1e-6));
    // rain is a third of all and a third of each: (1 + 50/3) / (53 × 1/3) = 1
    assertThat(two().likelihoods(Wordings.terms("rain"), 3))
        .containsExactly(new double[] {0, 0, 0}, within(1e-6));
    // two words and their pair: 0 for rain, the same as for tomorrow twice
    assertThat(two().likelihoods(Wordings.terms("rain tomorrow"), 3))
        .containsExactly(
            new double[] {2 * Math.log(56 / 53.), 2 * Math.log(50 / 53.), 0}, within(1e-6));
  }

  @Test
  void termsThatNobodyWasAskedSayNothing() {
    assertThat(two().likelihoods(Wordings.terms("snow storm"), 3)).containsExactly(0, 0, 0);
    assertThat(Wordings.of(List.of(), List.of(), 2).likelihoods(Wordings.terms("rain"), 2))
        .containsExactly(0, 0);
  }

  @Test
  void aRequestThatTwoToolsServedCountsForBoth() {
    var both = Wordings.of(List.of(Wordings.terms("rain")), List.of(new int[] {0, 1}), 2);

    double[] likelihoods = both.likelihoods(Wordings.terms("rain"), 2);

    assertThat(likelihoods[0]).isEqualTo(likelihoods[1]);
  }
}
