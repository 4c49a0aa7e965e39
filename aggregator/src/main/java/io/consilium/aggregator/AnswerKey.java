package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An answer reduced to what is compared: two answers with equal keys say the same.
 *
 * <p>The part that counts is what a {@code \boxed{…}}, an {@code "answer"} field or the words "the
 * answer is" point at, the last one where there are several, else the whole text. Numbers compare
 * by value, choices by letter, anything else by its words.
 *
 * @param kind what sort of answer it is
 * @param text the normal form
 */
public record AnswerKey(Kind kind, String text) {
  /** Sorts of answers. */
  public enum Kind {
    /** A letter of a multiple choice. */
    CHOICE(10),
    /** A number. */
    NUMBER(50),
    /** Words. */
    TEXT(50),
    /** Calls of the caller's tools. */
    CALLS(50);

    private final int options;

    Kind(int options) {
      this.options = options;
    }

    /** About how many different answers are given by those who err: the more, the rarer chance. */
    public int options() {
      return options;
    }
  }

  private static final Pattern BOXED = Pattern.compile("\\\\boxed\\{((?:[^{}]|\\{[^{}]*\\})*)\\}");
  private static final Pattern SAID =
      Pattern.compile(
          "(?i)\\b(?:final answer|answer|result)\\b\\**\\s*(?:is\\b|are\\b|:|=)\\s*:?\\s*([^\\n]+)");
  private static final Pattern CHOICE =
      Pattern.compile("\\(?([A-J])(?:[).:](?:\\s.*)?)?", Pattern.DOTALL);
  private static final Pattern NUMBER =
      Pattern.compile("([-+−]?)\\s*[$€£]?\\s*([-−]?)(\\d[\\d,]*(?:\\.\\d+)?|\\.\\d+)\\s*%?");
  private static final Pattern EDGES =
      Pattern.compile("^[\\s*`'\"$]+|[\\s*`'\"$]+$|(?<!\\d)\\.[\\s*`'\"$]*$|(?<=[\\d)])\\.$");
  private static final Pattern BLANK = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  /** The key of an answer; empty when it refuses or says nothing. */
  public static Optional<AnswerKey> of(Answer answer) {
    if (answer.refusal() != null) {
      return Optional.empty();
    }
    if (!answer.toolCalls().isEmpty()) {
      var calls =
          answer.toolCalls().stream()
              .map(call -> call.name() + arguments(call.arguments()))
              .collect(Collectors.joining("\n"));
      return Optional.of(new AnswerKey(Kind.CALLS, calls));
    }
    return of(answer.text());
  }

  /** The key of a text; empty when it is blank. */
  public static Optional<AnswerKey> of(String text) {
    var counts = trimmed(counts(text.strip()));
    if (counts.isEmpty()) {
      return Optional.empty();
    }
    var choice = CHOICE.matcher(counts);
    if (choice.matches()) {
      return Optional.of(new AnswerKey(Kind.CHOICE, choice.group(1)));
    }
    var number = NUMBER.matcher(counts);
    if (number.matches()) {
      boolean negative = number.group(1).matches("[-−]") || !number.group(2).isEmpty();
      var value = new BigDecimal(number.group(3).replace(",", ""));
      return Optional.of(
          new AnswerKey(
              Kind.NUMBER,
              (negative ? value.negate() : value).stripTrailingZeros().toPlainString()));
    }
    var words = Normalizer.normalize(counts, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return Optional.of(new AnswerKey(Kind.TEXT, BLANK.matcher(words).replaceAll(" ").strip()));
  }

  /** The part of a text that is its answer. */
  private static String counts(String text) {
    var field = field(text);
    if (field.isPresent()) {
      return field.get();
    }
    var boxed = last(BOXED, text);
    return boxed.or(() -> last(SAID, text)).orElse(text);
  }

  private static Optional<String> last(Pattern pattern, String text) {
    var matcher = pattern.matcher(text);
    String last = null;
    while (matcher.find()) {
      last = matcher.group(1);
    }
    return Optional.ofNullable(last);
  }

  /** The {@code answer} field of a text that is a JSON object. */
  private static Optional<String> field(String text) {
    if (!text.startsWith("{") || !text.endsWith("}")) {
      return Optional.empty();
    }
    try {
      var answer = Json.object(text.getBytes(StandardCharsets.UTF_8), "the answer").get("answer");
      return answer == null
          ? Optional.empty()
          : Optional.of(answer.isValueNode() ? answer.asString("") : answer.toString());
    } catch (ExpertException e) {
      return Optional.empty();
    }
  }

  private static String arguments(String json) {
    try {
      return Json.object(json.getBytes(StandardCharsets.UTF_8), "the arguments").toString();
    } catch (ExpertException e) {
      return json;
    }
  }

  private static String trimmed(String text) {
    var before = text;
    while (true) {
      var after = EDGES.matcher(before).replaceAll("");
      if (after.equals(before)) {
        return after;
      }
      before = after;
    }
  }
}
