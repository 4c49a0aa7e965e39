package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.dataformat.cbor.CBORMapper;

/** What every method that is fitted from records holds to. */
abstract class MethodContract {
  abstract Method method();

  /** Whether it has nothing to say of a question without an embedding. */
  boolean needsEmbedding() {
    return true;
  }

  private static final List<String> QUESTIONS =
      List.of("Explain oven butter dough", "court clause verdict", "the tide in the harbour", "?");

  private Estimator fitted() {
    return method().fit(Generated.TRAINING);
  }

  private static void sane(Estimates estimates, int seats) {
    assertThat(estimates.size()).isEqualTo(seats);
    for (int i = 0; i < seats; i++) {
      assertThat(estimates.get(i).p()).isBetween(0.0, 1.0);
      assertThat(estimates.get(i).weight()).isBetween(0.0, 1.0);
    }
  }

  private static void saneEverywhere(Estimator estimator, List<String> experts) {
    var roster = Generated.roster(experts);
    for (var question : QUESTIONS) {
      sane(estimator.estimate(Generated.profile(question), roster), experts.size());
    }
  }

  @Test
  void givesOneEstimatePerSeatBetweenZeroAndOne() {
    var estimator = fitted();
    saneEverywhere(estimator, Generated.EXPERTS);
    saneEverywhere(estimator, List.of());
    saneEverywhere(estimator, List.of("stranger"));
    assertThat(estimator.name()).isEqualTo(method().name());
  }

  @Test
  void doesNotLookAtTheOrderOfTheRoster() {
    var estimator = fitted();
    var turned = Generated.EXPERTS.reversed();
    for (var question : QUESTIONS) {
      var profile = Generated.profile(question);
      var before = estimator.estimate(profile, Generated.roster(Generated.EXPERTS));
      var after = estimator.estimate(profile, Generated.roster(turned));
      for (int i = 0; i < turned.size(); i++) {
        assertThat(after.p(turned.size() - 1 - i)).isCloseTo(before.p(i), within(1e-9));
      }
    }
  }

  @Test
  void learnsTheSameFromTheSameTrainingAndSeed() {
    var once = fitted();
    var again = fitted();
    var roster = Generated.roster(Generated.EXPERTS);
    for (var question : QUESTIONS) {
      var profile = Generated.profile(question);
      for (int i = 0; i < Generated.EXPERTS.size(); i++) {
        assertThat(again.estimate(profile, roster).get(i))
            .isEqualTo(once.estimate(profile, roster).get(i));
      }
    }
  }

  @Test
  void knowsNothingOfAnExpertWithoutRecords() {
    var estimates =
        fitted()
            .estimate(
                Generated.profile("oven and butter"),
                Generated.roster(List.of("cook", "stranger")));
    assertThat(estimates.weight(0)).isPositive();
    assertThat(estimates.weight(1)).isZero();
    assertThat(estimates.p(1)).isEqualTo(0.5);
  }

  @Test
  void knowsNothingWithoutAnEmbedding() {
    var estimates =
        fitted().estimate(Generated.blind("oven and butter"), Generated.roster(Generated.EXPERTS));
    for (int i = 0; needsEmbedding() && i < estimates.size(); i++) {
      assertThat(estimates.weight(i)).isZero();
    }
    sane(estimates, Generated.EXPERTS.size());
  }

  @Test
  void sendsQuestionsWhereTheyAreAnsweredBest() {
    var estimator = fitted();
    var random = new Random(99);
    var roster = Generated.roster(Generated.EXPERTS);
    int right = 0;
    for (int i = 0; i < 60; i++) {
      var estimates =
          estimator.estimate(Generated.profile(Generated.question(i % 2, random)), roster);
      double[] p = new double[Generated.EXPERTS.size()];
      for (int e = 0; e < p.length; e++) {
        p[e] = estimates.p(e);
      }
      right += Shares.argmax(p) == i % 2 ? 1 : 0; // the cook for cooking, the lawyer for law
    }
    assertThat(right).isGreaterThanOrEqualTo(54);
  }

  @Test
  void takesFewOddAndOneSidedRecords() {
    var one = List.of("cook");
    saneEverywhere(method().fit(Generated.training(Generated.records(60, one, 0, 3))), one);
    saneEverywhere(
        method().fit(Generated.training(Generated.records(0, Generated.EXPERTS, 0, 3))),
        Generated.EXPERTS);
    saneEverywhere(
        method().fit(Generated.training(Generated.records(2, Generated.EXPERTS, 0, 3))),
        Generated.EXPERTS);
    saneEverywhere(method().fit(Generated.training(allRight())), List.of("a", "b"));
    saneEverywhere(
        method().fit(Generated.training(new Records.Builder().build())), Generated.EXPERTS);
  }

  private static Records allRight() {
    var builder = new Records.Builder();
    for (int i = 0; i < 60; i++) {
      // the same question twice, without a label
      var text = Generated.question(i % 3, new Random(i / 2));
      builder.item(Item.of("q" + i, text, text, ""));
      builder.add("q" + i, "a", 1, Double.NaN, Double.NaN);
      builder.add("q" + i, "b", 1, Double.NaN, Double.NaN);
    }
    return builder.build();
  }

  @Test
  void leavesMissingCellsOut() {
    var patchy = Generated.training(Generated.records(360, Generated.EXPERTS, 0.4, 7));
    var estimator = method().fit(patchy);
    saneEverywhere(estimator, Generated.EXPERTS);
    var estimates =
        estimator.estimate(
            Generated.profile("Explain oven butter dough flour garlic"),
            Generated.roster(Generated.EXPERTS));
    assertThat(estimates.p(0)).isGreaterThan(estimates.p(1)).isGreaterThan(estimates.p(3));
    var builder = new Records.Builder().expert("never");
    for (int i = 0; i < 60; i++) {
      var text = Generated.question(i % 3, new Random(i));
      builder.item(Item.of("q" + i, text, text, Generated.SUBJECTS.get(i % 3)));
      builder.add("q" + i, "cook", i % 3 == 0 ? 1 : 0, 0, 10);
      builder.add("q" + i, "lawyer", i % 3 == 1 ? 1 : 0, 0, 10);
    }
    var seen =
        method()
            .fit(Generated.training(builder.build()))
            .estimate(
                Generated.profile("oven and butter"), Generated.roster(List.of("never", "cook")));
    assertThat(seen.weight(0)).isZero();
    assertThat(seen.weight(1)).isPositive();
  }

  @Test
  void keepsNothingButPlainNumbersAndStrings() throws ReflectiveOperationException {
    if (fitted() instanceof FittedEstimator fitted) {
      List<String> odd = new ArrayList<>();
      walk(fitted.state(), "state", odd);
      assertThat(odd).isEmpty();
    }
  }

  @Test
  void endsEarlyWhenInterrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(this::fitted)
          .isInstanceOfSatisfying(
              ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CANCELLED));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  private interface ByClass {}

  @Test
  void answersTheSameAfterBeingWrittenAndReadBack() {
    if (fitted() instanceof FittedEstimator fitted) {
      var format = CBORMapper.builder().addMixIn(FittedState.class, ByClass.class).build();
      var bytes = format.writerFor(FittedState.class).writeValueAsBytes(fitted.state());
      var read =
          new FittedEstimator(
              fitted.name(),
              Generated.TRAINING.space(),
              format.readValue(bytes, FittedState.class));
      var roster = Generated.roster(Generated.EXPERTS);
      for (var question : QUESTIONS) {
        var profile = Generated.profile(question);
        for (int i = 0; i < Generated.EXPERTS.size(); i++) {
          assertThat(read.estimate(profile, roster).get(i))
              .isEqualTo(fitted.estimate(profile, roster).get(i));
        }
      }
    }
  }

  /** Notes every part that a data format could not hold. */
  private static void walk(Object part, String path, List<String> odd)
      throws ReflectiveOperationException {
    if (part instanceof String
        || part instanceof Double
        || part instanceof Integer
        || part instanceof Boolean
        || part instanceof double[]
        || part instanceof float[]
        || part instanceof int[]
        || part instanceof boolean[]
        || part instanceof double[][]) {
      return;
    }
    if (part instanceof List<?> list) {
      for (var each : list) {
        walk(each, path + "[]", odd);
      }
    } else if (part instanceof Record record) {
      for (var component : record.getClass().getRecordComponents()) {
        var accessor = component.getAccessor();
        accessor.setAccessible(true);
        walk(accessor.invoke(record), path + "." + component.getName(), odd);
      }
    } else {
      odd.add(path + " is a " + part.getClass().getName());
    }
  }
}
