package io.consilium.router.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecordsTest {
  private static Records.Builder two() {
    return new Records.Builder()
        .item(Item.of("q1", "Two plus two?", "Two plus two?\nA. 3\nB. 4", "math"))
        .item(Item.of("q2", "Capital of Peru?", "Capital of Peru?", "geo"));
  }

  @Test
  void keepsOrderAndLeavesCellsWithoutObservationOpen() {
    var records =
        two().expert("b").add("q1", "a", 1, 0.5, 12).add("q2", "b", 0, Double.NaN, 3).build();
    assertThat(records.experts()).containsExactly("b", "a");
    assertThat(records.known(0, 0)).isFalse();
    assertThat(records.correct(0, 1)).isEqualTo(1);
    assertThat(records.usd(1, 0)).isNaN();
    assertThat(records.complete(0)).isFalse();
    assertThat(records.experts(List.of("a")).complete(0)).isTrue();
    assertThat(records.where(row -> row == 1).items()).extracting(Item::id).containsExactly("q2");
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> two().add("q9", "a", 1, 0, 0)).hasMessageContaining("no item q9");
    assertThatThrownBy(() -> two().add("q1", "a", Double.NaN, 0, 0)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> two().add("q1", "a", 1, -1, 0)).hasMessageContaining("price");
    assertThatThrownBy(() -> two().add("q1", "a", 1, 0, 0).add("q1", "a", 0, 0, 0))
        .hasMessageContaining("already observed");
    assertThatThrownBy(() -> two().item(Item.of("q1", "Other?", "Other?", "")))
        .hasMessageContaining("two items have the id q1");
    assertThatThrownBy(() -> two().build().experts(List.of("nobody")))
        .hasMessageContaining("nobody");
  }

  @Test
  void hashesAQuestionAsDocumented() {
    // sha256("what is 2 + 2?") starts with 692a9daa: worked with a command-line digest
    assertThat(QuestionHash.of("  What is\n 2 +\t2? "))
        .isCloseTo(0x692a9daaL / 4_294_967_296.0, within(1e-15));
    assertThat(QuestionHash.fold(0.12345, 5)).isEqualTo(1234 % 5);
  }

  @Test
  void readsRangesOfTheHash() {
    assertThat(HashRange.parse("0.6:0.75").holds(0.6)).isTrue();
    assertThat(HashRange.parse("0:1").holds(0.9999)).isTrue();
    assertThat(HashRange.parse("0:0.6").holds(0.6)).isFalse();
    assertThatThrownBy(() -> HashRange.parse("0.6")).hasMessageContaining("LO:HI");
    assertThatThrownBy(() -> HashRange.parse("0.6:0.2")).hasMessageContaining("LO < HI");
    assertThatThrownBy(() -> HashRange.parse("0.6:1.2")).hasMessageContaining("1.2");
  }
}
