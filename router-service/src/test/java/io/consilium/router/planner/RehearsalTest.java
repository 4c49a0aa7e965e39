package io.consilium.router.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.router.planner.CoFailure.Weighing;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Three experts that fail independently, right with 0.9, 0.6 and 0.6 by forecast. The less often
 * two that err agree (s), the more likely those who agree are right.
 */
class RehearsalTest {
  private static final String[] AGREED = {"right", "right", "right"};

  /** What three experts answer to the last 50 of some questions; to the others all are right. */
  private static Rehearsal rehearsal(int questions, String... split) {
    var records = new Records.Builder();
    List<String[]> said = new ArrayList<>();
    for (int i = 0; i < questions; i++) {
      said.add(i < questions - 50 ? AGREED : split);
      records.item(new Item("q" + i, "question " + i, "", 0));
      for (int e = 0; e < split.length; e++) {
        double right = said.get(i)[e].equals("right") ? 1 : 0;
        records.add("q" + i, "e" + e, right, Double.NaN, Double.NaN);
      }
    }
    double[][] forecasts = new double[questions][];
    Arrays.fill(forecasts, new double[] {0.9, 0.6, 0.6});
    return new Rehearsal(
        records.build(),
        forecasts,
        Collections.nCopies(questions, ""),
        (item, expert) -> Optional.of(said.get(item)[expert]),
        IntStream.range(0, questions).boxed().toList());
  }

  private static CoFailure measured(double sameWrong) {
    return new CoFailure(
        Map.of("", new CoFailure.Kind(0, sameWrong)), List.of("e0", "e1", "e2"), new double[3][3]);
  }

  @Test
  void agreementCountsMoreWhereThoseWhoAgreeTurnOutRight() {
    // log-likelihood from s = 0.4: -286.3, 0.5 less in log-odds -275.6, 1 less -265.2, 1.5 less
    // -256.2, 0.5 more -296.4: the least there is to choose from
    assertThat(rehearsal(200, "wrong", "right", "right").weighing(measured(0.4)))
        .isEqualTo(new Weighing(1, -1.5, 0));
  }

  @Test
  void agreementCountsLessWhereThoseWhoAgreeTurnOutWrong() {
    // from s = 0.2: -77.3, 0.5 less -89.1, 0.5 more -68.8, 1 more -63.2
    assertThat(rehearsal(200, "right", "wrong", "wrong").weighing(measured(0.2)))
        .isEqualTo(new Weighing(1, 1, 0));
  }

  @Test
  void theLikeliestFailTogetherMoreWhereAllOfThemAreWrongAtOnce() {
    var spread =
        new CoFailure(
            Map.of("", new CoFailure.Kind(1, 0.1)), List.of("e0", "e1", "e2"), new double[3][3]);

    assertThat(rehearsal(200, "wrong", "worse", "worst").weighing(spread).stretch())
        .isGreaterThan(1);
  }

  @Test
  void fewQuestionsSettleNothing() {
    assertThat(rehearsal(199, "wrong", "right", "right").weighing(measured(0.4)))
        .isEqualTo(Weighing.AS_MEASURED);
  }

  @Test
  void questionsWithoutAnswersSettleNothing() {
    var kept = rehearsal(200, "wrong", "right", "right");
    var without =
        new Rehearsal(
            kept.records(),
            kept.forecasts(),
            kept.kinds(),
            (item, expert) -> Optional.empty(),
            kept.items());

    assertThat(without.weighing(measured(0.4))).isEqualTo(Weighing.AS_MEASURED);
  }
}
