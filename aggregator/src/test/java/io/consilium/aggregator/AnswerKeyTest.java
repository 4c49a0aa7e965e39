package io.consilium.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Answer;
import io.consilium.expert.FinishReason;
import io.consilium.expert.ToolCall;
import io.consilium.expert.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerKeyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "C | CHOICE | C",
        "(C) | CHOICE | C",
        "C. Photosynthesis | CHOICE | C",
        "The answer is (C). | CHOICE | C",
        "The final answer is **B**. | CHOICE | B",
        "195000 | NUMBER | 195000",
        "$195,000 | NUMBER | 195000",
        "-$10,000 | NUMBER | -10000",
        "4.50 | NUMBER | 4.5",
        "4.5. | NUMBER | 4.5",
        ".5 | NUMBER | 0.5",
        "So we get \\boxed{\\frac{1}{2}} | TEXT | \\frac{1}{2}",
        "First \\boxed{3}, then \\boxed{12} | NUMBER | 12",
        "{\"reasoning\": \"2+2\", \"answer\": \"4\"} | NUMBER | 4",
        "{\"answer\": 4.0} | NUMBER | 4",
        "'Abc  d' | TEXT | abc d",
        "Answer: Paris | TEXT | paris",
        "A dog | TEXT | a dog"
      })
  void reducesAnAnswerToWhatCounts(String text, AnswerKey.Kind kind, String key) {
    assertThat(AnswerKey.of(text)).contains(new AnswerKey(kind, key));
  }

  @Test
  void blankTextAndRefusalsSayNothing() {
    assertThat(AnswerKey.of("  \n")).isEmpty();
    assertThat(AnswerKey.of(Answer.refused("no"))).isEmpty();
  }

  @Test
  void toolCallsCompareByNameAndArgumentsWhateverTheirSpacing() {
    assertThat(AnswerKey.of(calling("{\"city\": \"Bern\"}")))
        .isEqualTo(AnswerKey.of(calling("{ \"city\":\"Bern\" }")))
        .isNotEqualTo(AnswerKey.of(calling("{\"city\": \"Basel\"}")));
  }

  @Test
  void twoMegabytesAreReadQuickly() {
    var text = "word ".repeat(400_000);
    long start = System.nanoTime();
    assertThat(AnswerKey.of(text)).isPresent();
    assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
  }

  private static Answer calling(String arguments) {
    return new Answer(
        List.of(),
        List.of(new ToolCall("1", "weather", arguments)),
        FinishReason.TOOL_CALLS,
        null,
        null,
        null,
        Usage.NONE,
        null,
        null,
        List.of());
  }
}
