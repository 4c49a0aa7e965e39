package io.consilium.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AfterRepliesTest {
  @Test
  void beforeAnythingWasFittedTheBeliefIsTheAnswer() {
    assertThat(AfterReplies.assumed().p(seen(0.73, "any"))).isCloseTo(0.73, within(1e-9));
  }

  @Test
  void learnsWhereBeliefsAreTooHighOrTooLow() {
    var random = new Random(3);
    List<AfterReplies.Case> cases = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      boolean maths = i % 2 == 0;
      double belief = 0.3 + 0.6 * random.nextDouble();
      double truth = maths ? belief * 0.6 : 1 - (1 - belief) * 0.6;
      cases.add(
          new AfterReplies.Case(
              seen(belief, maths ? "maths" : "law"), random.nextDouble() < truth));
    }

    var fitted = AfterReplies.fit(cases);

    assertThat(fitted.p(seen(0.7, "maths"))).isCloseTo(0.42, within(0.05));
    assertThat(fitted.p(seen(0.7, "law"))).isCloseTo(0.82, within(0.05));
    assertThat(fitted.p(seen(0.7, "unheard of"))).isBetween(0.42, 0.82);
  }

  private static AfterReplies.Seen seen(double belief, String kind) {
    return new AfterReplies.Seen(belief, 1, 1, 0, 20, kind);
  }
}
