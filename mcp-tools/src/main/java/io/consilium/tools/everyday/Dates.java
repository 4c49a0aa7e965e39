package io.consilium.tools.everyday;

import static java.util.Map.entry;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.time.MonthDay;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds dates in a text.
 *
 * <p>{@code 03/04/2026} is read day first, and the answer says so; {@code 3.4.2026} is day first by
 * custom. A date without a year is in the present year, or the next or last one where the question
 * looks ahead or back.
 */
final class Dates {
  /** Which way a date without a year is looked for. */
  enum Towards {
    AHEAD,
    BACK,
    THIS_YEAR
  }

  /**
   * A date in the text.
   *
   * @param yearGiven whether the year was said
   * @param note what had to be assumed, or null
   */
  record Found(LocalDate date, int start, int end, boolean yearGiven, @Nullable String note) {}

  static final String MONTH =
      "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?";
  static final String WEEKDAY =
      "(mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)";
  private static final String DAY = "(\\d{1,2})(?:st|nd|rd|th)?";
  private static final DateTimeFormatter LONG =
      DateTimeFormatter.ofPattern("EEEE, d MMMM uuuu", Locale.ENGLISH);

  private static final Pattern ISO = Pattern.compile("\\b(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})\\b");
  private static final Pattern DAY_FIRST =
      Pattern.compile("\\b" + DAY + "(?: of)?[ -]" + MONTH + "\\b(?:,?[ -](\\d{4})\\b)?");
  private static final Pattern MONTH_FIRST =
      Pattern.compile("\\b" + MONTH + " (?:the )?" + DAY + "\\b(?!:)(?:,? (\\d{4})\\b)?");
  private static final Pattern NUMERIC =
      Pattern.compile("\\b(\\d{1,2})([./])(\\d{1,2})\\2(\\d{4}|\\d{2})\\b");
  private static final Pattern NAMED_DAY =
      Pattern.compile("\\b(?:(next|last|this|coming|past) )?" + WEEKDAY + "\\b");

  /** Names of days with the day they fall on in a year; longer names first. */
  private static final List<Map.Entry<Pattern, IntFunction<LocalDate>>> HOLIDAYS =
      List.of(
          holiday("christmas eve", y -> LocalDate.of(y, 12, 24)),
          holiday("(?:christmas|xmas)(?: day)?", y -> LocalDate.of(y, 12, 25)),
          holiday("boxing day", y -> LocalDate.of(y, 12, 26)),
          holiday("new year'?s? eve", y -> LocalDate.of(y, 12, 31)),
          holiday("(?:the )?new year(?:'?s)?(?: day)?", y -> LocalDate.of(y, 1, 1)),
          holiday("halloween", y -> LocalDate.of(y, 10, 31)),
          holiday("valentine'?s?(?: day)?", y -> LocalDate.of(y, 2, 14)),
          holiday("st\\.? patrick'?s?(?: day)?", y -> LocalDate.of(y, 3, 17)),
          holiday("good friday", y -> easter(y).minusDays(2)),
          holiday("easter monday", y -> easter(y).plusDays(1)),
          holiday("easter(?: sunday)?", Dates::easter),
          holiday("ascension(?: day)?", y -> easter(y).plusDays(39)),
          holiday("(?:pentecost|whit sunday)", y -> easter(y).plusDays(49)),
          holiday(
              "thanksgiving(?: day)?",
              y ->
                  LocalDate.of(y, 11, 1)
                      .with(TemporalAdjusters.dayOfWeekInMonth(4, DayOfWeek.THURSDAY))),
          holiday("(?:the )?end of (?:the|this) year|year'?s end", y -> LocalDate.of(y, 12, 31)));

  private final LocalDate today;
  private final Towards towards;

  Dates(LocalDate today, Towards towards) {
    this.today = today;
    this.towards = towards;
  }

  private static Map.Entry<Pattern, IntFunction<LocalDate>> holiday(
      String name, IntFunction<LocalDate> inYear) {
    var pattern = Pattern.compile("\\b(?:" + name + ")\\b(?:,? (?:of |in )?(\\d{4})\\b)?");
    return entry(pattern, inYear);
  }

  static String show(LocalDate date) {
    return LONG.format(date);
  }

  static Month month(String name) {
    var three = name.substring(0, 3);
    return Arrays.stream(Month.values())
        .filter(m ->
            m.getDisplayName(TextStyle.FULL, Locale.ENGLISH)
                .toLowerCase(Locale.ROOT)
                .startsWith(three))
        .findFirst()
        .orElseThrow();
  }

  static DayOfWeek weekday(String name) {
    var three = name.substring(0, 3);
    return Arrays.stream(DayOfWeek.values())
        .filter(d -> d.name().toLowerCase(Locale.ROOT).startsWith(three))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Western Easter Sunday, by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms).
   */
  static LocalDate easter(int year) {
    int a = year % 19;
    int b = year / 100;
    int c = year % 100;
    int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
    int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;
    return LocalDate.of(year, f / 31, f % 31 + 1);
  }

  /** Every date in the text, in order. */
  List<Found> in(String text) throws Unreadable {
    List<Found> found = new ArrayList<>();
    var left = text;
    left = all(ISO, left, found, m -> date(number(m, 1), number(m, 2), number(m, 3), m, null));
    left = all(NUMERIC, left, found, this::numeric);
    left =
        all(
            DAY_FIRST,
            left,
            found,
            m -> dayAndMonth(m, number(m, 1), month(m.group(2)), m.group(3)));
    left =
        all(
            MONTH_FIRST,
            left,
            found,
            m -> dayAndMonth(m, number(m, 2), month(m.group(1)), m.group(3)));
    left = relative(left, found);
    for (var holiday : HOLIDAYS) {
      left = all(holiday.getKey(), left, found, m -> holiday(m, holiday.getValue()));
    }
    if (found.isEmpty()) {
      all(NAMED_DAY, left, found, this::named);
    }
    found.sort(Comparator.comparingInt(Found::start));
    return found;
  }

  /** The text with the dates blanked, so that their numbers count for nothing else. */
  static String without(String text, List<Found> dates) {
    var rest = new StringBuilder(text);
    for (var d : dates) {
      rest.replace(d.start(), d.end(), "#".repeat(d.end() - d.start()));
    }
    return rest.toString();
  }

  @FunctionalInterface
  private interface Reads {
    Found from(Matcher match) throws Unreadable;
  }

  private static String all(Pattern pattern, String text, List<Found> found, Reads reads)
      throws Unreadable {
    var m = pattern.matcher(text);
    var left = new StringBuilder(text);
    while (m.find()) {
      found.add(reads.from(m));
      left.replace(m.start(), m.end(), "#".repeat(m.end() - m.start()));
    }
    return left.toString();
  }

  private static int number(Matcher m, int group) {
    return Integer.parseInt(m.group(group));
  }

  private static Found date(int year, int month, int day, Matcher m, @Nullable String note)
      throws Unreadable {
    return new Found(exactly(year, month, day), m.start(), m.end(), true, note);
  }

  private static LocalDate exactly(int year, int month, int day) throws Unreadable {
    try {
      return LocalDate.of(year, month, day);
    } catch (DateTimeException e) {
      throw new Unreadable(
          "There is no %d %s %d."
              .formatted(
                  day,
                  month >= 1 && month <= 12
                      ? Month.of(month).getDisplayName(TextStyle.FULL, Locale.ENGLISH)
                      : "month " + month,
                  year));
    }
  }

  private Found numeric(Matcher m) throws Unreadable {
    int first = number(m, 1);
    int second = number(m, 3);
    int year = number(m, 4) < 100 ? 2000 + number(m, 4) : number(m, 4);
    boolean monthFirst = second > 12 && first <= 12;
    boolean either = first <= 12 && second <= 12 && first != second && m.group(2).equals("/");
    int day = monthFirst ? second : first;
    int month = monthFirst ? first : second;
    var note =
        either
            ? "%s read day first, as %d %s"
                .formatted(
                    m.group(), day, Month.of(month).getDisplayName(TextStyle.FULL, Locale.ENGLISH))
            : null;
    return date(year, month, day, m, note);
  }

  private Found dayAndMonth(Matcher m, int day, Month month, @Nullable String year)
      throws Unreadable {
    if (year != null) {
      return date(Integer.parseInt(year), month.getValue(), day, m, null);
    }
    if (day < 1 || day > month.maxLength()) {
      throw new Unreadable(
          "%s has no day %d.".formatted(month.getDisplayName(TextStyle.FULL, Locale.ENGLISH), day));
    }
    var when = MonthDay.of(month, day);
    return found(m, near(when::atYear));
  }

  private static Found found(Matcher m, LocalDate date) {
    return new Found(date, m.start(), m.end(), false, null);
  }

  /** The occurrence the question means: this year's, or the next or last one. */
  private LocalDate near(IntFunction<LocalDate> inYear) {
    var here = inYear.apply(today.getYear());
    return switch (towards) {
      case AHEAD -> here.isBefore(today) ? inYear.apply(today.getYear() + 1) : here;
      case BACK -> here.isAfter(today) ? inYear.apply(today.getYear() - 1) : here;
      case THIS_YEAR -> here;
    };
  }

  private Found holiday(Matcher m, IntFunction<LocalDate> inYear) {
    if (m.group(1) != null) {
      return new Found(inYear.apply(number(m, 1)), m.start(), m.end(), true, null);
    }
    var next =
        towards == Towards.BACK ? near(inYear) : new Dates(today, Towards.AHEAD).near(inYear);
    return found(m, next);
  }

  private String relative(String text, List<Found> found) throws Unreadable {
    var left = text;
    for (var day :
        List.of(
            entry("(?:the )?day after tomorrow", 2),
            entry("(?:the )?day before yesterday", -2),
            entry("tomorrow", 1),
            entry("yesterday", -1),
            entry("today(?:'s date)?", 0))) {
      var pattern = Pattern.compile("\\b" + day.getKey() + "\\b");
      left =
          all(
              pattern,
              left,
              found,
              m -> new Found(today.plusDays(day.getValue()), m.start(), m.end(), true, null));
    }
    return left;
  }

  private Found named(Matcher m) {
    var weekday = weekday(m.group(2));
    var which = m.group(1) == null ? "" : m.group(1);
    boolean back =
        which.equals("last")
            || which.equals("past")
            || (which.isEmpty() && towards == Towards.BACK);
    var date =
        today.with(
            back
                ? TemporalAdjusters.previous(weekday)
                : which.equals("this")
                    ? TemporalAdjusters.nextOrSame(weekday)
                    : TemporalAdjusters.next(weekday));
    return new Found(
        date,
        m.start(),
        m.end(),
        true,
        which.equals("next")
            ? "next "
                + weekday.getDisplayName(TextStyle.FULL, Locale.ENGLISH)
                + " read as the first one after today"
            : null);
  }

  /** A month with its year, or of this year: "February 2016". */
  Optional<YearMonth> month(String text, boolean needsYear) {
    var m =
        Pattern.compile("\\b" + MONTH + "(?: of)?(?:,? (\\d{4}))" + (needsYear ? "" : "?") + "\\b")
            .matcher(text);
    return m.find()
        ? Optional.of(
            YearMonth.of(m.group(2) == null ? today.getYear() : number(m, 2), month(m.group(1))))
        : Optional.empty();
  }
}
