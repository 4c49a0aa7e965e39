package io.consilium.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Answer;
import io.consilium.expert.FinishReason;
import io.consilium.expert.ToolCall;
import io.consilium.expert.Usage;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
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
        "So we get \\boxed{\\frac{1}{2}} | NUMBER | 0.5",
        "$\\dfrac{1}{2}$ | NUMBER | 0.5",
        "\\boxed{1\\frac{1}{2}} | NUMBER | 1.5",
        "\\boxed{\\text{(C)}} | CHOICE | C",
        "\\(\\frac{1}{512}\\) | NUMBER | 0.001953125",
        "\\frac{5\\sqrt{2}}{2} | TEXT | (5sqrt(2))/2",
        "\\dfrac{5 \\sqrt{2}}{2} | TEXT | (5sqrt(2))/2",
        "90^\\circ | NUMBER | 90",
        "3√2 | TEXT | 3sqrt(2)",
        "1,234,567.50 | NUMBER | 1234567.5",
        "1.234.567,5 | NUMBER | 1234567.5",
        "1 234 567 | NUMBER | 1234567",
        "1'234 | NUMBER | 1234",
        "3,14 | NUMBER | 3.14",
        "40% | NUMBER | 40",
        "40 percent | NUMBER | 40",
        "5 dollars | NUMBER | 5",
        "1.5e3 | NUMBER | 1500",
        "1.5 × 10^{-3} | NUMBER | 0.0015",
        "6.02 \\times 10^{23} | NUMBER | 602000000000000000000000",
        "1/3 | NUMBER | 1/3",
        "2/6 | NUMBER | 1/3",
        "1 1/2 | NUMBER | 1.5",
        "5/0 | TEXT | 5/0",
        "1e999999999 | TEXT | 1e999999999",
        "5 km | QUANTITY | 5000 m",
        "5,000 metres | QUANTITY | 5000 m",
        "90 km/h | QUANTITY | 25 m/s",
        "25 m/s | QUANTITY | 25 m/s",
        "3 cm^2 | QUANTITY | 0.0003 m^2",
        "5 apples | TEXT | 5 apples",
        "20 °C | QUANTITY | 20 °C",
        "2 January 2026 | DATE | 2026-01-02",
        "Jan 2nd, 2026 | DATE | 2026-01-02",
        "January 2, 2026. | DATE | 2026-01-02",
        "2. Januar 2026 | DATE | 2026-01-02",
        "02.01.2026 | DATE | 2026-01-02",
        "13/01/2026 | DATE | 2026-01-13",
        "2/1/2026 | TEXT | 2/1/2026",
        "2026-02-30 | TEXT | 2026-02-30",
        "January 2026 | DATE | 2026-01",
        "A and C | CHOICE | A,C",
        "(C), (A) | CHOICE | A,C",
        "Option B | CHOICE | B",
        "{\"b\": 1.0, \"a\": [1e2]} | JSON | {\"a\":[100],\"b\":1}",
        "['a', 'b'] | JSON | [\"a\",\"b\"]",
        "{broken | TEXT | {broken",
        "Die Antwort lautet 4. | NUMBER | 4",
        "La réponse est B. | CHOICE | B",
        "所以答案是 C | CHOICE | C",
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
  void codeComparesWithoutFencesCommentsAndBlankLines() {
    assertThat(AnswerKey.of("Here:\n```python\n# adds\ndef f(a, b):\n\treturn a + b\n\n```"))
        .contains(new AnswerKey(AnswerKey.Kind.CODE, "def f(a, b):\n    return a + b"))
        .isEqualTo(AnswerKey.of("```py\ndef f(a, b):\n    return a + b  \n```"));
  }

  @Test
  void aFenceAroundJsonOrOneLineIsNoCode() {
    assertThat(AnswerKey.of("```json\n{\"answer\":\n 4}\n```"))
        .contains(new AnswerKey(AnswerKey.Kind.NUMBER, "4"));
    assertThat(AnswerKey.of("```\n42\n```")).contains(new AnswerKey(AnswerKey.Kind.NUMBER, "42"));
  }

  @Test
  void aSnippetInAnEssayIsNotItsAnswer() {
    var essay = "A long essay about functions. ".repeat(9) + "```\nf(x)\ng(x)\n```";
    assertThat(AnswerKey.of(essay).orElseThrow().kind()).isEqualTo(AnswerKey.Kind.TEXT);
  }

  @Test
  void aCategorySaysWhatIsTried() {
    assertThat(AnswerKey.of("A", "writing")).contains(new AnswerKey(AnswerKey.Kind.TEXT, "a"));
    assertThat(AnswerKey.of("2026-01-02", "no such category"))
        .contains(new AnswerKey(AnswerKey.Kind.DATE, "2026-01-02"));
  }

  @Property(tries = 1000)
  void anyTextHasAKeyUnlessNothingIsLeftOfIt(@ForAll("texts") String text) {
    AnswerKey.of(text).ifPresent(key -> assertThat(key.text()).isNotNull());
    assertThat(AnswerKey.of(text)).isEqualTo(AnswerKey.of("  " + text + "\n"));
  }

  @Property(tries = 300)
  void numbersCompareByValueHoweverTheyAreWritten(@ForAll int value) {
    var grouped = String.format(Locale.ROOT, "%,d", value);
    assertThat(AnswerKey.of(grouped))
        .contains(new AnswerKey(AnswerKey.Kind.NUMBER, Integer.toString(value)))
        .isEqualTo(AnswerKey.of(value + ".00"))
        .isEqualTo(AnswerKey.of("The answer is $" + value + "$."))
        .isEqualTo(AnswerKey.of("\\boxed{" + grouped + "}"));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars("0123456789ABj.,-+/%$€ {}[]()\\^'\"`*\nfracsqrt{}boxedkm√π:eE".toCharArray())
        .ofMaxLength(40);
  }

  @Test
  void hugeAndDeepTextsAreReadQuickly() {
    long start = cpu();
    for (var text :
        List.of(
            "9".repeat(2_000_000),
            "[".repeat(1_000_000) + "]".repeat(1_000_000),
            "\\frac{".repeat(400_000),
            "\\boxed{".repeat(300_000),
            "answer ".repeat(300_000),
            "1 ".repeat(1_000_000),
            "\\boxed{" + "{}".repeat(1_000_000) + "}")) {
      assertThat(AnswerKey.of(text)).isPresent();
    }
    assertThat(AnswerKey.of("```\n".repeat(500_000))).isEmpty();
    assertThat(cpu() - start).isLessThan(10_000_000_000L);
  }

  @Test
  void twoMegabytesAreReadQuickly() {
    var text = "word ".repeat(400_000);
    long start = cpu();
    assertThat(AnswerKey.of(text)).isPresent();
    assertThat(cpu() - start).isLessThan(2_000_000_000L);
  }

  /** Time this thread has computed, which a busy machine does not stretch. */
  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
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

  @Test
  void everyLetterOfAProgramsOutputCounts() {
    assertThat(AnswerKey.of("'Abc'", "crux"))
        .contains(new AnswerKey(AnswerKey.Kind.LITERAL, "Abc"))
        .isEqualTo(AnswerKey.of(" Abc ", "crux"))
        .isEqualTo(AnswerKey.of("The answer is \"Abc\"", "program-output"))
        .isNotEqualTo(AnswerKey.of("abc", "crux"))
        .isNotEqualTo(AnswerKey.of("'Abc '", "crux"));
    assertThat(AnswerKey.of("['a', 'b']", "cruxeval"))
        .as("quotes inside stay")
        .contains(new AnswerKey(AnswerKey.Kind.LITERAL, "['a', 'b']"));
    assertThat(AnswerKey.of("'a' + 'b'", "crux"))
        .contains(new AnswerKey(AnswerKey.Kind.LITERAL, "'a' + 'b'"));
    assertThat(AnswerKey.of("  ", "crux")).isEmpty();
    assertThat(AnswerKey.of("Abc")).isEqualTo(AnswerKey.of("abc"));
  }

  @Test
  void aKindTellsHowAnAnswerIsRead() {
    assertThat(AnswerKey.of("B", "multiple-choice"))
        .map(AnswerKey::kind)
        .contains(AnswerKey.Kind.CHOICE);
    assertThat(AnswerKey.of("5", "multiple-choice"))
        .map(AnswerKey::kind)
        .contains(AnswerKey.Kind.TEXT);
    assertThat(AnswerKey.of("5", "gsm")).map(AnswerKey::kind).contains(AnswerKey.Kind.NUMBER);
    assertThat(AnswerKey.of("5", "unheard of")).isEqualTo(AnswerKey.of("5"));
  }
}
