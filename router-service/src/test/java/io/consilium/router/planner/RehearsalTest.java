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
 * Three experts that fail independently, right with 0.9, 0.6 and 0.6 by forecast. Where the first
 * says x and both others y, x is right with 0.9 · 0.4 · 0.4 · s = 0.144 s and y with 0.1 · 0.6 ·
 * 0.6 = 0.036, s being how often two that err agree: below s = 1/4 the two are believed and the
 * third is worth asking, above it the first is asked alone. A call costs 0.002.
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
    // as measured the first alone: 150 right, 200 calls. s = 0.4 less 0.5 in log-odds is 0.288,
    // less 1 is 0.197: two calls of 150 questions and three of 50, all right; less 1.5 is the same
    assertThat(rehearsal(200, "wrong", "right", "right").weighing(measured(0.4)))
        .isEqualTo(new Weighing(-1, 0));
  }

  @Test
  void agreementCountsLessWhereThoseWhoAgreeTurnOutWrong() {
    // s = 0.2 believes the two, and 50 answers are wrong; 0.5 more in log-odds is 0.292: the first
    // alone is right in all 200
    assertThat(rehearsal(200, "right", "wrong", "wrong").weighing(measured(0.2)))
        .isEqualTo(new Weighing(0.5, 0));
  }

  @Test
  void whatWasMeasuredStandsWhereNothingDoesBetter() {
    // the first is right everywhere, and alone it is cheapest
    assertThat(rehearsal(200, "right", "right", "right").weighing(measured(0.4)))
        .isEqualTo(Weighing.AS_MEASURED);
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
