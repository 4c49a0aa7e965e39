package io.consilium.tools.everyday;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way of asking: a pattern over a plain sentence and what is computed from its numbers.
 *
 * @param pattern in it, {@code N} stands for a number and {@code P} for a percentage
 * @param computes from the match and the currency; division by zero means no answer
 */
record Phrase(Pattern pattern, Computes computes) {
  static final MathContext EXACTLY = MathContext.DECIMAL128;
  static final BigDecimal HUNDRED = new BigDecimal(100);
  private static final int LONGEST = 500;
  private static final Pattern NUMBER = Pattern.compile("\\d+(?:\\.\\d+)?");

  /** The computation of a phrase. */
  @FunctionalInterface
  interface Computes {
    Reading from(Matcher match, Money money) throws Unreadable;
  }

  static Phrase of(String pattern, Computes computes) {
    var regex =
        pattern
            .replaceAll("\\bP\\b", Matcher.quoteReplacement("N\\s?%"))
            .replaceAll("\\bN\\b", Matcher.quoteReplacement(Numbers.N));
    return new Phrase(Pattern.compile(regex), computes);
  }

  /** Tries the phrases in order; one that leaves a number of the sentence unused does not fit. */
  static Optional<Reading> first(List<Phrase> phrases, String sentence, Money money)
      throws Unreadable {
    if (sentence.length() > LONGEST) {
      return Optional.empty(); // the patterns' effort grows faster than the sentence
    }
    for (var phrase : phrases) {
      var match = phrase.pattern.matcher(sentence);
      if (match.find() && numbers(sentence) == numbers(match.group())) {
        try {
          return Optional.of(phrase.computes.from(match, money));
        } catch (ArithmeticException e) {
          throw new Unreadable("That divides by zero, or has no real result.");
        }
      }
    }
    return Optional.empty();
  }

  private static long numbers(String text) {
    return NUMBER.matcher(text).results().count();
  }

  /** An amount as the worked result. */
  static Reading amount(String expression, BigDecimal result, Money money) {
    return new Reading(
        expression + " " + money.equalsSign(result) + " " + money.show(result),
        money.value(result),
        money.unit().isEmpty() ? null : money.unit(),
        expression,
        Reading.SURE);
  }

  /** A plain number, whatever currency the question had. */
  static Reading number(String expression, BigDecimal result) {
    return amount(expression, result, Money.NONE);
  }

  /** A percentage as the worked result, shown to four decimals. */
  static Reading percent(String expression, BigDecimal result) {
    var shown = result.setScale(4, RoundingMode.HALF_UP);
    return new Reading(
        "%s %s %s %%"
            .formatted(expression, shown.compareTo(result) == 0 ? "=" : "≈", Numbers.show(shown)),
        Numbers.rounded(result),
        "%",
        expression,
        Reading.SURE);
  }

  static BigDecimal over(BigDecimal a, BigDecimal b) {
    return a.divide(b, EXACTLY);
  }
}
