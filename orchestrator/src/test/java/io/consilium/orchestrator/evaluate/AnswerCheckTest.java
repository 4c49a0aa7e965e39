package io.consilium.orchestrator.evaluate;

import static io.consilium.orchestrator.evaluate.AnswerCheck.CHOICE;
import static io.consilium.orchestrator.evaluate.AnswerCheck.EXACT;
import static io.consilium.orchestrator.evaluate.AnswerCheck.JSON;
import static io.consilium.orchestrator.evaluate.AnswerCheck.NUMBER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerCheckTest {
  @Test
  void exactTextsMayDifferInCaseSpaceAndFinalStop() {
    for (var given :
        List.of(
            "Paris",
            " paris. ",
            "**Paris**",
            "I think so.\nThe answer is Paris.",
            "Answer: Paris")) {
      assertThat(EXACT.right(given, "Paris")).as(given).isTrue();
    }
    for (var given : List.of("", "London", "Paris or London", "Not Paris")) {
      assertThat(EXACT.right(given, "Paris")).as(given).isFalse();
    }
    assertThat(EXACT.right("-5", "5")).isFalse();
  }

  @Test
  void numbersAreReadInTheirUsualSpellings() {
    for (var given :
        List.of(
            "1234.5",
            "1,234.50",
            "$1,234.5",
            "It takes 3 steps.\nThe answer is 1234.5 EUR.",
            "\\boxed{1234.5}")) {
      assertThat(NUMBER.right(given, "1,234.5")).as(given).isTrue();
    }
    for (var given : List.of("1234", "-1234.5", "none", "", "1234.6")) {
      assertThat(NUMBER.right(given, "1234.5")).as(given).isFalse();
    }
    assertThat(NUMBER.right("0.333333333", "0.33333333")).isTrue();
    assertThat(NUMBER.flaw("many")).isNotNull();
  }

  @Test
  void lettersAreFoundWhereverTheyStand() {
    for (var given :
        List.of(
            "C",
            "c",
            "(C)",
            "C.",
            "C) because",
            "The answer is (C).",
            "Answer: C",
            "**C**",
            "Thinking.\nC",
            "\\boxed{C}",
            "A is wrong. So I choose (C) here")) {
      assertThat(CHOICE.right(given, "C")).as(given).isTrue();
    }
    for (var given : List.of("", "B", "Clearly not", "The answer is (D).", "I cannot say")) {
      assertThat(CHOICE.right(given, "C")).as(given).isFalse();
    }
    assertThat(CHOICE.flaw("the third")).isNotNull();
  }

  @Test
  void jsonIsComparedByValue() {
    assertThat(JSON.right("{\"b\": [1, 2.0], \"a\": 1}", "{\"a\":1.0,\"b\":[1,2]}")).isTrue();
    assertThat(JSON.right("Here:\n```json\n{\"a\": 1}\n```", "{\"a\":1}")).isTrue();
    assertThat(JSON.right("{\"a\": 2}", "{\"a\":1}")).isFalse();
    assertThat(JSON.right("a is 1", "{\"a\":1}")).isFalse();
    assertThat(JSON.flaw("{")).isNotNull();
  }

  @Test
  void anUnknownCheckNamesThoseThereAre() {
    assertThatThrownBy(() -> AnswerCheck.of("vibes"))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("exact, number, choice, json");
  }
}
