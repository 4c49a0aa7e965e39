package io.consilium.aggregator.form;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers by value: {@code 195,000}, {@code 1 234}, {@code 1.234,5}, {@code 3,14}, {@code $4.50},
 * {@code 5 dollars}, {@code 40%}, {@code 1.5e3}, {@code 1.5 × 10^3}, {@code 1/3}, {@code 1 1/2}.
 *
 * <p>A sign of currency, percent or angle is left out, as answers leave it out as often as not: 40%
 * is 40, not 0.4. A fraction becomes a decimal where it has one that ends, else it is reduced, so
 * 1/3 is not 0.333.
 */
public final class Numbers {
  private static final int LONGEST = 400;
  private static final int LARGEST_EXPONENT = 100;
  private static final int LONGEST_FRACTION = 30;

  private static final String DIGITS =
      "\\d[\\d,]*(?:\\.\\d+)?|\\.\\d+|\\d{1,3}(?:[  \u2009'’_]\\d{3})+(?:\\.\\d+)?|\\d{1,3}(?:\\.\\d{3})+,\\d+|\\d{1,3}(?:\\.\\d{3}){2,}";
  private static final String AFTER =
      "\\s*(?:[%°€£$]|(?:percent|per cent|degrees?|dollars?|euros?|usd|eur|pounds? sterling|cents?)\\b)?";
  private static final Pattern PLAIN =
      Pattern.compile("([-+−]?)\\s*(?:[$€£]|US\\$)?\\s*([-−]?)(" + DIGITS + ")(?i:" + AFTER + ")");
  private static final Pattern SCIENTIFIC =
      Pattern.compile(
          "([-+−]?)\\s*(\\d+(?:\\.\\d+)?|\\.\\d+)(?:[eE]([-+−]?\\d{1,3})|\\s*(?:[*x×·])\\s*10\\s*(?:\\^|\\*\\*)\\s*[({]?\\s*([-+−]?\\d{1,3})[)}]?)");
  private static final Pattern FRACTION =
      Pattern.compile(
          "([-+−]?)\\s*(?:(\\d{1,12})\\s+)?\\(?(-?\\d{1,18})\\)?\\s*/\\s*\\(?(-?\\d{1,18})\\)?");
  private static final Pattern DECIMAL_COMMA = Pattern.compile("\\d+,(?:\\d{1,2}|\\d{4,})");

  private Numbers() {}

  /** The number in decimal, or as a reduced fraction. */
  public static Optional<String> read(String text) {
    if (text.length() > LONGEST || !mayBeNumber(text)) {
      return Optional.empty();
    }
    var plain = PLAIN.matcher(text);
    if (plain.matches()) {
      boolean negative = minus(plain.group(1)) || !plain.group(2).isEmpty();
      return Optional.of(decimal(signed(new BigDecimal(digits(plain.group(3))), negative)));
    }
    var scientific = SCIENTIFIC.matcher(text);
    if (scientific.matches()) {
      return scientific(scientific);
    }
    var fraction = FRACTION.matcher(text);
    return fraction.matches() ? fraction(fraction) : Optional.empty();
  }

  private static boolean mayBeNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        return true;
      }
      if (Character.isLetter(c) && c != 'U' && c != 'S') {
        return false;
      }
    }
    return false;
  }

  /** A written number with a point for its decimals and nothing between its thousands. */
  static String digits(String written) {
    boolean pointsBetween = written.indexOf('.') != written.lastIndexOf('.');
    boolean commaLast = written.indexOf('.') >= 0 && written.indexOf(',') > written.indexOf('.');
    if (commaLast || DECIMAL_COMMA.matcher(written).matches()) {
      return written.replace(".", "").replace(',', '.');
    }
    var plain = new StringBuilder(written.length());
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if ((c >= '0' && c <= '9') || (c == '.' && !pointsBetween)) {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /** A number in one spelling. */
  static String decimal(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  private static Optional<String> scientific(Matcher matcher) {
    var written = matcher.group(3) == null ? matcher.group(4) : matcher.group(3);
    int exponent = Integer.parseInt(written.replace('−', '-'));
    if (Math.abs(exponent) > LARGEST_EXPONENT) {
      return Optional.empty();
    }
    var value = new BigDecimal(matcher.group(2)).scaleByPowerOfTen(exponent);
    return Optional.of(decimal(signed(value, minus(matcher.group(1)))));
  }

  private static Optional<String> fraction(Matcher matcher) {
    var over = new BigInteger(matcher.group(3));
    var under = new BigInteger(matcher.group(4));
    if (under.signum() == 0) {
      return Optional.empty();
    }
    if (matcher.group(2) != null) {
      over = over.add(under.multiply(new BigInteger(matcher.group(2))));
    }
    if (minus(matcher.group(1))) {
      over = over.negate();
    }
    if (under.signum() < 0) {
      over = over.negate();
      under = under.negate();
    }
    var shared = over.gcd(under);
    over = over.divide(shared);
    under = under.divide(shared);
    try {
      var exact = new BigDecimal(over).divide(new BigDecimal(under));
      if (exact.precision() <= LONGEST_FRACTION) {
        return Optional.of(decimal(exact));
      }
    } catch (ArithmeticException endless) {
      // written as a fraction below
    }
    return Optional.of(over + "/" + under);
  }

  private static boolean minus(String sign) {
    return sign.equals("-") || sign.equals("−");
  }

  private static BigDecimal signed(BigDecimal value, boolean negative) {
    return negative ? value.negate() : value;
  }
}
