package io.consilium.orchestrator.evaluate;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Ways to tell whether an answer is right by a known one. All read what an expert says at the end
 * of a longer answer ("… so the answer is 12."); none understands paraphrases: use a short,
 * checkable answer, or a human.
 */
public enum AnswerCheck {
  /** The same text, but for case, white space and punctuation at its ends. */
  EXACT("Answer with the answer only, without a sentence around it.") {
    @Override
    boolean matches(String given, String known) {
      var wanted = plain(known);
      return plain(given).equals(wanted) || plain(last(given)).equals(wanted);
    }
  },
  /** The same number: thousands separators, currency and per cent signs aside. */
  NUMBER("Answer with the number only.") {
    @Override
    boolean matches(String given, String known) {
      var wanted = number(known);
      var said = number(last(given)).or(() -> number(given));
      return wanted.isPresent() && said.isPresent() && close(said.get(), wanted.get());
    }

    @Override
    @Nullable String flaw(String known) {
      return number(known).isPresent() ? null : "the known answer holds no number";
    }
  },
  /** The same letter of a multiple choice. */
  CHOICE("Answer with the letter of the right option only.") {
    @Override
    boolean matches(String given, String known) {
      return letter(given).filter(letter -> letter.equals(letter(known).orElse(""))).isPresent();
    }

    @Override
    @Nullable String flaw(String known) {
      return letter(known).isPresent() ? null : "the known answer must be the letter of an option";
    }
  },
  /** The same JSON value: order of keys and spelling of numbers aside. */
  JSON("Answer with JSON only.") {
    @Override
    boolean matches(String given, String known) {
      var wanted = json(known);
      return wanted.isPresent()
          && json(given).filter(said -> said.equals(SAME, wanted.get())).isPresent();
    }

    @Override
    @Nullable String flaw(String known) {
      return json(known).isPresent() ? null : "the known answer is no JSON";
    }
  };

  private static final Pattern MARK =
      Pattern.compile("(?i)(?:answer|result)\\s*(?:is|:|=)\\s*[:*]*\\s*");
  private static final Pattern NUMBER_FORM =
      Pattern.compile("[-+−]?(?:\\d{1,3}(?:,\\d{3})+|\\d+)?(?:\\.\\d+)?(?:[eE][-+]?\\d+)?");
  private static final Pattern ALONE = Pattern.compile("[\\s(\\[*]*([A-Za-z])[\\s)\\].:*]*");
  private static final Pattern LEADING =
      Pattern.compile("[\\s(\\[*]*([A-Z])[)\\].:*](?:\\s.*|$)", Pattern.DOTALL);
  private static final Pattern BOXED =
      Pattern.compile("\\\\boxed\\{\\s*(?:\\\\text\\{)?\\s*([^{}]*)}");
  private static final Pattern BRACKETED = Pattern.compile("\\(([A-Z])\\)");
  private static final Pattern FENCED = Pattern.compile("```(?:json)?\\s*(.*?)```", Pattern.DOTALL);
  private static final double TOLERANCE = 1e-6;

  private static final java.util.Comparator<JsonNode> SAME =
      (one, other) ->
          one.isNumber() && other.isNumber()
              ? one.decimalValue().compareTo(other.decimalValue())
              : one.equals(other) ? 0 : 1;

  private final String instruction;

  AnswerCheck(String instruction) {
    this.instruction = instruction;
  }

  abstract boolean matches(String given, String known);

  /** What is wrong with a known answer for this check, or null. */
  @Nullable String flaw(String known) {
    return known.isBlank() ? "the known answer is empty" : null;
  }

  /** Whether the answer given is right. */
  public boolean right(String given, String known) {
    return !given.isBlank() && matches(given, known);
  }

  /** Tells an expert how to answer so that it can be checked. */
  public String instruction() {
    return instruction;
  }

  /** Its name in files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The check of that name. */
  public static AnswerCheck of(String word) {
    return Arrays.stream(values())
        .filter(check -> check.word().equals(word.strip().toLowerCase(Locale.ROOT)))
        .findAny()
        .orElseThrow(() ->
            ExpertException.invalid(
                "check",
                "there is no check '%s'; there are %s"
                    .formatted(
                        word,
                        Arrays.stream(values())
                            .map(AnswerCheck::word)
                            .collect(Collectors.joining(", ")))));
  }

  /** What stands behind the last "answer is", in a box, or on the last line. */
  private static String last(String given) {
    var boxed = BOXED.matcher(given);
    String found = null;
    while (boxed.find()) {
      found = boxed.group(1);
    }
    if (found != null) {
      return found;
    }
    int end = -1;
    for (var mark = MARK.matcher(given); mark.find(); ) {
      end = mark.end();
    }
    if (end >= 0 && end < given.length()) {
      return given.substring(end).lines().findFirst().orElse("");
    }
    return given.strip().lines().reduce("", (first, second) -> second);
  }

  private static String plain(String text) {
    return text.strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("\\s+", " ")
        .replaceAll("^[\\p{Punct}\\s&&[^-+$(]]+|[\\p{Punct}\\s&&[^%)]]+$", "");
  }

  /** The last number in a text. */
  private static Optional<BigDecimal> number(String text) {
    Optional<BigDecimal> found = Optional.empty();
    for (var matcher = NUMBER_FORM.matcher(text); matcher.find(); ) {
      var digits = matcher.group().replace(",", "").replace('−', '-');
      if (digits.chars().anyMatch(Character::isDigit)) {
        try {
          found = Optional.of(new BigDecimal(digits));
        } catch (NumberFormatException e) {
          // an exponent beyond all measure: no number anybody means
        }
      }
    }
    return found;
  }

  private static boolean close(BigDecimal said, BigDecimal wanted) {
    double s = said.doubleValue();
    double w = wanted.doubleValue();
    return Math.abs(s - w) <= TOLERANCE * Math.max(Math.abs(s), Math.abs(w));
  }

  private static Optional<String> letter(String text) {
    for (var place : new String[] {text, last(text)}) {
      for (var form : new Pattern[] {ALONE, LEADING}) {
        var matcher = form.matcher(place);
        if (matcher.matches()) {
          return Optional.of(matcher.group(1).toUpperCase(Locale.ROOT));
        }
      }
    }
    Optional<String> found = Optional.empty();
    for (var bracketed = BRACKETED.matcher(text); bracketed.find(); ) {
      found = Optional.of(bracketed.group(1));
    }
    return found;
  }

  private static Optional<JsonNode> json(String text) {
    String body = text;
    for (var fenced = FENCED.matcher(text); fenced.find(); ) {
      body = fenced.group(1);
    }
    try {
      var node = Json.MAPPER.readTree(body.strip());
      return node == null || node.isMissingNode() ? Optional.empty() : Optional.of(node);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
