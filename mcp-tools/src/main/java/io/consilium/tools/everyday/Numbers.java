package io.consilium.tools.everyday;

import static java.util.Map.entry;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers as people write and read them.
 *
 * <p>A comma before exactly three digits groups thousands ({@code 2,340}); any other single comma
 * is a decimal comma ({@code 3,5}); where comma and point both stand, the last one is the decimal
 * ({@code 1.234,50}). A single point is always the decimal point. Apostrophes, underscores and
 * non-breaking spaces group digits; a plain space only before {@code 000}.
 */
final class Numbers {
  /** A number after {@link #plain}, optionally signed. */
  static final String N = "(-?\\d++(?:\\.\\d++)?+)";

  private static final int SHOWN_DIGITS = 12;
  private static final int LONGEST_PLAIN = 45;

  /** What a binary double, which trigonometry and logarithms go through, can be trusted for. */
  private static final MathContext DOUBLE = new MathContext(15);

  private static final Pattern NUMERAL = Pattern.compile("\\d[\\d.,]*\\d|\\.?\\d");
  private static final Pattern SCALED =
      Pattern.compile(
          "(\\d+(?:\\.\\d+)?)\\s*(thousand|million|mio|billion|bn|trillion|dozen|hundred)\\b");
  private static final Map<String, BigDecimal> SCALES =
      Map.ofEntries(
          entry("hundred", new BigDecimal(100)),
          entry("dozen", new BigDecimal(12)),
          entry("thousand", new BigDecimal(1_000)),
          entry("mio", new BigDecimal(1_000_000)),
          entry("million", new BigDecimal(1_000_000)),
          entry("bn", new BigDecimal(1_000_000_000)),
          entry("billion", new BigDecimal(1_000_000_000)),
          entry("trillion", new BigDecimal(1_000_000_000_000L)));

  private Numbers() {}

  /** The text in lower case with every number, words included, written {@code 1234.5}. */
  static String plain(String text) {
    var s = plainUnscaled(text);
    return scaled(
        s.replaceAll("(?<=\\d)\\s?k\\b", " thousand").replaceAll("(?<=\\d)m\\b", " million"));
  }

  /** The same, but {@code k} and {@code m} after a number are left for units. */
  static String plainUnscaled(String text) {
    var s = text.toLowerCase(Locale.ROOT);
    s = s.replaceAll("[\u2018\u2019]", "'").replaceAll("[\u2212\u2013\u2014]", "-");
    s = s.replaceAll("(?<=\\d)['_\u00a0\u202f\u2009](?=\\d{3}(?!\\d))", "");
    s = s.replaceAll("(?<=\\d) (?=000(?!\\d))", "");
    s = s.replace("½", " 0.5").replace("¼", " 0.25").replace("¾", " 0.75");
    s = NUMERAL.matcher(s).replaceAll(m -> canonical(m.group()));
    s = NumberWords.replace(s);
    return scaled(s);
  }

  /** {@code 3 million} and {@code 2 dozen} as digits. */
  private static String scaled(String s) {
    var before = s;
    do {
      before = s;
      s =
          SCALED
              .matcher(s)
              .replaceAll(m ->
                  new BigDecimal(m.group(1))
                      .multiply(SCALES.getOrDefault(m.group(2), BigDecimal.ONE))
                      .stripTrailingZeros()
                      .toPlainString());
    } while (!s.equals(before));
    return s;
  }

  private static String canonical(String numeral) {
    int comma = numeral.lastIndexOf(',');
    int point = numeral.lastIndexOf('.');
    if (comma >= 0 && point >= 0) {
      char group = comma > point ? '.' : ',';
      return numeral.replace(String.valueOf(group), "").replace(',', '.');
    }
    if (comma >= 0) {
      if (numeral.matches("[1-9]\\d{0,2}(,\\d{3})+")) {
        return numeral.replace(",", "");
      }
      return numeral.indexOf(',') == comma ? numeral.replace(',', '.') : numeral.replace(",", ", ");
    }
    if (numeral.matches("[1-9]\\d{0,2}(\\.\\d{3}){2,}")) {
      return numeral.replace(".", "");
    }
    return numeral.startsWith(".") ? "0" + numeral : numeral;
  }

  static BigDecimal of(String plain) {
    return new BigDecimal(plain);
  }

  static BigDecimal group(Matcher match, int group) {
    return new BigDecimal(match.group(group));
  }

  /** Rounded to what is worth showing: twelve digits, no trailing zeros. */
  static BigDecimal rounded(BigDecimal value) {
    int digits = Math.max(SHOWN_DIGITS, value.precision() - Math.max(value.scale(), 0));
    boolean integer = value.stripTrailingZeros().scale() <= 0;
    var round = integer ? value : value.round(new MathContext(digits, RoundingMode.HALF_UP));
    var plain = round.signum() == 0 ? BigDecimal.ZERO : round.stripTrailingZeros();
    return plain.scale() < 0 && plain.precision() - plain.scale() <= LONGEST_PLAIN
        ? plain.setScale(0)
        : plain;
  }

  /** Whether showing it loses something. */
  static boolean inexact(BigDecimal value) {
    return rounded(value).compareTo(value.round(DOUBLE)) != 0
        && rounded(value).compareTo(value) != 0;
  }

  /** With thousands separators, at most twelve digits. */
  static String show(BigDecimal value) {
    var round = rounded(value);
    if (round.signum() != 0 && Math.abs(round.precision() - round.scale()) > LONGEST_PLAIN) {
      return round.toString();
    }
    return grouped(round.toPlainString());
  }

  /** With thousands separators and two decimals. */
  static String cents(BigDecimal value) {
    return grouped(value.setScale(2, RoundingMode.HALF_UP).toPlainString());
  }

  private static String grouped(String plain) {
    int end = plain.indexOf('.') < 0 ? plain.length() : plain.indexOf('.');
    var shown = new StringBuilder(plain);
    for (int at = end - 3; at > (plain.startsWith("-") ? 1 : 0); at -= 3) {
      shown.insert(at, ',');
    }
    return shown.toString();
  }
}
