package io.consilium.router;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads symbols out loud as speech synthesis does ("2^8" becomes "2 to the power of 8", "60 mph"
 * becomes "60 miles per hour"), so that they share words with texts that spell them out. The
 * symbols are those of arithmetic, the SI and customary units, and currencies; none belongs to an
 * expert.
 */
final class Spoken {
  private record Rule(Pattern pattern, String words) {}

  private static final List<Rule> OPERATORS =
      List.of(
          rule("(?<=[\\d)])\\s*(?:\\*\\*|\\^)\\s*(?=[\\d(-])", " to the power of "),
          rule("(?<=[\\d)])\\s*[*×·]\\s*(?=[\\d(])", " times "),
          rule("(?<=[\\d)])\\s*\\+\\s*(?=[\\d(])", " plus "),
          rule("(?<=[\\d)])\\s+[-−–]\\s+(?=[\\d(])", " minus "),
          rule("(?<=[\\d)])(?:\\s+/\\s+|\\s*÷\\s*)(?=[\\d(])", " divided by "),
          rule("(?<=\\d)\\s?%", " percent"),
          rule("√|\\bsqrt\\b", "square root "),
          rule("(\\d)\\s?['′]\\s?(\\d{1,2})\\s?(?:\"|″)?(?!\\w)", "$1 feet $2 inches"),
          rule("\\$\\s?(\\d[\\d.,]*)", "$1 dollars"),
          rule("€\\s?(\\d[\\d.,]*)|(\\d[\\d.,]*)\\s?€", "$1$2 euros"),
          rule("£\\s?(\\d[\\d.,]*)", "$1 pounds sterling"),
          rule("¥\\s?(\\d[\\d.,]*)", "$1 yen"));

  private static final Map<String, String> UNITS =
      Map.ofEntries(
          Map.entry("mm", "millimetres"),
          Map.entry("cm", "centimetres"),
          Map.entry("m", "metres"),
          Map.entry("km", "kilometres"),
          Map.entry("m²", "square metres"),
          Map.entry("m2", "square metres"),
          Map.entry("km²", "square kilometres"),
          Map.entry("km2", "square kilometres"),
          Map.entry("sq ft", "square feet"),
          Map.entry("ft", "feet"),
          Map.entry("yd", "yards"),
          Map.entry("km/h", "kilometres per hour"),
          Map.entry("m/s", "metres per second"),
          Map.entry("mph", "miles per hour"),
          Map.entry("mg", "milligrams"),
          Map.entry("g", "grams"),
          Map.entry("kg", "kilograms"),
          Map.entry("lb", "pounds"),
          Map.entry("lbs", "pounds"),
          Map.entry("oz", "ounces"),
          Map.entry("fl oz", "fluid ounces"),
          Map.entry("ml", "millilitres"),
          Map.entry("l", "litres"),
          Map.entry("w", "watts"),
          Map.entry("kw", "kilowatts"),
          Map.entry("kwh", "kilowatt hours"),
          Map.entry("hp", "horsepower"),
          Map.entry("kj", "kilojoules"),
          Map.entry("kcal", "kilocalories"),
          Map.entry("kpa", "kilopascals"),
          Map.entry("hpa", "hectopascals"),
          Map.entry("kb", "kilobytes"),
          Map.entry("mb", "megabytes"),
          Map.entry("gb", "gigabytes"),
          Map.entry("tb", "terabytes"),
          Map.entry("mib", "mebibytes"),
          Map.entry("gib", "gibibytes"),
          Map.entry("mbit/s", "megabits per second"),
          Map.entry("°c", "degrees celsius"),
          Map.entry("°f", "degrees fahrenheit"),
          Map.entry("c", "degrees celsius"),
          Map.entry("f", "degrees fahrenheit"),
          Map.entry("h", "hours"),
          Map.entry("min", "minutes"));

  /** A unit after its number, or one of two letters and more anywhere. */
  private static final Pattern UNIT =
      Pattern.compile(
          "(?:(?<=\\d)\\s?|\\s?(?<![\\w°])(?=[a-z][a-z/]))(sq ft|fl oz|km/h|mbit/s|m/s|°[cf]|[kmgt]i?b|k?m[²2]|[ckm]?m"
              + "|ft|yd|mph|m?g|kg|lbs?|oz|ml|l|kwh?|w|hp|kj|kcal|[kh]pa|[cfh]|min)(?![\\w/²])",
          Pattern.CASE_INSENSITIVE);

  private Spoken() {}

  private static Rule rule(String pattern, String words) {
    return new Rule(Pattern.compile(pattern, Pattern.CASE_INSENSITIVE), words);
  }

  /** The text with its symbols spelt out. */
  static String of(String text) {
    var spoken = text;
    for (var rule : OPERATORS) {
      spoken = rule.pattern.matcher(spoken).replaceAll(rule.words);
    }
    return UNIT.matcher(spoken)
        .replaceAll(unit ->
            Matcher.quoteReplacement(
                " " + UNITS.getOrDefault(unit.group(1).toLowerCase(Locale.ROOT), unit.group(1))));
  }
}
