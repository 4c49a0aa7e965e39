package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.blend.FittedRouter;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.records.Answers;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a router version learns for the planner, from the outcomes it is fitted to. */
class ExperienceTest {
  private static final List<String> THREE = List.of("a", "b", "c");

  /** Questions that are easy or hard for all alike; wrong answers are the same {@code alike}. */
  private static final class Exam {
    private final Records.Builder records = new Records.Builder();
    private final Answers answers = new Answers();

    private Exam(int items, boolean shared, double alike) {
      var random = new Random(3);
      for (int i = 0; i < items; i++) {
        int subject = i % 3;
        var text = Generated.question(subject, random) + " " + i;
        records.item(Item.of("q" + i, text, text, Generated.SUBJECTS.get(subject)));
        boolean hard = random.nextBoolean();
        for (var expert : THREE) {
          double chance = shared ? (hard ? 0.1 : 0.9) : 0.5;
          boolean right = random.nextDouble() < chance;
          int tokens = expert.equals("a") ? 10 : 1_000;
          records.add("q" + i, expert, right ? 1 : 0, 0.001, tokens);
          answers.add(
              "q" + i, expert, right ? "right" : random.nextDouble() < alike ? "trap" : expert + i);
        }
      }
    }

    private FittedRouter fit(boolean kept) {
      var built = records.build();
      return FittedRouter.fit(
          built,
          kept ? answers : new Answers(),
          built.items().stream().map(item -> Generated.profile(item.text())).toList(),
          "words",
          Generated.DIMENSION,
          1,
          done -> {});
    }
  }

  @Test
  void howExpertsFailTogetherIsMeasuredAndOutlastsWriting() {
    var together = FittedRouter.read(new Exam(240, true, 0.9).fit(true).write());
    var apart = new Exam(240, false, 0.05).fit(true);

    assertThat(together.coFailure().of("").spread()).isGreaterThan(2);
    assertThat(apart.coFailure().of("").spread()).isLessThan(1.2);
    assertThat(together.coFailure().sameWrong("", THREE)).isGreaterThan(0.5);
    assertThat(apart.coFailure().sameWrong("", THREE)).isLessThan(0.3);
    assertThat(together.notes().get("co_failure")).contains("measured on 240 questions");
    assertThat(together.afterReplies()).isNotNull();
  }

  @Test
  void withoutAnswersOnlyTheSpreadIsMeasured() {
    var fitted = new Exam(240, true, 0.9).fit(false);

    assertThat(fitted.coFailure().of("").spread()).isGreaterThan(2);
    assertThat(fitted.coFailure().sameWrong("", THREE))
        .isCloseTo(CoFailure.SAME_WRONG, within(0.01));
    assertThat(fitted.notes().get("co_failure")).contains("assumed: no answers were kept");
    assertThat(fitted.afterReplies().weights()).isEqualTo(AfterReplies.assumed().weights());
  }

  @Test
  void withFewOutcomesOfTheSameQuestionsTheUsualIsAssumedAndSaid() {
    var fitted = new Exam(30, true, 0.9).fit(true);

    assertThat(fitted.coFailure()).isEqualTo(CoFailure.assumed());
    assertThat(fitted.notes().get("co_failure")).startsWith("assumed (spread 1.8)");
  }

  @Test
  void anExpertThatWasSeldomAskedDoesNotHideHowTheOthersFail() {
    var exam = new Exam(240, true, 0.9);
    exam.records.add("q0", "newcomer", 1, 0.001, 10);
    var fitted = exam.fit(true);

    assertThat(fitted.coFailure().experts()).containsExactlyElementsOf(THREE);
    assertThat(fitted.coFailure().of("").spread()).isGreaterThan(2);
  }

  @Test
  void lengthsAndKindsAreForecastOfTheQuestion() {
    var fitted = new Exam(240, true, 0.9).fit(true);
    var question = Generated.profile("Explain contract court clause appeal plea?");
    double[] tokens = fitted.tokens(question, Generated.roster(List.of("b", "a", "stranger")));

    assertThat(tokens[0]).isBetween(700.0, 1_400.0);
    assertThat(tokens[1]).isBetween(7.0, 14.0);
    assertThat(tokens[2]).isNaN();
    assertThat(fitted.kind(question)).isEqualTo("law");
    assertThat(fitted.kind(Generated.blind("anything"))).isEmpty();
  }

  @Test
  void aRiskIsHeldToHeldOutForecasts() {
    var records = new Records.Builder();
    var random = new Random(5);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      int subject = i % 3;
      var text = Generated.question(subject, random) + " " + i;
      texts.add(text);
      records.item(Item.of("q" + i, text, text, Generated.SUBJECTS.get(subject)));
      // law is always solved, the rest is a coin
      for (var expert : THREE) {
        records.add("q" + i, expert, subject == 1 || random.nextBoolean() ? 1 : 0, 0.001, 10);
      }
    }
    var built = records.build();
    var fitted =
        FittedRouter.fit(
            built,
            new Answers(),
            texts.stream().map(Generated::profile).toList(),
            "words",
            Generated.DIMENSION,
            1,
            done -> {});

    assertThat(fitted.minimum(0.1).orElseThrow()).isBetween(0.5, 0.999);
    assertThat(fitted.minimum(0.6).orElseThrow())
        .isLessThanOrEqualTo(fitted.minimum(0.1).orElseThrow());
    assertThat(fitted.minimum(0.001)).isEmpty(); // a hundred held-out questions cannot tell that
  }
}
