package io.consilium.router.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.expert.testing.LengthEmbedder;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import io.consilium.router.records.HashRange;
import io.consilium.router.records.Imported;
import io.consilium.router.records.RecordFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  @TempDir Path folder;

  /** Sure that the sums expert is right where digits are, the words expert elsewhere. */
  private static final class Digits implements Method, Estimator {
    @Override
    public String name() {
      return "digits";
    }

    @Override
    public Estimator fit(Training training) {
      assertThat(training.records().items()).isNotEmpty();
      return this;
    }

    @Override
    public Estimates estimate(QuestionProfile profile, Roster roster) {
      boolean sum = profile.text().chars().anyMatch(Character::isDigit);
      double[] p =
          roster.cards().stream()
              .mapToDouble(card -> card.id().equals("sums") == sum ? 0.9 : 0.1)
              .toArray();
      return Estimates.of(p, new double[] {1, 1}, i -> "");
    }
  }

  /** Sure of sums, which are right; not so sure of words, half of which are wrong. */
  private static final class Unsure implements Method, Estimator {
    private final double weight;

    private Unsure(double weight) {
      this.weight = weight;
    }

    @Override
    public String name() {
      return "unsure";
    }

    @Override
    public Estimator fit(Training training) {
      return this;
    }

    @Override
    public Estimates estimate(QuestionProfile profile, Roster roster) {
      boolean sum = profile.text().chars().anyMatch(Character::isDigit);
      double[] p =
          roster.cards().stream()
              .mapToDouble(card -> card.id().equals("sums") == sum ? sum ? 0.95 : 0.6 : 0.1)
              .toArray();
      return Estimates.of(p, new double[] {weight, weight}, i -> "");
    }
  }

  /** Sums is always right on sums, words on half of the rest; 600 questions. */
  private Imported unsureLog() throws IOException {
    var text = new StringBuilder("question,expert,correct,cost\n");
    for (int i = 0; i < 600; i++) {
      boolean sum = i % 2 == 0;
      var question = sum ? "what is " + i + " plus two" : "who wrote " + letters(i);
      text.append("%s,sums,%d,0.01%n".formatted(question, sum ? 1 : 0));
      text.append("%s,words,%d,0.02%n".formatted(question, i % 4 == 1 ? 1 : 0));
    }
    var file = Files.writeString(folder.resolve("unsure.csv"), text);
    return RecordFormat.of(file).read(file);
  }

  private static String letters(int i) {
    return Integer.toString(i, 26)
        .chars()
        .map(c -> 'a' + Character.digit(c, 26))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void holdsAnswersToARiskAsTheServiceDoes() throws IOException {
    var held = replay(unsureLog(), new Unsure(1), "risk: 0.2\nminimum: 0");

    // only sums are answered: of words half are wrong
    assertThat(held.lines().getFirst().accuracy()).isBetween(0.4, 0.6);
    assertThat(held.lines().getFirst().abstained())
        .isCloseTo(1 - held.lines().getFirst().accuracy(), within(1e-9));
    assertThat(held.notes())
        .anySatisfy(
            note -> assertThat(note).contains("it takes a forecast of 0.950", "0.00 % were wrong"));
    var loose = replay(unsureLog(), new Unsure(1), "risk: 0.6\nminimum: 0");
    assertThat(loose.lines().getFirst().abstained()).isZero();
    assertThat(loose.lines().getFirst().accuracy()).isBetween(0.65, 0.85);
    var strict = replay(unsureLog(), new Unsure(1), "risk: 0.001");
    assertThat(strict.lines().getFirst().abstained()).isEqualTo(1);
    assertThat(strict.notes()).anyMatch(note -> note.contains("no forecast was that sure"));
  }

  @Test
  void whoHasFewOutcomesIsNotHeldToARisk() throws IOException {
    var played = replay(unsureLog(), new Unsure(0.2), "risk: 0.6\nminimum: 0");

    assertThat(played.lines().getFirst().abstained()).isEqualTo(1);
  }

  @Test
  void whoCostsMoreThanTheBudgetIsNotAsked() throws IOException {
    // words costs two cents, sums one
    var policy = replay("minimum: 0\nbudget-usd: 0.015").lines().getFirst();
    assertThat(policy.usd()).isCloseTo(0.01, within(1e-6));
  }

  /** Asks the first expert of a plan; what the aggregator does with plans of one. */
  private static Answer first(
      Route route, Question question, Function<String, Expert> experts, Consumer<Reply> onReply) {
    if (!(route.plan() instanceof Plan.One one)) {
      return Answer.refused("nobody");
    }
    var expert = experts.apply(one.expert());
    var answer = expert.answer(question, (Delta delta) -> {});
    onReply.accept(new Reply.Answered(expert.card(), null, Duration.ZERO, answer, 0));
    return answer;
  }

  /** Sums is right on sums for a cent, words on the rest for two; 60 questions. */
  private Imported log() throws IOException {
    var text = new StringBuilder("question,expert,correct,cost,category\n");
    for (int i = 0; i < 60; i++) {
      boolean sum = i % 3 == 0;
      var question = sum ? "what is " + i + " plus two" : "who wrote " + "abc".repeat(i);
      var category = sum ? "arithmetic" : "books";
      text.append("%s,sums,%d,0.01,%s%n".formatted(question, sum ? 1 : 0, category));
      text.append("%s,words,%d,0.02,%s%n".formatted(question, sum ? 0 : 1, category));
    }
    var file = Files.writeString(folder.resolve("log.csv"), text);
    return RecordFormat.of(file).read(file);
  }

  private ReplayResult replay(String policy) throws IOException {
    return replay(log(), new Digits(), policy);
  }

  private ReplayResult replay(Imported log, Method method, String policy) {
    return new Replay(
            log,
            ReplayPolicy.parse(policy, "policy.yaml"),
            method,
            new CachedEmbedder(new LengthEmbedder(), folder.resolve("cache")),
            ReplayTest::first,
            said -> {})
        .run(new HashRange(0, 0.5), new HashRange(0.5, 1));
  }

  @Test
  void playsAPolicyNextToRandomBestSingleAndOracle() throws IOException {
    var result = replay("policy: balanced");
    assertThat(result.asked() + result.learnt()).isEqualTo(60);
    assertThat(result.lines())
        .extracting(ReplayResult.Line::name)
        .containsExactly("policy", "random", "best_single", "oracle");
    var policy = result.lines().get(0);
    assertThat(policy.accuracy()).isEqualTo(1);
    assertThat(policy.calls()).isEqualTo(1);
    assertThat(policy.abstained()).isZero();
    assertThat(policy.usd()).isCloseTo(result.lines().get(3).usd(), within(1e-9));
    assertThat(result.lines().get(1).accuracy()).isCloseTo(0.5, within(1e-9));
    assertThat(result.lines().get(1).usd()).isCloseTo(0.015, within(1e-6));
    assertThat(result.lines().get(2).accuracy()).isBetween(0.5, 0.8);
  }

  @Test
  void tellsTheSameForEachCategory() throws IOException {
    var result = replay("policy: balanced");

    assertThat(result.categories())
        .extracting(ReplayResult.Category::name)
        .containsExactly("books", "arithmetic");
    var books = result.categories().get(0);
    var arithmetic = result.categories().get(1);
    assertThat(books.asked() + arithmetic.asked()).isEqualTo(result.asked());
    // the best single one knows books, and no sums
    assertThat(books.lines().get(2).accuracy()).isEqualTo(1);
    assertThat(arithmetic.lines().get(2).accuracy()).isZero();
    assertThat(arithmetic.lines().get(0).accuracy()).isEqualTo(1);
    assertThat(arithmetic.lines().get(0).usd()).isCloseTo(0.01, within(1e-9));
  }

  @Test
  void abstainsWhereNobodyReachesTheMinimum() throws IOException {
    var policy = replay("minimum: 0.95").lines().getFirst();
    assertThat(policy.abstained()).isEqualTo(1);
    assertThat(policy.accuracy()).isZero();
    assertThat(policy.usd()).isZero();
  }

  @Test
  void weighsThePriceAsThePolicySays() throws IOException {
    // a right answer is worth half a cent: the dearer expert is not worth a cent more for .8
    var policy = replay("value: 0.005\nminimum: 0").lines().getFirst();
    assertThat(policy.usd()).isCloseTo(0.01, within(1e-6));
  }

  @Test
  void saysThatAFileIsNotThere() {
    var nowhere = folder.resolve("nowhere.csv");
    assertThatThrownBy(() -> ReplayPolicy.read(nowhere))
        .hasMessageContaining(nowhere + " is not there");
    assertThatThrownBy(() -> RecordFormat.of(nowhere).read(nowhere))
        .hasMessageContaining(nowhere + " is not there");
  }

  @Test
  void saysWhatIsWrongWithAPolicy() {
    List<String> wrong =
        new ArrayList<>(
            List.of(
                "prise-weight: 1", "there is no key 'prise-weight'",
                "policy: best", "there is no policy 'best'",
                "value: much", "value is a number, not 'much'",
                "value: -1", "positive",
                "pin: a", "pin is a list",
                "a: [", "line",
                "- a", "key: value",
                "risk: 0", "above 0 and at most 1",
                "epsilon: 0.1\nrisk: 0.1", "leave out epsilon, or risk",
                "epsilon: 0.1\npin: [a, b]", "leave out epsilon, or pin",
                "epsilon: 2", "epsilon lies between 0 and 1"));
    for (int i = 0; i < wrong.size(); i += 2) {
      var text = wrong.get(i);
      assertThatThrownBy(() -> ReplayPolicy.parse(text, "policy.yaml"))
          .as(text)
          .isInstanceOf(ExpertException.class)
          .hasMessageContaining(wrong.get(i + 1));
    }
  }

  @Test
  void namesPinnedExpertsThatAreNotOnRecord() {
    assertThatThrownBy(() -> replay("pin: [sums, wrds]"))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("no outcomes of wrds")
        .hasMessageContaining("words");
    assertThatThrownBy(() -> replay("exclude: [words]")).hasMessageContaining("at least two");
  }
}
