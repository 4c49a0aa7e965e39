package io.consilium.tools.everyday;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The currency of a question and how it was written; {@link #NONE} when none was.
 *
 * @param before a sign that stands before the amount, or empty
 * @param after a code or word that stands after it, or empty
 */
record Money(String before, String after) {
  static final Money NONE = new Money("", "");

  private static final Pattern SIGN = Pattern.compile("[$€£¥₹]");
  private static final Pattern WORD =
      Pattern.compile(
          "\\b(?:eur|usd|gbp|chf|jpy|inr|cad|aud|sek|nok|dkk|pln|czk|euros?|dollars?|bucks|pounds?|francs?|yen|rupees?)\\b",
          Pattern.CASE_INSENSITIVE);

  /** The first currency named. */
  static Money in(String question) {
    var sign = SIGN.matcher(question);
    if (sign.find()) {
      return new Money(sign.group(), "");
    }
    var word = WORD.matcher(question);
    if (!word.find()) {
      return NONE;
    }
    var found = word.group();
    return new Money(
        "",
        found.length() == 3 && !found.equalsIgnoreCase("yen")
            ? found.toUpperCase(Locale.ROOT)
            : found);
  }

  /** The text without any currency. */
  static String removed(String text) {
    return WORD.matcher(SIGN.matcher(text).replaceAll(" ")).replaceAll(" ");
  }

  boolean known() {
    return !equals(NONE);
  }

  /** An amount with two decimals and the currency; a plain number when there is no currency. */
  String show(BigDecimal amount) {
    if (!known()) {
      return Numbers.show(amount);
    }
    var cents = Numbers.cents(amount.abs());
    return (amount.signum() < 0 ? "-" : "") + before + cents + (after.isEmpty() ? "" : " " + after);
  }

  /** An amount given in the question: two decimals only where it has some. */
  String given(BigDecimal amount) {
    if (!known() || amount.stripTrailingZeros().scale() > 0) {
      return show(amount);
    }
    var whole = Numbers.show(amount.abs());
    return (amount.signum() < 0 ? "-" : "") + before + whole + (after.isEmpty() ? "" : " " + after);
  }

  /** What the structured result says: money is rounded to cents. */
  BigDecimal value(BigDecimal amount) {
    return known() ? amount.setScale(2, RoundingMode.HALF_UP) : Numbers.rounded(amount);
  }

  /** {@code =} or, where something is lost in showing it, {@code ≈}. */
  String equalsSign(BigDecimal amount) {
    boolean lossy = known() ? value(amount).compareTo(amount) != 0 : Numbers.inexact(amount);
    return lossy ? "≈" : "=";
  }

  /** The structured result's unit, or an empty text. */
  String unit() {
    return before + after;
  }
}
