package io.consilium.tools.everyday;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Facts of the calendar: leap years, weeks, quarters, lengths of months, "first Monday of May". */
final class CalendarFacts {
  private static final Pattern NTH =
      Pattern.compile(
          "\\b(first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last) "
              + Dates.WEEKDAY
              + " (?:of|in) (?:the month of )?(?:"
              + Dates.MONTH
              + "(?:,? (\\d{4}))?|(next month|this month|the month))");
  private static final Pattern DAY_OF_MONTH =
      Pattern.compile(
          "\\b(?:(\\d{1,2})(?:st|nd|rd|th)?(?: of)? "
              + Dates.MONTH
              + "|"
              + Dates.MONTH
              + " (\\d{1,2})(?:st|nd|rd|th)?),? (\\d{4})\\b");
  private static final Pattern WEEK =
      Pattern.compile(
          "\\b(?:week|kw|calendar week|cw) ?(?:number |no\\.? )?(\\d{1,2})\\b(?:[^\\d]*(\\d{4}))?");
  private static final Map<String, Integer> ORDINALS =
      Map.of(
          "first", 1, "1st", 1, "second", 2, "2nd", 2, "third", 3, "3rd", 3, "fourth", 4, "4th", 4);

  private final LocalDate today;

  CalendarFacts(LocalDate today) {
    this.today = today;
  }

  Optional<Reading> read(String text) throws Unreadable {
    if (text.contains("leap")) {
      return Optional.of(Years.leap(today, text));
    }
    var exists = exists(text);
    if (exists.isPresent()) {
      return exists;
    }
    var nth = nthWeekday(text);
    if (nth.isPresent()) {
      return nth;
    }
    if (text.matches(".*\\b(?:53rd week|53 weeks|week 53|53rd calendar week|long years?)\\b.*")) {
      return Years.longYears(today, text);
    }
    var weeks = weeks(text);
    return weeks.isPresent() ? weeks : lengthOfMonth(text);
  }

  private static Optional<Reading> exists(String text) {
    var m = DAY_OF_MONTH.matcher(text);
    if (!text.matches(".*\\b(?:exist(?:ed|s)?|valid|real date|a date|happen)\\b.*") || !m.find()) {
      return Optional.empty();
    }
    boolean dayFirst = m.group(1) != null;
    int day = Integer.parseInt(dayFirst ? m.group(1) : m.group(4));
    var month = Dates.month(dayFirst ? m.group(2) : m.group(3));
    int year = Integer.parseInt(m.group(5));
    try {
      var date = LocalDate.of(year, month, day);
      return Optional.of(
          new Reading("Yes: %s.".formatted(Dates.show(date)), true, null, null, Reading.SURE));
    } catch (DateTimeException e) {
      return Optional.of(
          new Reading(
              "No: %s %d has %d days."
                  .formatted(
                      name(YearMonth.of(year, month)),
                      year,
                      YearMonth.of(year, month).lengthOfMonth()),
              false,
              null,
              null,
              Reading.SURE));
    }
  }

  private static String name(YearMonth month) {
    return month.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  private Optional<Reading> nthWeekday(String text) throws Unreadable {
    var m = NTH.matcher(text);
    if (!m.find()) {
      return Optional.empty();
    }
    var weekday = Dates.weekday(m.group(2));
    YearMonth month;
    if (m.group(3) != null) {
      int year = m.group(4) == null ? today.getYear() : Integer.parseInt(m.group(4));
      month = YearMonth.of(year, Dates.month(m.group(3)));
    } else {
      month = YearMonth.from(today).plusMonths(m.group(5).startsWith("next") ? 1 : 0);
    }
    boolean last = m.group(1).equals("last");
    int which = ORDINALS.getOrDefault(m.group(1), 5);
    var date =
        last
            ? month.atDay(1).with(TemporalAdjusters.lastInMonth(weekday))
            : month.atDay(1).with(TemporalAdjusters.dayOfWeekInMonth(which, weekday));
    if (!YearMonth.from(date).equals(month)) {
      throw new Unreadable(
          "%s %d has no fifth %s."
              .formatted(
                  name(month),
                  month.getYear(),
                  weekday.getDisplayName(TextStyle.FULL, Locale.ENGLISH)));
    }
    var reading = new Reading(Dates.show(date), date.toString(), null, m.group(), Reading.SURE);
    return Optional.of(m.group(3) != null && m.group(4) == null ? reading.likely() : reading);
  }

  private Optional<Reading> weeks(String text) throws Unreadable {
    var year = Years.YEAR.matcher(text);
    if (text.matches(".*\\bhow many weeks\\b.*\\b(?:in|does|has|have|are)\\b.*\\b\\d{4}\\b.*")
        && Dates.without(text, List.of()).matches("[^\\d]*\\d{4}[^\\d]*")
        && year.find()
        && !text.matches(".*" + Dates.MONTH + ".*\\d.*")) {
      int y = Integer.parseInt(year.group(1));
      return Optional.of(
          new Reading(
              "%d has %d ISO weeks.".formatted(y, Years.weeksOf(y)),
              Years.weeksOf(y),
              "weeks",
              null,
              Reading.SURE));
    }
    var m = WEEK.matcher(text);
    if (!m.find() || text.matches(".*\\d weeks?\\b.*")) {
      return Optional.empty();
    }
    int week = Integer.parseInt(m.group(1));
    int of = m.group(2) == null ? today.getYear() : Integer.parseInt(m.group(2));
    if (week < 1 || week > Years.weeksOf(of)) {
      throw new Unreadable(
          "%d has %d ISO weeks, so no week %d.".formatted(of, Years.weeksOf(of), week));
    }
    var monday =
        LocalDate.of(of, 1, 4).with(IsoFields.WEEK_OF_WEEK_BASED_YEAR, week).with(DayOfWeek.MONDAY);
    return Optional.of(
        new Reading(
            "ISO week %d of %d runs from %s to %s."
                .formatted(week, of, Dates.show(monday), Dates.show(monday.plusDays(6))),
            monday.toString(),
            null,
            null,
            m.group(2) == null ? Reading.LIKELY : Reading.SURE));
  }

  private Optional<Reading> lengthOfMonth(String text) throws Unreadable {
    var dates = new Dates(today, Dates.Towards.THIS_YEAR);
    boolean counts =
        text.matches(
            ".*\\bhow many days\\b.*\\b(?:did|does|do|has|have|had|are there|are|in|is)\\b.*|.*\\bhow long is\\b.*|.*\\bdays in\\b.*");
    boolean last =
        text.matches(
                ".*\\b(?:last day|end) (?:of|in) (?:the |this |next )?(?:month|"
                    + Dates.MONTH
                    + ").*")
            && !text.matches(".*\\b\\d+ (?:days?|weeks?|months?|years?)\\b.*");
    if ((!counts && !last)
        || text.matches(".*\\b(?:until|till|since|between|from|before|after|to|left)\\b.*")) {
      return Optional.empty();
    }
    var month = dates.month(text, false);
    if (month.isPresent()
        && !text.matches(
            ".*\\b\\d{1,2}(?:st|nd|rd|th)?(?: of)? "
                + Dates.MONTH
                + ".*|.*"
                + Dates.MONTH
                + " \\d{1,2}\\b(?!\\d).*")) {
      var m = month.get();
      return Optional.of(
          last
              ? new Reading(
                  Dates.show(m.atEndOfMonth()),
                  m.atEndOfMonth().toString(),
                  null,
                  null,
                  Reading.SURE)
              : new Reading(
                  "%s %d: %d days".formatted(name(m), m.getYear(), m.lengthOfMonth()),
                  m.lengthOfMonth(),
                  "days",
                  null,
                  Reading.SURE));
    }
    if (last && text.matches(".*\\b(?:the|this|next) month\\b.*")) {
      var m = YearMonth.from(today).plusMonths(text.contains("next month") ? 1 : 0);
      return Optional.of(
          new Reading(
              Dates.show(m.atEndOfMonth()), m.atEndOfMonth().toString(), null, null, Reading.SURE));
    }
    var year = Years.YEAR.matcher(text);
    if (counts && text.matches("[^\\d]*\\d{4}[^\\d]*") && year.find()) {
      int y = Integer.parseInt(year.group(1));
      return Optional.of(
          new Reading(
              "%d: %d days".formatted(y, Year.of(y).length()),
              Year.of(y).length(),
              "days",
              null,
              Reading.SURE));
    }
    return Optional.empty();
  }

  /** What is asked about one given day: its weekday, week, quarter, number in the year. */
  static Optional<Reading> about(LocalDate date, String text) {
    if (text.matches(
        ".*\\b(?:iso|calendar) ?week\\b.*|.*\\bweek ?(?:number|no|of the year)\\b.*|.*\\b(?:which|what) (?:calendar )?week\\b.*|.*\\bkw\\b.*")) {
      int week = date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      int year = date.get(IsoFields.WEEK_BASED_YEAR);
      return Optional.of(
          new Reading(
              "%s is in ISO week %d of %d.".formatted(Dates.show(date), week, year),
              week,
              null,
              null,
              Reading.SURE));
    }
    if (text.contains("quarter")) {
      int quarter = date.get(IsoFields.QUARTER_OF_YEAR);
      return Optional.of(
          new Reading(
              "%s is in quarter %d of %d.".formatted(Dates.show(date), quarter, date.getYear()),
              quarter,
              null,
              null,
              Reading.SURE));
    }
    if (text.matches(
        ".*\\bday (?:number )?of (?:the )?year\\b.*|.*\\bday number\\b.*|.*\\b(?:which|what) day of (?:the )?year\\b.*")) {
      return Optional.of(
          new Reading(
              "%s is day %d of %d; %d days are left."
                  .formatted(
                      Dates.show(date),
                      date.getDayOfYear(),
                      date.getYear(),
                      ChronoUnit.DAYS.between(date, date.with(TemporalAdjusters.lastDayOfYear()))),
              date.getDayOfYear(),
              null,
              null,
              Reading.SURE));
    }
    return Optional.empty();
  }
}
