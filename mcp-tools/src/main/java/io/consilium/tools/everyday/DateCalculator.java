package io.consilium.tools.everyday;

import io.consilium.tools.everyday.Dates.Found;
import io.consilium.tools.everyday.Dates.Towards;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Calculates with dates and times on the Gregorian calendar, from the clock's own today and zone.
 * Working days are Mondays to Fridays; public holidays are not known.
 */
final class DateCalculator implements EverydayTool {
  private static final String EXAMPLES =
      " Try: days between 3 March 2024 and 19 August 2025 · what date is 90 days from now · 3pm"
          + " London in Tokyo · first Monday of May 2027.";
  private static final Pattern BACK =
      Pattern.compile("\\b(?:before|ago|earlier|subtract|minus|prior|back from)\\b|(?<=#) - ");
  private static final Pattern AHEAD =
      Pattern.compile(
          "\\b(?:until(?! when)|till|til|to go|left|remain\\w*|next|away|far off|coming)\\b");
  private static final Pattern PAST =
      Pattern.compile(
          "\\b(?:ago|since|passed|elapsed|old|was|were|did|last|born|entered|arrived|started|signed|bought|dated)\\b");
  private static final Pattern ASKS_WEEKDAY =
      Pattern.compile(
          "\\b(?:what|which) (?:week ?)?day\\b(?! of (?:the )?(?:year|month))|\\bday of the week\\b|\\bweekday\\b|\\b(?:is|was|will)\\b.* an? "
              + Dates.WEEKDAY
              + "\\b|\\bfall(?:s)? on\\b");
  private static final Pattern UNIX = Pattern.compile("\\b(?:unix|epoch|timestamp)\\b");
  private static final Pattern SECONDS = Pattern.compile("(?<![\\d.])(\\d{9,13})(?![\\d.])");

  private final Clock clock;
  private final Clocks clocks;

  DateCalculator(Clock clock) {
    this.clock = clock;
    this.clocks = new Clocks(clock);
  }

  @Override
  public String name() {
    return "date-calculator";
  }

  @Override
  public String description() {
    return "Calculates with dates and times: days between two dates, a date so many days later or"
        + " earlier, the weekday of a date, leap years, week numbers, the time in other time zones."
        + " Takes the question in plain words.";
  }

  @Override
  public Reading read(String question) throws Unreadable {
    if (question.length() > 500) {
      throw new Unreadable("The question is too long to be about a date." + EXAMPLES);
    }
    var text = Numbers.plainUnscaled(question).replaceAll("\\s+", " ").strip();
    var today = LocalDate.now(clock);
    if (UNIX.matcher(text).find()) {
      return unix(text, today);
    }
    var time = clocks.read(text);
    if (time.isPresent()) {
      return time.get();
    }
    var fact = new CalendarFacts(today).read(text);
    if (fact.isPresent()) {
      return fact.get();
    }
    var towards =
        AHEAD.matcher(text).find()
            ? Towards.AHEAD
            : PAST.matcher(text).find() ? Towards.BACK : Towards.THIS_YEAR;
    var dates = new Dates(today, towards).in(text);
    var rest = Dates.without(text, dates);
    return on(rest, dates, today)
        .map(reading -> noted(reading, dates, today))
        .orElseThrow(() -> new Unreadable(understood(dates) + EXAMPLES));
  }

  private static Optional<Reading> on(String rest, List<Found> dates, LocalDate today)
      throws Unreadable {
    var span = Span.in(rest);
    if (rest.contains("weekends")
        && rest.matches(".*\\b(?:left|until|till|remain\\w*|before|this year)\\b.*")) {
      var end =
          dates.isEmpty() ? today.with(TemporalAdjusters.lastDayOfYear()) : dates.getFirst().date();
      return Optional.of(Intervals.weekends(today, end));
    }
    if (dates.size() >= 2) {
      return Optional.of(Intervals.between(dates.get(0).date(), dates.get(1).date(), rest));
    }
    var date = dates.isEmpty() ? today : dates.getFirst().date();
    if (span.isPresent() && span.get().ofDays()) {
      return dates.isEmpty()
              && !rest.matches(
                  ".*\\b(?:from|ago|in|after|today|now|later|hence|earlier|back|before)\\b.*")
          ? Optional.empty()
          : Optional.of(moved(date, span.get(), rest, dates));
    }
    var about = CalendarFacts.about(date, rest);
    if (about.isPresent()) {
      return about;
    }
    if (dates.isEmpty()) {
      return withoutDate(rest, today);
    }
    if (ASKS_WEEKDAY.matcher(rest).find()) {
      return Optional.of(Intervals.weekday(date, rest));
    }
    if (rest.matches(".*\\b(?:old|age)\\b.*") || (rest.contains("born") && rest.contains("how"))) {
      return Optional.of(Intervals.age(date, today));
    }
    if (rest.matches(
        ".*\\b(?:how many|how long|how much time|days|weeks|months|years|countdown|working days)\\b.*")) {
      return Optional.of(Intervals.between(today, date, rest));
    }
    boolean asksDate =
        rest.replaceAll("[^a-z ]", " ")
            .replaceAll(
                "\\b(?:when|what|whats|which|date|day|is|was|will|be|the|this|on|does|in|fall|year|it|next|of|s|tell|me|please)\\b",
                "")
            .isBlank();
    return asksDate
        ? Optional.of(new Reading(Dates.show(date), date.toString(), null, null, Reading.SURE))
        : Optional.empty();
  }

  private static Optional<Reading> withoutDate(String text, LocalDate today) {
    if (text.matches(
            ".*\\b(?:what|which|today'?s?|current)\\b.*\\b(?:day|date|weekday)\\b.*(?:today|is it|now|this)?\\W*$")
        && text.length() < 60
        && !text.contains("of")) {
      return Optional.of(
          new Reading(
              "Today is %s.".formatted(Dates.show(today)),
              today.toString(),
              null,
              null,
              Reading.SURE));
    }
    if (text.matches(".*\\bdays? (?:are )?(?:left|remain\\w*)\\b.*\\byear\\b.*")) {
      return Optional.of(
          Intervals.between(today, today.with(TemporalAdjusters.lastDayOfYear()), text));
    }
    if (text.matches(".*\\bdays? (?:are )?(?:left|remain\\w*)\\b.*\\bmonth\\b.*")) {
      return Optional.of(
          Intervals.between(today, today.with(TemporalAdjusters.lastDayOfMonth()), text));
    }
    return Optional.empty();
  }

  private Reading unix(String text, LocalDate today) throws Unreadable {
    var m = SECONDS.matcher(text);
    if (m.find()) {
      long number = Long.parseLong(m.group(1));
      boolean millis = m.group(1).length() > 11;
      var at = millis ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number);
      return new Reading(
          "%d %s = %s UTC, %s"
              .formatted(
                  number,
                  millis ? "ms" : "s",
                  at.toString().replace("T", " ").replace("Z", ""),
                  at.atOffset(ZoneOffset.UTC)
                      .getDayOfWeek()
                      .getDisplayName(TextStyle.FULL, Locale.ENGLISH)),
          at.toString(),
          null,
          null,
          Reading.SURE);
    }
    var dates = new Dates(today, Towards.THIS_YEAR).in(text);
    if (dates.isEmpty() && !text.matches(".*\\b(?:now|current)\\b.*")) {
      throw new Unreadable("Give the date, or a timestamp of 9 to 13 digits." + EXAMPLES);
    }
    long seconds =
        dates.isEmpty()
            ? clock.instant().getEpochSecond()
            : dates.getFirst().date().atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    var what = dates.isEmpty() ? "now" : Dates.show(dates.getFirst().date()) + ", 00:00 UTC";
    return new Reading("%s = %d s".formatted(what, seconds), seconds, "s", null, Reading.SURE);
  }

  private static Reading moved(LocalDate date, Span span, String rest, List<Found> dates) {
    boolean back = BACK.matcher(rest).find();
    if (!back
        && rest.matches(
            ".*\\bto the end of (?:a|the) (?:calendar )?month\\b.*|.*\\bend of (?:a|the|that) month\\b.*")) {
      var end = span.from(date, false).with(TemporalAdjusters.lastDayOfMonth());
      return new Reading(
          "%s + %s, then to the end of that month = %s"
              .formatted(Dates.show(date), span.shown(), Dates.show(end)),
          end.toString(),
          null,
          "%s + %s, end of month".formatted(date, span.shown()),
          Reading.SURE);
    }
    var moved = span.from(date, back);
    var text =
        "%s %s %s = %s"
            .formatted(Dates.show(date), back ? "−" : "+", span.shown(), Dates.show(moved));
    if (!back
        && span.days() > 0
        && rest.matches(".*\\b(?:stay|visa|valid for|rental|rented)\\b.*")) {
      text += "; if the first day counts as one of them, " + Dates.show(moved.minusDays(1));
    }
    if (span.workingDays() > 0) {
      text += " (Mondays to Fridays; holidays not taken out)";
    }
    return new Reading(
        text,
        moved.toString(),
        null,
        "%s %s %s".formatted(date, back ? "-" : "+", span.shown()),
        dates.isEmpty() && !rest.matches(".*\\b(?:now|today|ago|in|from)\\b.*")
            ? Reading.LIKELY
            : Reading.SURE);
  }

  /** Says what was assumed about the dates. */
  private static Reading noted(Reading reading, List<Found> dates, LocalDate today) {
    var text = new StringBuilder(reading.text());
    var confidence = reading.confidence();
    for (var date : dates) {
      if (date.note() != null) {
        text.append(" (").append(date.note()).append(")");
        confidence = Math.min(confidence, Reading.LIKELY);
      } else if (!date.yearGiven() && date.date().getYear() != today.getYear()) {
        text.append(" (taking ").append(date.date().getYear()).append(")");
      }
    }
    return new Reading(
        text.toString(), reading.value(), reading.unit(), reading.expression(), confidence);
  }

  private static String understood(List<Found> dates) {
    return dates.isEmpty()
        ? "No date or time was found in this."
        : "Understood %s, but not what to work out."
            .formatted(
                String.join(" and ", dates.stream().map(d -> Dates.show(d.date())).toList()));
  }
}
