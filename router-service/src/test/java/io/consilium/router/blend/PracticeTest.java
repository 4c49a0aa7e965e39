package io.consilium.router.blend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.records.Answers;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a risk comes to, as plans are practised. */
class PracticeTest {
  private static final List<String> EXPERTS = List.of("a", "b", "c", "d");

  /** Independent of each other, and whoever errs says something of its own. */
  private static final CoFailure APART =
      new CoFailure(Map.of("", new CoFailure.Kind(0, 0.02)), List.of(), new double[0][0]);

  private static final Practice.Learnt LEARNT = new Practice.Learnt(APART, AfterReplies.assumed());

  /** Experts that are each right on 7 questions in 10. */
  private static Practice exam(int items, long seed, boolean alike) {
    var random = new Random(seed);
    var records = new Records.Builder();
    var answers = new Answers();
    for (int i = 0; i < items; i++) {
      var id = "q" + i;
      records.item(Item.of(id, "Question " + seed + " " + i, "Question " + i, ""));
      boolean together = random.nextDouble() < 0.7;
      for (var expert : EXPERTS) {
        boolean right = alike ? together : random.nextDouble() < 0.7;
        records.add(id, expert, right ? 1 : 0, 0.001, 10);
        answers.add(id, expert, right ? "right" : alike ? "trap" : expert);
      }
    }
    double[] p = new double[EXPERTS.size()];
    Arrays.fill(p, 0.7);
    double[][] forecasts = new double[items][];
    Arrays.fill(forecasts, p);
    return new Practice(records.build(), answers, forecasts, Collections.nCopies(items, ""));
  }

  @Test
  void expertsThatAreWrongAloneKeepARiskTogetherOnOtherQuestionsToo() {
    var bounds = exam(150, 1, false).bounds(3, fold -> LEARNT);
    double least = bounds.least(0.05).orElseThrow();

    assertThat(least).as("nobody is that sure alone").isGreaterThan(0.7);
    assertThat(bounds.least(1e-4)).as("150 questions cannot tell that").isEmpty();
    var others = exam(150, 2, false).bounds(3, fold -> LEARNT);
    int at = Arrays.stream(others.from()).boxed().toList().indexOf(least);
    assertThat(others.error()[at]).isLessThan(0.05);
  }

  @Test
  void whereAllErrAlikeAgreementKeepsNoRiskWhateverIsBelieved() {
    assertThat(exam(150, 1, true).bounds(3, fold -> LEARNT).least(0.1)).isEmpty();
  }

  @Test
  void aMinimumMustDoInEverySetting() {
    double[] minimums = {0.9, 0.8, 0.7};
    int[][] given = {{100, 100}, {100, 200}, {100, 200}};
    int[][] wrong = {{0, 0}, {0, 5}, {0, 40}};
    var bounds = Promises.Bounds.of(minimums, given, wrong);

    assertThat(bounds.error()[0]).isCloseTo(1 - Math.pow(0.1, 0.01), within(1e-9)); // .0228
    assertThat(bounds.least(0.03)).hasValue(0.9);
    assertThat(bounds.least(0.05)).hasValue(0.8); // the bound of 5 in 200 is .0459
    assertThat(bounds.least(0.01)).isEmpty();
    assertThat(Promises.Bounds.of(new double[] {0.5}, new int[1][2], new int[1][2]).least(0.9))
        .as("nothing was ever answered")
        .isEmpty();
  }
}
