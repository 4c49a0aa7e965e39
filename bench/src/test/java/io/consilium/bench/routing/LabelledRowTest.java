package io.consilium.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.estimator.RidgeEstimator;
import io.consilium.router.fit.Rosters;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Answers;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The weak expert is right about law and the strong one about art, which no text tells. */
class LabelledRowTest {
  private static List<QuestionProfile> profiles(List<Item> items) {
    return items.stream()
        .map(item ->
            QuestionProfiler.recorded(
                item.text(), SkillTags.shipped(), text -> Optional.of(new float[] {1, 0})))
        .toList();
  }

  private static Part part(Pool pool, String... categories) {
    var train = new Records.Builder();
    for (int i = 0; i < 120; i++) {
      var category = categories[i % categories.length];
      train.item(new Item("q" + i, "The same question " + i, category, i / 160.0));
      train.add("q" + i, "weak", category.equals("law") ? 1 : 0, 1, 1);
      train.add("q" + i, "strong", category.equals("law") ? 0 : 1, 1, 1);
    }
    var test = new Records.Builder();
    for (var category : List.of("law", "art", "tax")) {
      test.item(new Item(category, "The same question", category, 0.9));
      test.add(category, "weak", 1, 1, 1);
      test.add(category, "strong", 1, 1, 1);
    }
    var records = train.build();
    var asked = test.build();
    var roster = Rosters.of(records.experts());
    var training = Training.of(records, profiles(records.items()), "one-word", 2, 1);
    var questions = profiles(asked.items());
    return new Part(
        pool,
        records,
        asked,
        roster,
        () -> questions,
        training::seeded,
        new ExpectedLength(records, asked, roster, () -> training, () -> questions),
        new ConcurrentHashMap<>(),
        new Answers());
  }

  private static double[] scores(Row.Fitted fitted, int question) {
    return Objects.requireNonNull(fitted.turn(question).scores());
  }

  @Test
  void aMethodThatIsToldTheCategoryLearnsFromIt() {
    var fitted =
        LabelledRow.of(new RidgeEstimator()).fit(part(Pool.ROUTELLM_MMLU, "law", "art"), 1);

    double[] law = scores(fitted, 0);
    double[] art = scores(fitted, 1);
    double[] tax = scores(fitted, 2);
    assertThat(law[0] - law[1]).isGreaterThan(0.1);
    assertThat(art[1] - art[0]).isGreaterThan(0.1);
    assertThat(Math.abs(tax[0] - tax[1])).as("a category it never saw").isLessThan(0.1);
  }

  @Test
  void thereIsNothingToTellOfOneCategory() {
    var row = LabelledRow.of(new RidgeEstimator());
    assertThat(row.name()).isEqualTo("ridge+label");
    assertThatThrownBy(() -> row.fit(part(Pool.ROUTELLM_MMLU, "law"), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no categories");
    assertThatThrownBy(() -> row.fit(part(Pool.SMALL_10, "law", "art"), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two experts");
  }
}
