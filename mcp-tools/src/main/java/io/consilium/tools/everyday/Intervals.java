package io.consilium.tools.everyday;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Period;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** From one date to another: days, weeks, working days, weekends, an age; and which weekday. */
final class Intervals {
  private Intervals() {}

  static Reading between(LocalDate a, LocalDate b, String rest) {
    long days = ChronoUnit.DAYS.between(a, b);
    var from = days < 0 ? b : a;
    var to = days < 0 ? a : b;
    long count = Math.abs(days);
    var range = "%s to %s".formatted(Dates.show(from), Dates.show(to));
    if (rest.matches(".*\\b(?:working|business|work) ?days?\\b.*|.*\\bweekdays\\b.*")) {
      long working = from.datesUntil(to.plusDays(1)).filter(Span::working).count();
      return new Reading(
          "%s: %d working days (Mondays to Fridays, both ends counted, holidays not taken out)"
              .formatted(range, working),
          working,
          "working days",
          "%s to %s".formatted(from, to),
          Reading.SURE);
    }
    var period = Period.between(from, to);
    var parts = Numbers.show(new BigDecimal(count)) + (count == 1 ? " day" : " days");
    List<String> more = new ArrayList<>();
    if (count >= 7) {
      more.add(
          count / 7
              + (count / 7 == 1 ? " week" : " weeks")
              + (count % 7 == 0 ? "" : " and " + count % 7 + (count % 7 == 1 ? " day" : " days")));
    }
    if (period.toTotalMonths() > 0) {
      more.add(Span.words(period));
    }
    if (period.getYears() > 0 && rest.contains("months")) {
      long months = period.toTotalMonths();
      more.add(
          months + " months and " + ChronoUnit.DAYS.between(from.plusMonths(months), to) + " days");
    }
    Object value = count;
    var unit = "days";
    if (rest.contains("weeks")) {
      value = Numbers.rounded(new BigDecimal(count).divide(new BigDecimal(7), Phrase.EXACTLY));
      unit = "weeks";
    } else if (rest.contains("months")) {
      value = period.toTotalMonths();
      unit = "months";
    } else if (rest.contains("years")) {
      value = period.getYears();
      unit = "years";
    } else if (rest.contains("hours")) {
      value = count * 24;
      unit = "hours";
      parts += " = %s hours".formatted(Numbers.show(new BigDecimal(count * 24)));
    }
    var details = more.isEmpty() ? "" : " (" + String.join("; ", more) + ")";
    return new Reading(
        range + ": " + parts + details, value, unit, "%s to %s".formatted(from, to), Reading.SURE);
  }

  static Reading weekends(LocalDate from, LocalDate to) {
    long saturdays =
        from.datesUntil(to.plusDays(1)).filter(d -> d.getDayOfWeek() == DayOfWeek.SATURDAY).count();
    return new Reading(
        "%s to %s: %d weekends (Saturdays)".formatted(Dates.show(from), Dates.show(to), saturdays),
        saturdays,
        "weekends",
        "%s to %s".formatted(from, to),
        Reading.SURE);
  }

  static Reading weekday(LocalDate date, String rest) {
    var name = date.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    var asked = Pattern.compile("\\b(?:a|on a) " + Dates.WEEKDAY + "\\b").matcher(rest);
    var verdict =
        asked.find() ? Dates.weekday(asked.group(1)) == date.getDayOfWeek() ? "Yes: " : "No: " : "";
    return new Reading(verdict + Dates.show(date), name, null, date.toString(), Reading.SURE);
  }

  static Reading age(LocalDate born, LocalDate today) {
    var period = Period.between(born, today);
    return new Reading(
        "Born on %s: %d years old on %s (%s)"
            .formatted(Dates.show(born), period.getYears(), Dates.show(today), Span.words(period)),
        period.getYears(),
        "years",
        "%s to %s".formatted(born, today),
        Reading.SURE);
  }
}
