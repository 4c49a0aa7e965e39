package io.consilium.router.ability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Fits generated answers of twelve experts of known ability. */
class AbilityStateTest {
  private static final int EXPERTS = 12;
  private static final int ITEMS = 600;
  private static final String[] WORDS = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta"};

  private static final Training TRAINING = training();
  private static final AbilityState STATE = new AbilityEstimator().state(TRAINING);

  private static QuestionProfile profile(String text) {
    return QuestionProfiler.recorded(
        text,
        SkillTags.shipped(),
        words -> {
          float[] vector = new float[8];
          for (int k = 0; k < WORDS.length; k++) {
            vector[k] = words.contains(WORDS[k]) ? 0.7f : 0;
          }
          vector[7] = 0.1f;
          return Optional.of(vector);
        });
  }

  /** Six topics, harder from one to the next; half of the experts turn weak on odd topics. */
  private static double logOdds(int expert, int topic) {
    double general = (expert - 5.5) / 3;
    return general + 1.5 - topic / 2.0 - (expert % 2 == 1 && topic % 2 == 1 ? 1.5 : 0);
  }

  private static Training training() {
    var random = new Random(11);
    var builder = new Records.Builder();
    for (int i = 0; i < ITEMS; i++) {
      int topic = i % WORDS.length;
      var text = "question %d of %s".formatted(i, WORDS[topic]);
      builder.item(Item.of("q" + i, text, text, WORDS[topic]));
      double hidden = random.nextGaussian();
      for (int e = 0; e < EXPERTS; e++) {
        double p = Probit.sigma(logOdds(e, topic) - hidden);
        builder.add("q" + i, "e" + e, random.nextDouble() < p ? 1 : 0, Double.NaN, Double.NaN);
      }
    }
    var records = builder.build();
    var profiles = records.items().stream().map(item -> profile(item.text())).toList();
    var space = TextSpace.fit(profiles, "words", 8, 1);
    return new Training(records, profiles, space, space.vectors(profiles), 1);
  }

  private static List<Traits> questions(int topic) {
    List<Traits> questions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      var text = "question %d of %s".formatted(5_000 + i, WORDS[topic]);
      questions.add(STATE.traits(TRAINING.space().vector(profile(text)).orElseThrow()));
    }
    return questions;
  }

  @Test
  void forecastsAccuracyWithAnIntervalThatHoldsTheTruth() {
    int held = 0;
    for (int e = 0; e < EXPERTS; e++) {
      for (int topic = 0; topic < WORDS.length; topic++) {
        double truth = Probit.mean(logOdds(e, topic), 1);
        var forecast =
            STATE.accuracy(STATE.ability("e" + e).orElseThrow(), questions(topic), 1.645);
        held += forecast.holds(truth) ? 1 : 0;
        assertThat(forecast.value()).isCloseTo(truth, within(0.3));
      }
    }
    // 600 questions are few: 65 of 72 would be as promised
    assertThat(held).isGreaterThanOrEqualTo(54);
  }

  @Test
  void knowsHowHardAnsweredItemsAre() {
    assertThat(STATE.items().size()).isEqualTo(ITEMS);
    assertThat(Math.sqrt(STATE.itemVariance())).isBetween(0.5, 1.75);
    int right = 0;
    for (int i = 0; i < ITEMS; i++) {
      int item = i;
      double solved = 0;
      for (int e = 0; e < EXPERTS; e++) {
        solved += TRAINING.records().correct(item, e) / EXPERTS;
      }
      var text = STATE.traits(TRAINING.vectors().get(i));
      boolean harder = STATE.items().difficulty()[i] > text.difficulty();
      double foreseen =
          STATE.abilities().stream().mapToDouble(a -> a.p(text)).average().orElseThrow();
      right += harder == solved < foreseen ? 1 : 0;
      assertThat(STATE.items().variance()[i]).isLessThan(STATE.itemVariance());
    }
    assertThat(right).isGreaterThan(ITEMS * 9 / 10);
  }

  @Test
  void givesEveryFittedExpertItsWeightAndNewOnesTheirs() {
    var vector = TRAINING.vectors().getFirst();
    assertThat(STATE.at(vector).weight(0)).isCloseTo(600.0 / 620, within(1e-9));
    var more = STATE.with("new", STATE.population(), 0).with("e3", STATE.population(), 60);
    assertThat(more.experts()).hasSize(EXPERTS + 1);
    assertThat(more.at(vector).weight(EXPERTS)).isZero();
    assertThat(more.at(vector).weight(3)).isCloseTo(0.75, within(1e-9));
    assertThat(more.at(vector).p(4)).isEqualTo(STATE.at(vector).p(4));
    assertThat(STATE.ability("new")).isEmpty();
  }

  @Test
  void canBeWrittenDownAndReadBack() {
    var json = JsonMapper.builder().build();
    var read = json.readValue(json.writeValueAsBytes(STATE), AbilityState.class);
    var vector = TRAINING.vectors().getFirst();
    for (int e = 0; e < EXPERTS; e++) {
      assertThat(read.at(vector).p(e)).isEqualTo(STATE.at(vector).p(e));
    }
  }

  @Test
  void measuresANewExpertInAnInterview() {
    var random = new Random(21);
    var interview = Interview.start(STATE.items(), STATE.items().all(), STATE.population());
    double before = Interview.deviation(interview.ability(), interview.mix());
    while (!interview.done()) {
      var batch = interview.next();
      interview =
          interview.answered(
              batch,
              batch.stream()
                  .map(i ->
                      random.nextDouble() < Probit.sigma(2.5 - STATE.items().difficulty()[i])
                          ? 1.0
                          : 0.0)
                  .toList());
    }
    double after = Interview.deviation(interview.ability(), interview.mix());
    assertThat(after).isLessThan(before / 3);
    assertThat(STATE.accuracy(interview.ability(), interview.mix(), 1.645).value())
        .isGreaterThan(STATE.accuracy(STATE.population(), interview.mix(), 1.645).value() + 0.1);
  }
}
