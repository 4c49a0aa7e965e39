package io.consilium.tools.everyday;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** English number words, up to the trillions: "twelve hundred", "one hundred and five". */
final class NumberWords {
  private static final List<String> SMALL =
      List.of(
          "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
              .concat(" fifteen sixteen seventeen eighteen nineteen")
              .split(" "));
  private static final List<String> TENS =
      List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");
  private static final Map<String, Long> LARGE =
      Map.of(
          "thousand",
          1_000L,
          "million",
          1_000_000L,
          "billion",
          1_000_000_000L,
          "trillion",
          1_000_000_000_000L);
  private static final String WORD =
      "(?:"
          + String.join("|", SMALL)
          + "|"
          + String.join("|", TENS)
          + "|hundred|dozen|couple|thousand|million|billion|trillion)";

  /** A run of number words; "a" only before a scale, "one" not where it is a pronoun. */
  private static final Pattern RUN =
      Pattern.compile(
          "(?<![\\w.])(?<!\\d )(?<!\\bwhich )(?<!\\bthis )(?<!\\bthat )(?<!\\beach )(?<!\\bthe )(?:an? (?=hundred|thousand|million|billion|trillion|dozen|couple))?"
              + WORD
              + "s?(?:(?:[\\s-]+and)?[\\s-]+"
              + WORD
              + ")*(?![\\w])");

  private NumberWords() {}

  static String replace(String text) {
    return RUN.matcher(text)
        .replaceAll(m -> {
          var value = value(m.group());
          return Matcher.quoteReplacement(value == null ? m.group() : String.valueOf(value));
        });
  }

  private static @Nullable Long value(String run) {
    long total = 0;
    long part = 0;
    boolean any = run.startsWith("a");
    for (var word : run.replaceAll("\\band\\b|\\ban?\\b", " ").strip().split("[\\s-]+")) {
      int small = SMALL.indexOf(word);
      int ten = TENS.indexOf(word);
      if (small >= 0 || ten >= 0) {
        long worth = small >= 0 ? small : (ten + 2) * 10L;
        boolean follows = part % 100 == 0 || (part % 10 == 0 && part % 100 >= 20 && worth < 10);
        if (any && !follows) {
          return null; // "one two three" is a list, not a number
        }
        part += worth;
      } else if (word.startsWith("hundred")) {
        part = Math.max(part, 1) * 100;
      } else if (word.startsWith("dozen")) {
        part = Math.max(part, 1) * 12;
      } else if (word.startsWith("couple")) {
        part = 2;
      } else {
        Long scale = LARGE.get(word.endsWith("s") ? word.substring(0, word.length() - 1) : word);
        if (scale == null) {
          return null;
        }
        if (!any) {
          return null; // "3 million": the digits' business
        }
        total += Math.max(part, 1) * scale;
        part = 0;
      }
      any = true;
    }
    return total + part;
  }
}
