package io.consilium.tools.everyday;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/** Brings the ways of writing a quantity into one. */
final class UnitWording {
  private static final Pattern IMPERIAL = Pattern.compile("\\b(?:imperial|uk|british)\\b");

  private UnitWording() {}

  /**
   * Numbers in digits, quotes as feet and inches, fractions as decimals; the case of Mb is read
   * first.
   */
  static String plain(String question) {
    var s = question.replaceAll("\\b([kKMGTP])b(?=\\b|ps)", "$1bit").replaceAll("bitps\\b", "bps");
    s = s.replaceAll("[\u2032\u2018\u2019]", "'").replaceAll("[\u2033\u201c\u201d]", "\"");
    s = s.replaceAll("(\\d)\\s*'\\s*(\\d+(?:\\.\\d+)?)\\s*(?:\"|''|in\\b)?", "$1 feet $2 inches");
    s = s.replaceAll("(\\d)\\s*(?:\"|'')", "$1 inches").replaceAll("(\\d)\\s*'(?!\\w)", "$1 feet");
    s = Numbers.plainUnscaled(s);
    s = s.replaceAll("\\b(?:half|1/2) an? ", "0.5 ").replaceAll("\\b(?:a )?half (?=[a-z])", "0.5 ");
    s = s.replaceAll("\\b(?:a |1 )?quarter (?:of )?(?:an? )?(?=[a-z])", "0.25 ");
    s = mixed(s);
    s =
        s.replaceAll(
            "\\b(?:l|litres?|liters?)\\s*(?:/|per)\\s*100\\s*(?:km|kms|kilomet(?:re|er)s?)",
            "litresperhundred");
    s = s.replaceAll("\\b(?:us|u\\.s\\.|american) (?=gal|quart|pint|cup|fl|table|tea)", "us ");
    if (IMPERIAL.matcher(s).find()) {
      s = s.replaceAll("\\b(?:imperial|uk|british) ", "");
      s =
          s.replaceAll(
              "(?<!us )\\b(gallons?|quarts?|pints?|fluid ounces?|fl oz|mpg|miles per gallon)\\b",
              "imperial $1");
    }
    return s.replaceAll("\\s+", " ").strip();
  }

  private static String mixed(String s) {
    var whole = Pattern.compile("(?:(\\d+) (?:and )?)?\\b(\\d+)/(\\d+)(?=\\s*[a-z])").matcher(s);
    return whole.replaceAll(m -> {
      var below = new BigDecimal(m.group(3));
      if (below.signum() == 0) {
        return m.group();
      }
      var part = new BigDecimal(m.group(2)).divide(below, 12, RoundingMode.HALF_UP);
      var all = m.group(1) == null ? part : part.add(new BigDecimal(m.group(1)));
      return all.stripTrailingZeros().toPlainString();
    });
  }
}
