package io.consilium.tools.everyday;

import java.time.LocalDate;
import java.time.Year;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Which years are leap years, and which have 53 weeks. */
final class Years {
  static final Pattern YEAR = Pattern.compile("\\b(\\d{4})\\b");
  private static final Pattern YEARS =
      Pattern.compile("\\b(\\d{4})(?: and | to | until |-| through )(\\d{4})\\b");

  private Years() {}

  static Reading leap(LocalDate today, String text) throws Unreadable {
    var range = YEARS.matcher(text);
    if (range.find()) {
      var years = years(range.group(1), range.group(2)).filter(Year::isLeap).boxed().toList();
      return list(years, "leap years", range.group(1), range.group(2));
    }
    var one = YEAR.matcher(text);
    if (text.contains("next") || text.contains("last") || text.contains("previous")) {
      int from = one.find() ? Integer.parseInt(one.group(1)) : today.getYear();
      int step = text.contains("next") ? 1 : -1;
      int year = from + step;
      while (!Year.isLeap(year)) {
        year += step;
      }
      return new Reading(
          "The %s leap year is %d.".formatted(step > 0 ? "next" : "last", year),
          year,
          null,
          null,
          Reading.SURE);
    }
    int year = one.find() ? Integer.parseInt(one.group(1)) : today.getYear();
    boolean leap = Year.isLeap(year);
    var why =
        year % 400 == 0
            ? "it can be divided by 400"
            : year % 100 == 0
                ? "it can be divided by 100 but not by 400"
                : year % 4 == 0
                    ? "it can be divided by 4 and not by 100"
                    : "it cannot be divided by 4";
    return new Reading(
        "%s, %d is %s leap year: %s."
            .formatted(leap ? "Yes" : "No", year, leap ? "a" : "not a", why),
        leap,
        null,
        null,
        Reading.SURE);
  }

  static Optional<Reading> longYears(LocalDate today, String text) throws Unreadable {
    var range = YEARS.matcher(text);
    if (range.find()) {
      var years =
          years(range.group(1), range.group(2)).filter(y -> weeksOf(y) == 53).boxed().toList();
      return Optional.of(list(years, "years with an ISO week 53", range.group(1), range.group(2)));
    }
    var one = YEAR.matcher(text);
    int year = one.find() ? Integer.parseInt(one.group(1)) : today.getYear();
    long weeks = weeksOf(year);
    return Optional.of(
        new Reading(
            "%s, %d has %d ISO weeks.".formatted(weeks == 53 ? "Yes" : "No", year, weeks),
            weeks == 53,
            null,
            null,
            Reading.SURE));
  }

  static long weeksOf(int year) {
    return LocalDate.of(year, 7, 1).range(IsoFields.WEEK_OF_WEEK_BASED_YEAR).getMaximum();
  }

  private static IntStream years(String from, String to) throws Unreadable {
    int a = Integer.parseInt(from);
    int b = Integer.parseInt(to);
    if (b < a || b - a > 2_000) {
      throw new Unreadable("Give the earlier year first, and at most 2,000 years.");
    }
    return IntStream.rangeClosed(a, b);
  }

  private static Reading list(List<Integer> years, String what, String from, String to) {
    var shown = String.join(", ", years.stream().map(String::valueOf).toList());
    return new Reading(
        "%d %s from %s to %s: %s"
            .formatted(years.size(), what, from, to, shown.isEmpty() ? "none" : shown),
        years,
        null,
        null,
        Reading.SURE);
  }
}
