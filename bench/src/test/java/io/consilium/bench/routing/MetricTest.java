package io.consilium.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Figures of four questions and two experts, worked by hand. */
class MetricTest {
  /** Category, outcomes and costs of each question. */
  private static Field field() {
    var records = new Records.Builder();
    double[][] cells = { // correct and cost of weak, then of strong
      {1, 1, 1, 4}, {0, 1, 1, 4}, {0, 1, 1, 4}, {1, 1, 0, 4}
    };
    for (int i = 0; i < cells.length; i++) {
      var id = "q" + i;
      records.item(new Item(id, "question " + i, i < 3 ? "a" : "b", 0.1 * i));
      records.add(id, "weak", cells[i][0], cells[i][1], 1);
      records.add(id, "strong", cells[i][2], cells[i][3], 1);
    }
    return new Field(records.build());
  }

  /** P(weak), P(strong) of each question. */
  private static final double[][] P = {{0.95, 0.85}, {0.25, 0.95}, {0.65, 0.75}, {0.42, 0.45}};

  private static Tape tape(Field field, double[][] p) {
    var row =
        new OneExpertRow(
            "r", "", false, true, false, false, (part, seed) -> question -> p[question]);
    var tape = Tape.of(field, row);
    for (int q = 0; q < p.length; q++) {
      int question = q;
      tape.record(
          question,
          new Row.Turn() {
            @Override
            public double[] scores() {
              return p[question];
            }

            @Override
            public Row.Served serve(double lambda) {
              // prices forecast: 0.01 and 0.04
              int expert = Part.best(p[question], new double[] {0.01, 0.04}, lambda);
              return new Row.Served(
                  field.correct(question, expert),
                  field.records().usd(question, expert),
                  1,
                  p[question][expert]);
            }
          });
    }
    return tape;
  }

  private static double value(Metric metric) {
    var field = field();
    var single = tape(field, new double[][] {{0, 1}, {0, 1}, {0, 1}, {0, 1}}); // always strong
    return metric.of(new Look(field, tape(field, P), single, Draw.once(4)));
  }

  private static void is(Metric metric, double expected) {
    assertThat(value(metric)).as(metric.word()).isCloseTo(expected, within(1e-6));
  }

  @Test
  void scoresAnswersAtNoPrice() {
    is(Metric.ACCURACY, 3 / 4.0); // weak, strong, strong, strong: right, right, right, wrong
    is(Metric.MACRO_ACCURACY, (3 / 3.0 + 0) / 2);
    is(Metric.ROUTED_GAP, Math.abs((0.95 + 0.95 + 0.75 + 0.45) / 4 - 0.75));
  }

  @Test
  void scoresForecastsOverAllCells() {
    // wrong side of a half: q2 weak (.65, 0) and q3 weak (.42, 1); q3 strong (.45, 0) is right
    is(Metric.FORECAST_ACCURACY, 6 / 8.0);
    is(Metric.BRIER, (0.0025 + 0.0225 + 0.0625 + 0.0025 + 0.4225 + 0.0625 + 0.3364 + 0.2025) / 8);
    // bins: .95 .95 -> 1.9 of 2; .85 -> 1; .25 -> 0; .65 -> 0; .75 -> 1; .42 .45 -> .87 of 1
    is(Metric.ECE, (0.1 + 0.15 + 0.25 + 0.65 + 0.25 + 0.13) / 8);
  }

  @Test
  void tracesTheCurveOfCost() {
    // λ = 0: .75 at (1 + 4 + 4 + 4) / 4; λ > 1 brings q3 to weak: 1 at 2.5; λ > 10/3 brings q2
    // to weak: .75 at 1.75; λ > 70/3 brings q1 to weak: .5 at 1
    // envelope: (1, .5), (1.75, .75), (2.5, 1), flat to 4: one line to 2.5
    is(Metric.AIQ, (0.75 * 1.5 + 1 * 1.5) / 3);
    double slope = 0.5 / 1.5;
    is(
        Metric.AIQ_LOG,
        ((0.5 - slope) * Math.log(2.5) + slope * 1.5 + Math.log(4 / 2.5)) / Math.log(4));
    is(Metric.COST_SAVE, 1 - 1.75 / 4); // always strong is right in .75
    is(Metric.PERF_GAIN, (1 - 0.75) / 0.75);
  }

  @Test
  void findsHowMuchOfTheGapOneThresholdRecovers() {
    // gains: -.1, .7, .1, .03; the order of strong calls is q1, q2, q3, q0
    // quantiles of the 4 gains at 0, .1 … 1 give shares 1, .75 ×3, .5 ×3, .25 ×3, 0
    // accuracy at 0, .25, .5, .75, 1 strong: .5, .75, 1, .75, .75
    double area = 0.25 * ((0.5 + 0.75) / 2 + (0.75 + 1) / 2 + (1 + 0.75) / 2 + 0.75);
    is(Metric.APGR, (area - 0.5) / (0.75 - 0.5));
  }

  /** Strong alone, sure of these answers and giving those marked 1; right, right, right, wrong. */
  private static Look choosy(Map<Metric, double[]> notes) {
    var field = field();
    double[] sure = {0.6, 0.9, 0.7, 0.8};
    var row =
        new OneExpertRow("r", "", false, false, false, false, (part, seed) -> question -> sure);
    var tape = Tape.of(field, row);
    for (int q = 0; q < sure.length; q++) {
      int question = q;
      Map<Metric, Double> noted = new EnumMap<>(Metric.class);
      notes.forEach((metric, values) -> noted.put(metric, values[question]));
      tape.record(
          question,
          new Row.Turn() {
            @Override
            public double @Nullable [] scores() {
              return null;
            }

            @Override
            public Row.Served serve(double lambda) {
              return new Row.Served(field.correct(question, 1), 4, 1, sure[question]);
            }

            @Override
            public Map<Metric, Double> notes() {
              return noted;
            }
          });
    }
    return new Look(field, tape, tape, Draw.once(4));
  }

  @Test
  void scoresAnswersThatMayBeWithheld() {
    var look = choosy(Map.of(Metric.COVERAGE, new double[] {1, 1, 0, 1}));

    assertThat(Metric.COVERAGE.of(look)).isEqualTo(3 / 4.0);
    assertThat(Metric.ERROR.of(look)).as("of q0, q1, q3, the last").isEqualTo(1 / 3.0);
    // surest first q1, q3 (wrong), q2, q0: errors of the first, first two, three, four
    assertThat(Metric.AURC.of(look))
        .isCloseTo((0 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0) / 4, within(1e-12));
  }

  @Test
  void aRowThatGivesNoAnswerMakesNoError() {
    var look = choosy(Map.of(Metric.COVERAGE, new double[4]));

    assertThat(Metric.COVERAGE.of(look)).isZero();
    assertThat(Metric.ERROR.of(look)).isNaN();
  }

  @Test
  void aRowThatAlwaysAnswersHasNoCoverage() {
    var look = choosy(Map.of());

    assertThat(List.of(Metric.COVERAGE, Metric.ERROR, Metric.AURC))
        .allSatisfy(metric -> assertThat(metric.of(look)).isNaN());
  }

  @Test
  void countsAQuestionAsOftenAsItIsDrawn() {
    var field = field();
    var tape = tape(field, P);
    var scorer = new Scorer(field, "pool", "usd", 7, Metric.ROUTING);
    var figures = scorer.figures(Map.of("best_single", List.of(tape), "task_table", List.of(tape)));
    assertThat(figures)
        .filteredOn(figure -> figure.metric() == Metric.ACCURACY)
        .allSatisfy(figure -> {
          assertThat(figure.value()).isEqualTo(0.75);
          assertThat(figure.lo())
              .isEqualTo(0.25); // 4 draws with 1/4 wrong each: 5 % have ≥ 3 wrong
          assertThat(figure.hi()).isEqualTo(1);
          assertThat(figure.single()).isEqualTo(new Figure.Gap(0, 0, 0));
        });
  }

  @Test
  void theDifferenceOfTwoRowsIsOfTheSameDraws() {
    var field = field();
    var tapes =
        Map.of(
            "r", List.of(tape(field, P)),
            "best_single", List.of(tape(field, new double[][] {{1, 0}, {1, 0}, {1, 0}, {1, 0}})),
            "task_table", List.of(tape(field, P)));
    var scorer = new Scorer(field, "pool", "usd", 7, Metric.ROUTING);

    var gap = scorer.gap(Metric.ACCURACY, tapes, "r", "best_single");

    assertThat(gap.value()).as("three right against two").isEqualTo(0.25);
    assertThat(scorer.figures(tapes))
        .filteredOn(figure -> figure.row().equals("r") && figure.metric() == Metric.ACCURACY)
        .singleElement()
        .satisfies(figure -> assertThat(gap).isEqualTo(figure.single()));
    assertThat(scorer.gap(Metric.ACCURACY, tapes, "r", "task_table"))
        .isEqualTo(new Figure.Gap(0, 0, 0));
  }

  @Test
  void writesOneLinePerFigureWithoutNaN() {
    var none = new Figure.Gap(Double.NaN, Double.NaN, Double.NaN);
    var figure =
        new Figure(
            "small-11",
            "random",
            Metric.COST_SAVE,
            Double.NaN,
            0.1,
            0.2,
            none,
            none,
            4,
            1,
            Double.NaN,
            "");
    assertThat(figure.json("routing"))
        .isEqualTo(
            """
            {"bench":"routing","pool":"small-11","row":"random","metric":"cost_save","value":null,\
            "lo":0.1,"hi":0.2,"diff":null,"diff_lo":null,"diff_hi":null,"diff_table":null,\
            "diff_table_lo":null,"diff_table_hi":null,"n":4,"calls":1.0,"usd":0.0,"cost":null,\
            "cost_unit":""}\
            """);
  }
}
