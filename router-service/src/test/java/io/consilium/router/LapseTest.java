package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LapseTest {
  @Test
  void chancesAboveHalfAreDrawnTowardsItAndOthersStay() {
    var lapse = new Lapse(0.1, 0.05, 0.2);

    // p − 0.1 · (2p − 1): 1 − 0.1, 0.75 − 0.1 · 0.5, and nothing from ½ down
    assertThat(lapse.of(1)).isCloseTo(0.9, within(1e-12));
    assertThat(lapse.of(0.75)).isCloseTo(0.7, within(1e-12));
    assertThat(lapse.of(0.5)).isEqualTo(0.5);
    assertThat(lapse.of(0.2)).isEqualTo(0.2);
    assertThat(lapse.least(1)).isCloseTo(0.8, within(1e-12));
    assertThat(lapse.most(1)).isCloseTo(0.95, within(1e-12));
    assertThat(Lapse.NONE.of(0.999)).isEqualTo(0.999);
  }

  @Test
  void theOrderOfChancesStays() {
    var lapse = ColdWeights.shipped().lapse();
    double before = -1;
    for (int i = 0; i <= 1_000; i++) {
      double now = lapse.of(i / 1_000.0);
      assertThat(now).isGreaterThan(before);
      assertThat(now >= 0.5).isEqualTo(i >= 500);
      before = now;
    }
  }

  @Test
  void ofCertainForecastsTheShareIsThePosteriorMeanOfTheirErrors() {
    // 3 of 100 wrong, an even prior: Beta(4, 98), mean 4/102; its 10 % and 90 % points by table
    var lapse = Lapse.fit(List.of(certain(100, 3)));

    assertThat(lapse.share()).isCloseTo(4 / 102.0, within(1e-3));
    assertThat(lapse.low()).isCloseTo(0.0174, within(1e-3));
    assertThat(lapse.high()).isCloseTo(0.0649, within(1e-3));
  }

  @Test
  void groupsCountAlikeHoweverManyForecastsTheyHave() {
    // (4/102 + 201/1002) / 2
    var lapse = Lapse.fit(List.of(certain(100, 3), certain(1_000, 200)));

    assertThat(lapse.share()).isCloseTo((4 / 102.0 + 201 / 1_002.0) / 2, within(1e-3));
    assertThat(lapse.low()).isLessThan(0.03);
    assertThat(lapse.high()).isBetween(0.2, 0.22);
  }

  @Test
  void forecastsOfHalfAndLessTellNothing() {
    var unsure = IntStream.range(0, 50).mapToObj(i -> new Lapse.Seen(0.4, false)).toList();

    // what is left is the even prior on [0, ½)
    assertThat(Lapse.fit(List.of(unsure)).share()).isCloseTo(0.25, within(1e-3));
  }

  @Test
  void aShareThatWouldTurnTheOrderIsRefused() {
    assertThatThrownBy(() -> new Lapse(0.3, 0.2, 0.5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Lapse(0.1, 0.2, 0.3)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<Lapse.Seen> certain(int many, int wrong) {
    return IntStream.range(0, many).mapToObj(i -> new Lapse.Seen(1 - 1e-6, i >= wrong)).toList();
  }
}
