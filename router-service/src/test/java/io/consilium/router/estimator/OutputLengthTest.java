package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputLengthTest {
  @Test
  void addsSharedAndOwnLogLength() {
    var length =
        new OutputLength(
            Generated.TRAINING.space(),
            new OutputLength.State(
                List.of("a", "b"),
                Linear.constant(new double[] {0.5}, Generated.TRAINING.space().dimension()),
                Linear.constant(new double[] {0.2, 0}, Generated.TRAINING.space().dimension()),
                new double[] {3, 4},
                new double[] {0.1, 0},
                new boolean[] {true, false}));
    double[] tokens =
        length.tokens(Generated.profile("butter"), Generated.roster(List.of("b", "a", "c")));
    assertThat(tokens[0]).isNaN();
    assertThat(tokens[1]).isCloseTo(Math.exp(3.8) - 1, within(1e-6));
    assertThat(tokens[2]).isNaN();
    // without a vector, the mean of the expert
    assertThat(length.tokens(Generated.blind("butter"), Generated.roster(List.of("a")))[0])
        .isCloseTo(Math.exp(3.1) - 1, within(1e-6));
  }

  @Test
  void learnsWhichQuestionsMakeWhomTalk() {
    var builder = new Records.Builder();
    var random = new Random(5);
    for (int i = 0; i < 240; i++) {
      var text = Generated.question(i % 2, random);
      builder.item(Item.of("q" + i, text, text, ""));
      builder.add("q" + i, "brief", 1, 0, 10);
      builder.add("q" + i, "wordy", 1, 0, i % 2 == 0 ? 400 : 100);
      builder.add("q" + i, "silent", 1, 0, Double.NaN);
    }
    var length = OutputLength.fit(Generated.training(builder.build()));
    var roster = Generated.roster(List.of("brief", "wordy", "silent"));
    double[] cooking = length.tokens(Generated.profile("oven butter dough garlic"), roster);
    double[] law = length.tokens(Generated.profile("court clause verdict appeal"), roster);
    assertThat(cooking[1]).isGreaterThan(2 * law[1]);
    assertThat(cooking[0]).isBetween(6.0, 16.0);
    assertThat(cooking[2]).isNaN();
  }

  @Test
  void takesRecordsWithoutLengths() {
    var none = OutputLength.fit(Generated.training(Generated.records(0, Generated.EXPERTS, 0, 1)));
    assertThat(none.tokens(Generated.profile("butter"), Generated.roster(Generated.EXPERTS)))
        .containsOnly(Double.NaN);
  }
}
