package io.consilium.aggregator.form;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Days and months of the calendar as ISO 8601: {@code 2 January 2026}, {@code Jan 2nd, 2026},
 * {@code 2. Januar 2026}, {@code 02.01.2026} are {@code 2026-01-02}; {@code January 2026} is {@code
 * 2026-01}. A date with slashes counts only when it cannot be read in two ways.
 */
public final class Dates {
  private static final int LONGEST = 40;
  private static final Pattern ISO =
      Pattern.compile("(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})(?:T00:00(?::00)?Z?)?");
  private static final Pattern DOTS = Pattern.compile("(\\d{1,2})\\.\\s?(\\d{1,2})\\.\\s?(\\d{4})");
  private static final Pattern SLASHES = Pattern.compile("(\\d{1,2})/(\\d{1,2})/(\\d{4})");
  private static final Pattern DAY_FIRST =
      Pattern.compile(
          "(?:(?:the )?(\\d{1,2})(?:st|nd|rd|th|er|\\.)?\\s+(?:of |de )?)?(\\p{L}{3,10})\\.?,?\\s+(?:de )?(\\d{4})");
  private static final Pattern MONTH_FIRST =
      Pattern.compile("(\\p{L}{3,10})\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})");

  private static final Map<String, Integer> MONTHS = new HashMap<>();

  static {
    // one line per language
    months("january february march april may june july august september october november december");
    months("jan feb mar apr may jun jul aug sep oct nov dec");
    months("januar februar märz april mai juni juli august september oktober november dezember");
    months("janvier février mars avril mai juin juillet août septembre octobre novembre décembre");
    months(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre");
    months(
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre");
    MONTHS.put("sept", 9);
  }

  private Dates() {}

  /** The date, or the month, as ISO 8601. */
  public static Optional<String> read(String text) {
    if (text.length() < 8 || text.length() > LONGEST || !endsAsDate(text)) {
      return Optional.empty();
    }
    var iso = ISO.matcher(text);
    if (iso.matches()) {
      return day(iso.group(1), iso.group(2), iso.group(3));
    }
    var dots = DOTS.matcher(text);
    if (dots.matches()) {
      return day(dots.group(3), dots.group(2), dots.group(1));
    }
    var slashes = SLASHES.matcher(text);
    if (slashes.matches()) {
      int first = Integer.parseInt(slashes.group(1));
      int second = Integer.parseInt(slashes.group(2));
      if (first <= 12 && second <= 12 && first != second) {
        return Optional.empty();
      }
      return first > 12
          ? day(slashes.group(3), slashes.group(2), slashes.group(1))
          : day(slashes.group(3), slashes.group(1), slashes.group(2));
    }
    var words = text.toLowerCase(Locale.ROOT);
    var monthFirst = MONTH_FIRST.matcher(words);
    if (monthFirst.matches()) {
      return named(monthFirst.group(3), monthFirst.group(1), monthFirst.group(2));
    }
    var dayFirst = DAY_FIRST.matcher(words);
    return dayFirst.matches()
        ? named(dayFirst.group(3), dayFirst.group(2), dayFirst.group(1))
        : Optional.empty();
  }

  private static boolean endsAsDate(String text) {
    char last = text.charAt(text.length() - 1);
    return (last >= '0' && last <= '9') || last == 'Z';
  }

  private static Optional<String> named(String year, String name, @Nullable String day) {
    var month = MONTHS.get(name);
    if (month == null) {
      return Optional.empty();
    }
    return day == null
        ? Optional.of("%s-%02d".formatted(year, month))
        : day(year, Integer.toString(month), day);
  }

  private static Optional<String> day(String year, String month, String day) {
    try {
      return Optional.of(
          LocalDate.of(Integer.parseInt(year), Integer.parseInt(month), Integer.parseInt(day))
              .toString());
    } catch (DateTimeException noSuchDay) {
      return Optional.empty();
    }
  }

  private static void months(String names) {
    var all = List.of(names.split(" "));
    for (int i = 0; i < all.size(); i++) {
      MONTHS.put(all.get(i), i + 1);
    }
  }
}
