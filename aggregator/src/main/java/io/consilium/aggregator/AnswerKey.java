package io.consilium.aggregator;

import io.consilium.aggregator.form.Choices;
import io.consilium.aggregator.form.CodeBlocks;
import io.consilium.aggregator.form.Dates;
import io.consilium.aggregator.form.JsonText;
import io.consilium.aggregator.form.Latex;
import io.consilium.aggregator.form.Literals;
import io.consilium.aggregator.form.Numbers;
import io.consilium.aggregator.form.Quantities;
import io.consilium.aggregator.form.Words;
import io.consilium.expert.Answer;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An answer reduced to what is compared: two answers with equal keys say the same.
 *
 * <p>The part that counts is what a {@code \boxed{…}}, an {@code "answer"} field or the words "the
 * answer is" (in one of several languages) point at, the last one where there are several; the code
 * of a text that is mostly code; else the whole text. It is read as the first {@link Kind} of its
 * category that fits, typeset mathematics as plain characters.
 *
 * @param kind what sort of answer it is
 * @param text the normal form
 */
public record AnswerKey(Kind kind, String text) {
  /** Sorts of answers, in the order in which they are tried. */
  public enum Kind {
    /** A letter of a multiple choice, or several. */
    CHOICE(10),
    /** A number. */
    NUMBER(50),
    /** A number with a unit. */
    QUANTITY(50),
    /** A day or a month. */
    DATE(50),
    /** A JSON object or array. */
    JSON(50),
    /** Code in fenced blocks. */
    CODE(50),
    /** What a program puts out: letter by letter, but for quotes around it. */
    LITERAL(50),
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

  /** Sorts that are tried where nothing is known of the question; a literal may be anything. */
  private static final List<Kind> ALL =
      Arrays.stream(Kind.values()).filter(kind -> kind != Kind.LITERAL).toList();

  private static final List<Kind> LETTERS = List.of(Kind.CHOICE, Kind.TEXT);
  private static final List<Kind> FIGURES =
      List.of(Kind.NUMBER, Kind.QUANTITY, Kind.CHOICE, Kind.TEXT);

  /**
   * What is tried for a category, in order; any other category tries all. One line each, those that
   * benchmarks go by among them, for a fitted router guesses the categories of its records.
   */
  private static final Map<String, List<Kind>> BY_CATEGORY =
      Map.ofEntries(
          Map.entry("multiple-choice", LETTERS),
          Map.entry("math", FIGURES),
          Map.entry("gsm", FIGURES),
          Map.entry("gsm8k", FIGURES),
          Map.entry("program-output", List.of(Kind.LITERAL)),
          Map.entry("crux", List.of(Kind.LITERAL)),
          Map.entry("cruxeval", List.of(Kind.LITERAL)),
          Map.entry("code", List.of(Kind.CODE, Kind.JSON, Kind.NUMBER, Kind.TEXT)),
          Map.entry(
              "extraction", List.of(Kind.JSON, Kind.DATE, Kind.QUANTITY, Kind.NUMBER, Kind.TEXT)),
          Map.entry("writing", List.of(Kind.TEXT)));

  private static final String BOXED = "\\boxed{";
  private static final Pattern SAID =
      Pattern.compile(
          "(?iu)(?:(?<![\\p{L}\\d])(?:final answer|answer|result)\\b\\**\\s*(?:is\\b|are\\b|:|=)"
              + "|(?<![\\p{L}\\d])(?:antwort|ergebnis|réponse|résultat|respuesta|resultado|risposta|risultato|resposta)\\**\\s*(?:ist\\b|lautet\\b|est\\b|es\\b|è(?= )|é(?= )|:|=)"
              + "|(?:答案|ответ)\\**\\s*(?:是|为|[:：=—-]))\\s*:?\\s*([^\\n]+)");
  private static final int SHORTEST_SAID = 4;

  /** The key of an answer; empty when it refuses or says nothing. */
  public static Optional<AnswerKey> of(Answer answer) {
    return of(answer, "");
  }

  /** The same for an answer to a question of a category, "" where it is not known. */
  public static Optional<AnswerKey> of(Answer answer, String category) {
    if (answer.refusal() != null) {
      return Optional.empty();
    }
    if (!answer.toolCalls().isEmpty()) {
      var calls =
          answer.toolCalls().stream()
              .map(call -> call.name() + arguments(call.arguments()))
              .sorted()
              .collect(Collectors.joining("\n"));
      return Optional.of(new AnswerKey(Kind.CALLS, calls));
    }
    return of(answer.text(), category);
  }

  /** The key of a text; empty when it is blank. */
  public static Optional<AnswerKey> of(String text) {
    return of(text, "");
  }

  /** The same for an answer to a question of a category, "" where it is not known. */
  public static Optional<AnswerKey> of(String text, String category) {
    var kinds = category.isEmpty() ? ALL : BY_CATEGORY.getOrDefault(category, ALL);
    var whole = text.strip();
    var fenced = CodeBlocks.inside(whole);
    if (fenced.isPresent()) {
      var block = fenced.get().strip();
      boolean code = block.indexOf('\n') >= 0 && JsonText.read(block).isEmpty();
      if (code && kinds.contains(Kind.CODE)) {
        return CodeBlocks.read(whole).map(key -> new AnswerKey(Kind.CODE, key));
      }
      whole = block;
    }
    if (kinds.contains(Kind.LITERAL)) {
      var literal = Literals.read(counts(whole));
      return literal.map(written -> new AnswerKey(Kind.LITERAL, written));
    }
    var counts = trimmed(counts(whole));
    if (counts.isEmpty()) {
      return Optional.empty();
    }
    var key = read(counts, kinds);
    return key.kind() == Kind.TEXT
        ? Optional.of(
            Latex.plain(counts)
                .filter(plain -> !plain.isBlank())
                .map(plain -> read(plain, kinds))
                .orElse(key))
        : Optional.of(key);
  }

  private static AnswerKey read(String text, List<Kind> kinds) {
    for (var kind : kinds) {
      var form = form(kind, text);
      if (form.isPresent()) {
        return new AnswerKey(kind, form.get());
      }
    }
    throw new IllegalStateException("no form reads every text of " + kinds);
  }

  /** The normal form of a text if it is of this kind; one line each. */
  private static Optional<String> form(Kind kind, String text) {
    return switch (kind) {
      case CHOICE -> Choices.read(text);
      case NUMBER -> Numbers.read(text);
      case QUANTITY -> Quantities.read(text);
      case DATE -> Dates.read(text);
      case JSON -> JsonText.read(text);
      case CODE -> CodeBlocks.read(text);
      case LITERAL -> Literals.read(text);
      case TEXT -> Words.read(text);
      case CALLS -> Optional.empty();
    };
  }

  /** The part of a text that is its answer. */
  private static String counts(String text) {
    if (text.length() < SHORTEST_SAID) {
      return text;
    }
    var field = field(text);
    if (field.isPresent()) {
      return field.get();
    }
    var boxed = boxed(text);
    return boxed.or(() -> last(SAID, text)).orElse(text);
  }

  /** What the last box that is closed holds. */
  private static Optional<String> boxed(String text) {
    int at = text.lastIndexOf(BOXED);
    if (at < 0) {
      return Optional.empty();
    }
    int open = 1;
    int start = at + BOXED.length();
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (open == 0) {
        return Optional.of(text.substring(start, i));
      }
    }
    return Optional.empty();
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
      var arguments = Json.object(json.getBytes(StandardCharsets.UTF_8), "the arguments");
      return JsonText.canonical(arguments).toString();
    } catch (ExpertException e) {
      return json;
    }
  }

  /** Without quotes, stars, ticks, signs of LaTeX and blanks around it, or a full stop after it. */
  private static String trimmed(String text) {
    int start = 0;
    int end = text.length();
    while (end > start && (isEdge(text.charAt(end - 1)) || text.charAt(end - 1) == '.')) {
      end--;
    }
    while (start < end && isEdge(text.charAt(start))) {
      start++;
    }
    return text.substring(start, end);
  }

  private static boolean isEdge(char c) {
    return switch (c) {
      case ' ', '\t', '\n', '\u000B', '\f', '\r', '*', '`', '\'', '"', '$' -> true;
      default -> false;
    };
  }
}
