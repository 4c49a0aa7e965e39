package io.consilium.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Forecast;
import io.consilium.expert.Roster;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Rosters;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Answers;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/**
 * Sixty training questions, every fifth of them in the same fold, the first thirty about cats. The
 * first expert is right on one fold only; the second on every other question, which no fit knows.
 */
class ForesightTest {
  /** Forecasts the mean of what it was fitted on, and nothing for the second expert. */
  private static final class Means implements Method {
    private int fits;

    @Override
    public String name() {
      return "means";
    }

    @Override
    public Estimator fit(Training training) {
      fits++;
      int items = training.records().items().size();
      double mean = 0;
      for (int i = 0; i < items; i++) {
        mean += training.records().correct(i, 0) / items;
      }
      double first = mean;
      return new Estimator() {
        @Override
        public String name() {
          return "means";
        }

        @Override
        public Estimates estimate(QuestionProfile profile, Roster roster) {
          return Estimates.of(new double[] {first, 0.9}, new double[] {1, 0}, seat -> "");
        }
      };
    }
  }

  private static String text(int i) {
    return (i < 30 ? "A cat, number " : "A stone, number ") + i;
  }

  private static List<QuestionProfile> profiles(List<Item> items) {
    return items.stream()
        .map(item ->
            QuestionProfiler.recorded(
                item.text(),
                SkillTags.shipped(),
                text ->
                    Optional.of(text.contains("cat") ? new float[] {1, 0} : new float[] {0, 1})))
        .toList();
  }

  private static Part part(boolean answered) {
    var train = new Records.Builder();
    var answers = new Answers();
    for (int i = 0; i < 60; i++) {
      var id = "q" + i;
      // the inner fold is the sixth digit of a seventh of the hash
      train.item(new Item(id, text(i), i < 30 ? "cats" : "stones", 7 * (i + 0.5) / 1e6));
      train.add(id, "first", i % 5 == 0 ? 1 : 0, i < 30 ? 1 : 3, 1);
      train.add(id, "second", i % 2 == 0 ? 1 : 0, 0.5, 1);
      if (answered) {
        answers.add(id, "first", "one");
        answers.add(id, "second", "two");
      }
    }
    var test = new Records.Builder();
    for (int i : new int[] {7, 47}) {
      test.item(new Item("t" + i, text(i), "", 0.5));
      test.add("t" + i, "first", 1, 1, 1);
      test.add("t" + i, "second", 1, 1, 1);
    }
    var records = train.build();
    var asked = test.build();
    var roster = Rosters.of(records.experts());
    var training = Training.of(records, profiles(records.items()), "two-words", 2, 1);
    var questions = profiles(asked.items());
    return new Part(
        Pool.SMALL_10,
        records,
        asked,
        roster,
        () -> questions,
        seed -> training,
        new ExpectedLength(records, asked, roster, () -> training, () -> questions),
        new ConcurrentHashMap<>(),
        answers);
  }

  private static double[] prices(List<Forecast> ahead) {
    return ahead.stream().mapToDouble(Forecast::usd).toArray();
  }

  @Test
  void trainingQuestionsAreForecastByFitsThatDidNotSeeThem() {
    var foresight = Foresight.of(part(true), 1, new Means());

    assertThat(foresight.trained()[5][0]).as("no other fold has a right one").isZero();
    assertThat(foresight.trained()[6][0]).as("12 of 48").isCloseTo(0.25, within(1e-6));
    assertThat(foresight.forecasts()[0][0]).as("12 of all 60").isCloseTo(0.2, within(1e-6));
  }

  @Test
  void anExpertThatNoFitKnowsHasItsMean() {
    var foresight = Foresight.of(part(true), 1, new Means());

    assertThat(foresight.trained()[5][1]).isCloseTo(0.5, within(1e-6));
    assertThat(foresight.forecasts()[1][1]).isCloseTo(0.5, within(1e-6));
  }

  @Test
  void theKindIsGuessedFromTheTextAndGivesThePrice() {
    var part = part(true);
    var foresight = Foresight.of(part, 1, new Means());

    assertThat(foresight.kinds()).containsExactly("cats", "stones");
    assertThat(foresight.trainedKinds().subList(28, 32))
        .containsExactly("cats", "cats", "stones", "stones");
    // thirty at 1 and thirty at 3, with ten more at their mean 2
    assertThat(prices(foresight.ahead(part, 0)))
        .containsExactly(new double[] {(30 * 1 + 10 * 2) / 40.0, 0.5}, within(1e-9));
    assertThat(prices(foresight.aheadOfTraining(part, 59)))
        .containsExactly(new double[] {(30 * 3 + 10 * 2) / 40.0, 0.5}, within(1e-9));
  }

  @Test
  void rowsOfAPartShareIt() {
    var part = part(true);
    var method = new Means();

    assertThat(Foresight.of(part, 1, method)).isSameAs(Foresight.of(part, 1, method));
    assertThat(method.fits).as("five folds and the whole").isEqualTo(6);
    assertThat(Foresight.of(part, 2, method)).isNotSameAs(Foresight.of(part, 1, method));
  }

  @Test
  void withoutRecordedAnswersThereIsNone() {
    assertThatThrownBy(() -> Foresight.of(part(false), 1, new Means()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no answers were recorded");
  }
}
