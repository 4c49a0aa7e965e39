package io.consilium.tools.everyday;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A length of time as it is said: "18 months", "2 years and 5 days", "10 working days", "90
 * minutes".
 *
 * @param workingDays Mondays to Fridays; holidays are not known here
 * @param shown as a person would write it
 */
record Span(int years, int months, long days, long workingDays, long minutes, String shown) {
  private static final Pattern PART =
      Pattern.compile(
          "\\b(?:(\\d+(?:\\.5)?)|(an?|one)|(half an?))[ -](and a half )?(working days?|business days?|weekdays?|years?|yrs?|months?|weeks?|wks?|fortnights?|days?|hours?|hrs?|minutes?|mins?|quarters?|decades?|centur(?:y|ies))(?: and a (half))?\\b");
  private static final Pattern GLUE = Pattern.compile("\\s*(?:,|and|,\\s*and|plus)?\\s*");
  private static final long MOST = 4_000_000;

  /** The first length of time in the text; parts that follow one another are added. */
  static Optional<Span> in(String text) throws Unreadable {
    var m = PART.matcher(text);
    Span span = null;
    int end = -1;
    while (m.find()) {
      if (span != null && !GLUE.matcher(text.substring(end, m.start())).matches()) {
        break;
      }
      boolean half = m.group(3) != null;
      double count = m.group(1) != null ? Double.parseDouble(m.group(1)) : half ? 0.5 : 1;
      if (m.group(4) != null || m.group(6) != null) {
        count += 0.5;
      }
      if (count > MOST) {
        throw new Unreadable("That length of time is too long; at most 4 million can be counted.");
      }
      var part = of(count, m.group(5));
      span = span == null ? part : span.plus(part);
      end = m.end();
    }
    return Optional.ofNullable(span);
  }

  private static Span of(double count, String unit) throws Unreadable {
    var kind = unit.replaceAll("s$", "");
    var number = count == Math.rint(count) ? String.valueOf((long) count) : String.valueOf(count);
    var shown = number + " " + unit;
    return switch (kind) {
      case "working day", "business day", "weekday" ->
          new Span(0, 0, 0, whole(count, unit), 0, shown);
      case "century", "centurie" -> new Span((int) (count * 100), 0, 0, 0, 0, shown);
      case "decade" -> new Span((int) (count * 10), 0, 0, 0, 0, shown);
      case "year", "yr" -> new Span(0, (int) Math.round(count * 12), 0, 0, 0, shown);
      case "quarter" -> new Span(0, (int) whole(count * 3, unit), 0, 0, 0, shown);
      case "month" -> new Span(0, (int) whole(count, unit), 0, 0, 0, shown);
      case "week", "wk" -> new Span(0, 0, whole(count * 7, unit), 0, 0, shown);
      case "fortnight" -> new Span(0, 0, whole(count * 14, unit), 0, 0, shown);
      case "day" -> new Span(0, 0, whole(count, unit), 0, 0, shown);
      case "hour", "hr" -> new Span(0, 0, 0, 0, Math.round(count * 60), shown);
      default -> new Span(0, 0, 0, 0, Math.round(count), shown);
    };
  }

  private static long whole(double count, String unit) throws Unreadable {
    if (count != Math.rint(count)) {
      throw new Unreadable("Half %s cannot be added to a date; give whole ones.".formatted(unit));
    }
    return (long) count;
  }

  private Span plus(Span more) {
    return new Span(
        years + more.years,
        months + more.months,
        days + more.days,
        workingDays + more.workingDays,
        minutes + more.minutes,
        shown + " " + more.shown);
  }

  boolean ofDays() {
    return minutes == 0;
  }

  /** The date so much later, or earlier. */
  LocalDate from(LocalDate date, boolean back) {
    int sign = back ? -1 : 1;
    var moved = date.plus(Period.of(years, months, 0).multipliedBy(sign)).plusDays(sign * days);
    for (long left = workingDays; left > 0; ) {
      moved = moved.plusDays(sign);
      if (working(moved)) {
        left--;
      }
    }
    return moved;
  }

  static boolean working(LocalDate date) {
    return date.getDayOfWeek() != DayOfWeek.SATURDAY && date.getDayOfWeek() != DayOfWeek.SUNDAY;
  }

  /** Years, months and days in words, leaving out what is zero. */
  static String words(Period period) {
    List<String> parts = new ArrayList<>();
    add(parts, period.getYears(), "year");
    add(parts, period.getMonths(), "month");
    add(parts, period.getDays(), "day");
    if (parts.isEmpty()) {
      return "0 days";
    }
    return parts.size() == 1
        ? parts.getFirst()
        : String.join(", ", parts.subList(0, parts.size() - 1)) + " and " + parts.getLast();
  }

  private static void add(List<String> parts, int count, String unit) {
    if (count != 0) {
      parts.add(count + " " + unit + (Math.abs(count) == 1 ? "" : "s"));
    }
  }
}
