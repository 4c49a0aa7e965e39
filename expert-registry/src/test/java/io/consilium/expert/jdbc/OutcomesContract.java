package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What outcomes do, on any database. */
abstract class OutcomesContract {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00.5Z");

  /** An empty database. */
  abstract Database database();

  private static Outcome outcome(String item, double correct, @Nullable String note) {
    return new Outcome(
        "calculator@3",
        item,
        correct,
        0.5,
        0.001,
        12.5,
        Double.NaN,
        "arithmetic",
        "default",
        NOON,
        0.95,
        Outcome.Source.CHECK,
        note);
  }

  @Test
  void outcomesComeBackWholeAndInOrder() {
    var outcomes = new JdbcOutcomes(database());
    var first = outcome("q1", 1, "said 409.5").withAnswer("409.5");
    var second = outcome("q2", 0.25, null);
    var third = outcome("q1", 0, null);
    outcomes.append(List.of(first, second));
    outcomes.append(List.of(third));
    outcomes.append(List.of());

    List<Outcome> read = new ArrayList<>();
    outcomes.forEach(read::add);
    assertThat(read).containsExactly(first, second, third);
  }

  @Test
  void manyOutcomesAreReadInSteps() {
    var outcomes = new JdbcOutcomes(database());
    List<Outcome> many = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      many.add(outcome("q" + i, 1, null));
    }
    outcomes.append(many);

    List<String> read = new ArrayList<>();
    outcomes.forEach(each -> read.add(each.item()));
    assertThat(read).containsExactlyElementsOf(many.stream().map(Outcome::item).toList());
  }

  @Test
  void vectorsOfTwoSpacesNeverMeet() {
    var outcomes = new JdbcOutcomes(database());
    outcomes.embed("minilm", Map.of("q1", new float[] {0.1f, -2e-9f, 3}, "q2", new float[] {1}));
    outcomes.embed("other", Map.of("q1", new float[] {7}));
    outcomes.embed("minilm", Map.of("q1", new float[] {9, 9, 9}));

    Map<String, float[]> read = new HashMap<>();
    outcomes.forEachVector("minilm", read::put);
    assertThat(read).containsOnlyKeys("q1", "q2");
    assertThat(read.get("q1")).containsExactly(0.1f, -2e-9f, 3);
  }

  private static StoredItem item(String id, String question) {
    return new StoredItem(id, question, "arithmetic", 0.25);
  }

  @Test
  void itemsAndOutcomesAreAddedTogetherAndOnce() {
    var outcomes = new JdbcOutcomes(database());
    var items = List.of(item("q1", "1 + 1?"), item("q2", "2 + 2?"));
    var first = outcomes.add(items, List.of(outcome("q1", 1, null), outcome("q2", 0, null)));
    var again = outcomes.add(items, List.of(outcome("q1", 1, null), outcome("q2", 0, null)));

    assertThat(first).isEqualTo(new JdbcOutcomes.Added(2, 2, 0));
    assertThat(again).isEqualTo(new JdbcOutcomes.Added(0, 0, 2));
    List<StoredItem> read = new ArrayList<>();
    outcomes.forEachItem(read::add);
    assertThat(read).containsExactlyInAnyOrderElementsOf(items);
  }

  @Test
  void anItemThatMeansSomethingElseIsRefusedAndNothingIsKept() {
    var outcomes = new JdbcOutcomes(database());
    outcomes.add(List.of(item("q1", "1 + 1?")), List.of(outcome("q1", 1, null)));

    assertThatThrownBy(() ->
            outcomes.add(
                List.of(item("q0", "0?"), item("q1", "another question")),
                List.of(outcome("q0", 1, null))))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("q1");
    assertThat(outcomes.counts(null, 10, null).data())
        .singleElement()
        .matches(count -> count.outcomes() == 1);
  }

  @Test
  void unknownPricesAndLengthsStayUnknown() {
    var outcomes = new JdbcOutcomes(database());
    var unknown =
        new Outcome(
            "m",
            "q1",
            1,
            1,
            Double.NaN,
            0,
            12,
            "",
            "default",
            NOON,
            1,
            Outcome.Source.BENCHMARK,
            null);
    outcomes.add(List.of(item("q1", "?")), List.of(unknown));

    List<Outcome> read = new ArrayList<>();
    outcomes.forEach(read::add);
    assertThat(read).containsExactly(unknown);
    assertThat(outcomes.counts(null, 10, null).data())
        .containsExactly(new JdbcOutcomes.Count("m", 1, 1, Double.NaN, 0));
  }

  @Test
  void outcomesOfAnExpertAreReadInPages() {
    var outcomes = new JdbcOutcomes(database());
    outcomes.append(List.of(outcome("q1", 1, null), outcome("q2", 1, null)));

    var first = outcomes.page("calculator@3", null, 1);
    var second = outcomes.page("calculator@3", first.next(), 1);

    assertThat(first.data()).extracting(Outcome::item).containsExactly("q1");
    assertThat(second.data()).extracting(Outcome::item).containsExactly("q2");
    assertThat(second.next()).isNull();
    assertThat(outcomes.page("nobody", null, 10).data()).isEmpty();
    assertThatThrownBy(() -> outcomes.page(null, "no mark", 1)).isInstanceOf(ExpertException.class);
  }

  private static Outcome of(String expert, String item, double correct, double usd, String in) {
    return new Outcome(
        expert,
        item,
        correct,
        1,
        usd,
        1,
        Double.NaN,
        in,
        "default",
        NOON,
        1,
        Outcome.Source.BENCHMARK,
        null);
  }

  @Test
  void countsComeInPagesAndAreFoundByTheName() {
    var outcomes = new JdbcOutcomes(database());
    outcomes.append(
        List.of(
            of("alpha", "q1", 1, 0.5, "law"),
            of("alpha", "q2", 0, 0.25, "law"),
            of("Beta-7B", "q1", 1, Double.NaN, "law"),
            of("gamma@2", "q1", 0, 0, "law")));

    var first = outcomes.counts(null, 2, null);
    var second = outcomes.counts(null, 2, first.next());

    assertThat(first.data()).hasSize(2);
    assertThat(second.data()).hasSize(1);
    assertThat(second.next()).isNull();
    assertThat(outcomes.counts("ALPH", 5, null).data())
        .containsExactly(new JdbcOutcomes.Count("alpha", 2, 0.5, 0.75, 0));
    assertThat(outcomes.counts("7b", 5, null).data())
        .extracting(JdbcOutcomes.Count::expert)
        .containsExactly("Beta-7B");
    assertThat(outcomes.extent()).isEqualTo(new JdbcOutcomes.Extent(4, 3));
  }

  @Test
  void outcomesUnderSomeNamesAddUpByCategoryTheLargestFirst() {
    var outcomes = new JdbcOutcomes(database());
    outcomes.append(
        List.of(
            of("alpha", "q1", 1, 0.5, "law"),
            of("alpha@2", "q2", 0, Double.NaN, "law"),
            of("alpha", "q3", 1, Double.NaN, "maths"),
            of("other", "q1", 0, 9, "law")));

    assertThat(outcomes.categories(List.of("alpha", "alpha@2"), 10))
        .containsExactly(
            new JdbcOutcomes.Category("law", 2, 0.5, 0.5),
            new JdbcOutcomes.Category("maths", 1, 1, Double.NaN));
    assertThat(outcomes.categories(List.of("alpha"), 1)).hasSize(1);
    assertThat(outcomes.categories(List.of("nobody"), 10)).isEmpty();
  }

  @Test
  void outcomesOfDecisionsAreNumberedAndBenchmarksAreNotAmongThem() {
    var outcomes = new JdbcOutcomes(database());
    var first = outcome("dec_1", 1, null);
    var second = outcome("dec_2", 0, null);
    outcomes.append(List.of(first, outcome("decimal", 1, null), second));

    var all = outcomes.ofDecisions(0, 10);

    assertThat(all).extracting(JdbcOutcomes.Numbered::outcome).containsExactly(first, second);
    assertThat(outcomes.ofDecisions(all.getFirst().seq(), 10)).containsExactly(all.getLast());
    assertThat(outcomes.ofDecisions(0, 1)).containsExactly(all.getFirst());
  }

  @Test
  void rightAnswersAreKeptWithTheirQuestions() {
    var outcomes = new JdbcOutcomes(database());
    outcomes.add(List.of(item("q1", "1 + 1?"), item("q2", "?")), List.of());
    outcomes.answers(Map.of("q1", new AnswerKey("", "2", "number")));

    assertThat(outcomes.answers()).isEqualTo(Map.of("q1", new AnswerKey("1 + 1?", "2", "number")));
  }

  private static Outcome at(String item, String time) {
    var usual = outcome(item, 1, null);
    return new Outcome(
        usual.expert(),
        item,
        1,
        1,
        usual.usd(),
        usual.millis(),
        usual.tokens(),
        usual.category(),
        usual.tenant(),
        Instant.parse(time),
        1,
        usual.source(),
        null);
  }

  private static List<String> items(JdbcOutcomes outcomes) {
    List<String> items = new ArrayList<>();
    outcomes.forEach(outcome -> items.add(outcome.item()));
    return items;
  }

  @Test
  void outcomesAreFoundByTheirItems() {
    var outcomes = new JdbcOutcomes(database());
    outcomes.append(List.of(outcome("a", 1, null), outcome("b", 0, null), outcome("a", 0.5, null)));

    assertThat(outcomes.of(List.of("a", "c")))
        .containsOnlyKeys("a")
        .containsEntry("a", List.of(outcome("a", 1, null), outcome("a", 0.5, null)));
    assertThat(outcomes.of(List.of())).isEmpty();
  }

  @Test
  void whateverTheClockSaysOutcomesAreKeptInTheOrderTheyCame() {
    var outcomes = new JdbcOutcomes(database());
    outcomes.append(List.of(at("now", "2026-11-30T23:59:59.999999Z")));
    outcomes.append(
        List.of(
            at("far ahead", "2311-01-01T00:00:00Z"),
            at("long ago", "1971-01-01T00:00:00Z"),
            at("next month", "2026-12-01T00:00:00Z")));

    assertThat(items(outcomes)).containsExactly("now", "far ahead", "long ago", "next month");
  }

  @Test
  void outcomesOfMonthsThatEndedBeforeATimeAreForgottenAndOthersStay() {
    var outcomes = new JdbcOutcomes(database());
    outcomes.append(
        List.of(
            at("long ago", "1971-01-01T00:00:00Z"),
            at("may", "2026-05-31T23:59:59Z"),
            at("june", "2026-06-01T00:00:00Z"),
            at("july", "2026-07-15T00:00:00Z")));

    assertThat(outcomes.forget(Instant.parse("2026-06-20T12:00:00Z"))).isEqualTo(2);
    assertThat(items(outcomes)).containsExactly("june", "july");
    assertThat(outcomes.forget(Instant.parse("2026-06-20T12:00:00Z"))).isZero();

    outcomes.append(List.of(at("may again", "2026-05-02T00:00:00Z")));
    assertThat(items(outcomes)).containsExactly("june", "july", "may again");
  }

  @Test
  void theNearestItemsComeFirstAndOnlyThoseOfTheSameSpace() {
    var outcomes = new JdbcOutcomes(database());
    Map<String, float[]> vectors = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      double angle = i * Math.PI / 40;
      vectors.put("item " + i, new float[] {(float) Math.cos(angle), (float) Math.sin(angle), 0});
    }
    outcomes.embed("it's the space", vectors);
    outcomes.embed("another", Map.of("else", new float[] {0, 0, 1}));
    outcomes.embed("longer", Map.of("longer", new float[] {0, 0, 0, 1}));
    outcomes.indexNearest("it's the space", 3);
    outcomes.indexNearest("it's the space", 3); // there is one already
    outcomes.embed("it's the space", Map.of("late", new float[] {0, 0, 1}));

    var near = outcomes.nearest("it's the space", vectors.getOrDefault("item 5", new float[3]), 3);

    assertThat(near).hasSize(3);
    assertThat(near.getFirst().item()).isEqualTo("item 5");
    assertThat(near.getFirst().cosine()).isCloseTo(1, within(1e-3));
    assertThat(near.stream().skip(1).map(JdbcOutcomes.Near::item))
        .containsExactlyInAnyOrder("item 4", "item 6");
    assertThat(outcomes.nearest("it's the space", new float[] {0, 0, 1}, 1))
        .extracting(JdbcOutcomes.Near::item)
        .containsExactly("late");
    assertThat(outcomes.nearest("nobody's", new float[] {0, 0, 1}, 1)).isEmpty();
  }
}
