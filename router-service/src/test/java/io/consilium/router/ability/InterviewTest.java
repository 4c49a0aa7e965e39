package io.consilium.router.ability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InterviewTest {
  private static final Ability UNIT = new Ability(new double[] {0}, new double[] {1});

  private static ItemBank bank(double[] difficulties, String... categories) {
    int n = difficulties.length;
    double[][] demand = new double[n][];
    Arrays.setAll(demand, i -> new double[] {1});
    double[] price = new double[n];
    Arrays.fill(price, 1);
    return new ItemBank(
        IntStream.range(0, n).mapToObj(i -> "q" + i).toList(),
        List.of(categories),
        demand,
        difficulties,
        new double[n],
        price);
  }

  private static String[] same(int n) {
    String[] categories = new String[n];
    Arrays.fill(categories, "");
    return categories;
  }

  @Test
  void knowsHowMuchAnAnswerTells() {
    // p = ½ at difficulty 0: w = ¼; R = 2: ¼ · 1 · 2 · 1 / (1 + ¼) = 0.4
    var even = new Traits(new double[] {1}, 0, 0);
    assertThat(Interview.information(UNIT, even)).isCloseTo(0.25, within(1e-12));
    assertThat(Interview.fall(UNIT, even, new double[] {2})).isCloseTo(0.4, within(1e-12));
    // twice the demand: w = ¼, Σa = 2, aᵀΣa = 4: ¼ · 4 · 2 / (1 + 1) = 1
    assertThat(Interview.fall(UNIT, new Traits(new double[] {2}, 0, 0), new double[] {2}))
        .isCloseTo(1, within(1e-12));
    // a difficulty known to a variance of 8 / π tells half
    assertThat(Interview.information(UNIT, new Traits(new double[] {1}, 0, 8 / Math.PI)))
        .isCloseTo(0.125, within(1e-12));
  }

  @Test
  void asksNeitherTooEasyNorTooHardQuestionsAndThePriceOfEach() {
    double[] difficulties = {-6, 5, 0.1, 4, -5, -0.1, 0.2, -0.2, 7, 0};
    var bank = bank(difficulties, same(10));
    assertThat(Interview.start(bank, bank.all(), UNIT).next())
        .containsExactlyInAnyOrder(2, 5, 6, 7, 9);
    double[] price = new double[10];
    Arrays.fill(price, 1);
    price[9] = 100;
    var dear =
        new ItemBank(
            bank.ids(),
            bank.categories(),
            bank.demand(),
            bank.difficulty(),
            bank.variance(),
            price);
    assertThat(Interview.start(dear, bank.all(), UNIT).next()).doesNotContain(9);
  }

  @Test
  void keepsCategoriesInBalance() {
    double[] difficulties = {0, 0, 0, 0, 0, 3, 3, 3, 3, 3};
    var bank = bank(difficulties, "a", "a", "a", "a", "a", "b", "b", "b", "b", "b");
    var batch = Interview.start(bank, bank.all(), UNIT).next();
    assertThat(batch).filteredOn(i -> i < 5).hasSize(3);
    assertThat(batch).filteredOn(i -> i >= 5).hasSize(2);
  }

  @Test
  void stopsWhenItKnowsEnoughOrHasAskedSixty() {
    // one question of the mix: slope ¼ / √(1 + πv/8); with v = 0.005, √v · ¼ = 0.0177 < 0.02
    double[] difficulties = new double[100];
    var bank = bank(difficulties, same(100));
    var sure = new Ability(new double[] {0}, new double[] {0.005});
    assertThat(Interview.deviation(sure, bank.all()))
        .isCloseTo(0.25 * Math.sqrt(0.005) / Math.sqrt(1 + Math.PI * 0.005 / 8), within(1e-5));
    assertThat(Interview.start(bank, bank.all(), sure).done()).isTrue();
    assertThat(Interview.start(bank, bank.all(), sure).next()).isEmpty();
    var interview = Interview.start(bank, bank.all(), UNIT);
    while (!interview.done()) {
      var batch = interview.next();
      assertThat(batch).hasSize(5).noneMatch(interview.items()::contains);
      // right and wrong in turn leave much doubt
      interview = interview.answered(batch, List.of(1.0, 0.0, 1.0, 0.0, 1.0));
    }
    assertThat(interview.items()).hasSize(60);
    assertThat(interview.next()).isEmpty();
  }

  @Test
  void needsItems() {
    var empty = bank(new double[0]);
    assertThatThrownBy(() -> Interview.start(empty, List.of(), UNIT))
        .hasMessageContaining("import or evaluate");
  }
}
