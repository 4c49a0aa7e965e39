package io.consilium.tools.everyday;

import io.consilium.tools.everyday.Places.Place;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Questions about the time of day: in other zones, between two times, after a while. */
final class Clocks {
  private static final Pattern TIME =
      Pattern.compile(
          "\\b(?:(\\d{1,2}):(\\d{2})(?::\\d{2})?\\s*(am|pm|a\\.m\\.|p\\.m\\.|h\\b)?|(\\d{1,2})\\s*(am\\b|pm\\b|a\\.m\\.|p\\.m\\.|o'?clock|h\\b|uhr)|(noon|midday|midnight))");
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("HH:mm 'on' EEEE, d MMMM uuuu", Locale.ENGLISH);
  private static final DateTimeFormatter HOURS =
      DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH);
  private static final Pattern WEEKDAY = Pattern.compile("\\b" + Dates.WEEKDAY + "\\b");

  private final Clock clock;

  /** Built on first use, like the table of units. */
  private static final class Atlas {
    static final Places PLACES = new Places();
  }

  /** A time of day in the text. */
  private record Time(LocalTime at, int start, int end) {}

  Clocks(Clock clock) {
    this.clock = clock;
  }

  Optional<Reading> read(String text) throws Unreadable {
    var times = times(text);
    if (times.size() == 2
        && text.matches(".*\\b(?:between|from|to|until|till|and)\\b.*")
        && Atlas.PLACES.in(text).isEmpty()) {
      return Optional.of(between(text, times.get(0), times.get(1)));
    }
    boolean asksTime =
        text.matches(".*\\btime\\b.*") && !text.matches(".*\\b(?:how long|time left)\\b.*");
    var where = times.isEmpty() && !asksTime ? List.<Place>of() : Atlas.PLACES.in(text);
    if (times.isEmpty() && where.size() == 2 && text.contains("difference")) {
      return Optional.of(difference(where.get(0), where.get(1)));
    }
    if (times.isEmpty() && asksTime && where.size() == 1) {
      return Optional.of(now(where.getFirst()));
    }
    if (times.size() == 1 && !where.isEmpty()) {
      return Optional.of(elsewhere(text, times.getFirst(), where));
    }
    var span = Span.in(text);
    if (times.size() == 1 && span.isPresent() && span.get().minutes() > 0) {
      return Optional.of(later(text, times.getFirst().at(), span.get()));
    }
    if (times.isEmpty()
        && text.matches(
            ".*\\bwhat(?:'s| is|s)? (?:the )?(?:current )?time(?: is it)?(?: now)?\\W*$|.*\\bcurrent time\\W*$")) {
      var now = ZonedDateTime.now(clock);
      return Optional.of(
          new Reading(
              "It is %s (%s).".formatted(MOMENT.format(now), now.getZone()),
              now.toOffsetDateTime().toString(),
              null,
              null,
              Reading.SURE));
    }
    return Optional.empty();
  }

  private static List<Time> times(String text) throws Unreadable {
    List<Time> found = new ArrayList<>();
    var m = TIME.matcher(text);
    while (m.find()) {
      if (m.group(6) != null) {
        found.add(
            new Time(
                m.group(6).equals("midnight") ? LocalTime.MIDNIGHT : LocalTime.NOON,
                m.start(),
                m.end()));
        continue;
      }
      boolean colon = m.group(1) != null;
      int hour = Integer.parseInt(colon ? m.group(1) : m.group(4));
      int minute = colon ? Integer.parseInt(m.group(2)) : 0;
      var half = colon ? m.group(3) : m.group(5);
      if (half != null && half.startsWith("p") && hour < 12) {
        hour += 12;
      }
      if (half != null && half.startsWith("a") && hour == 12) {
        hour = 0;
      }
      if (hour == 24 && minute == 0) {
        hour = 0;
      }
      if (hour > 23 || minute > 59) {
        throw new Unreadable("%s is no time of day; write 00:00 to 23:59.".formatted(m.group()));
      }
      found.add(new Time(LocalTime.of(hour, minute), m.start(), m.end()));
    }
    return found;
  }

  private Reading now(Place place) {
    var there = ZonedDateTime.now(clock).withZoneSameInstant(place.zone());
    return new Reading(
        "In %s it is %s (UTC%s)."
            .formatted(place.name(), MOMENT.format(there), there.getOffset())
            .replace("UTCZ", "UTC"),
        there.toOffsetDateTime().toString(),
        null,
        place.zone().getId(),
        Reading.SURE);
  }

  private Reading difference(Place a, Place b) {
    var now = clock.instant();
    var offsetA = a.zone().getRules().getOffset(now);
    var offsetB = b.zone().getRules().getOffset(now);
    var ahead = Duration.ofSeconds(offsetB.getTotalSeconds() - offsetA.getTotalSeconds());
    var hours = hours(ahead.abs());
    return new Reading(
        ahead.isZero()
            ? "%s and %s have the same time at present.".formatted(a.name(), b.name())
            : "%s is %s %s %s at present."
                .formatted(b.name(), hours, ahead.isNegative() ? "behind" : "ahead of", a.name()),
        Numbers.rounded(BigDecimal.valueOf(ahead.toMinutes() / 60.0)),
        "hours",
        a.zone().getId() + " to " + b.zone().getId(),
        Reading.SURE);
  }

  private Reading elsewhere(String text, Time time, List<Place> where) throws Unreadable {
    var home = new Place("your time", clock.getZone(), -1, -1);
    Place from;
    Place to;
    if (where.size() == 1) {
      boolean here = text.matches(".*\\b(?:here|my time|our time|for me|local time)\\b.*");
      from = here ? where.getFirst() : home;
      to = here ? home : where.getFirst();
    } else {
      from =
          where.stream()
              .filter(place -> place.start() >= time.end())
              .findFirst()
              .filter(place ->
                  text.substring(time.end(), place.start())
                      .matches("\\W*(?:in |at |from |local )?(?:the )?"))
              .orElseGet(() -> nearest(where, time));
      to = where.stream().filter(place -> !place.equals(from)).findFirst().orElse(home);
    }
    var dates = new Dates(LocalDate.now(clock), Dates.Towards.AHEAD).in(text);
    var date =
        dates.isEmpty() ? LocalDate.now(clock.withZone(from.zone())) : dates.getFirst().date();
    var there = ZonedDateTime.of(date, time.at(), from.zone()).withZoneSameInstant(to.zone());
    long days = there.toLocalDate().toEpochDay() - date.toEpochDay();
    var day = days == 0 ? "" : days == 1 ? " the next day" : days == -1 ? " the day before" : "";
    var reading =
        new Reading(
            "%s %s = %s%s %s (%s)"
                .formatted(
                    HOURS.format(time.at()),
                    in(from),
                    HOURS.format(there),
                    day,
                    in(to),
                    dates.isEmpty()
                        ? "as of " + DateTimeFormatter.ISO_LOCAL_DATE.format(date)
                        : Dates.show(there.toLocalDate())),
            there.toOffsetDateTime().toString(),
            null,
            from.zone().getId() + " to " + to.zone().getId(),
            Reading.SURE);
    return where.size() == 1 ? reading.likely() : reading;
  }

  private static String in(Place place) {
    return place.start() < 0 || place.name().equals(place.name().toUpperCase(Locale.ROOT))
        ? place.name()
        : "in " + place.name();
  }

  private static Place nearest(List<Place> where, Time time) {
    return where.stream()
        .min(
            Comparator.comparingInt(place ->
                place.start() >= time.end()
                    ? place.start() - time.end()
                    : time.start() - place.end()))
        .orElseThrow();
  }

  private static Reading between(String text, Time a, Time b) {
    var days = WEEKDAY.matcher(text).results().map(r -> Dates.weekday(r.group())).toList();
    long minutes = Duration.between(a.at(), b.at()).toMinutes();
    var note = "";
    if (days.size() == 2) {
      minutes += 1440L * Math.floorMod(days.get(1).getValue() - days.get(0).getValue(), 7);
    }
    if (minutes < 0) {
      minutes += days.size() == 2 ? 7 * 1440 : 1440;
      note = days.size() == 2 ? "" : ", taking the second time on the next day";
    }
    var length = Duration.ofMinutes(minutes);
    var decimal =
        Numbers.rounded(BigDecimal.valueOf(minutes).divide(new BigDecimal(60), Phrase.EXACTLY));
    return new Reading(
        "%s to %s: %s = %s hours%s"
            .formatted(
                HOURS.format(a.at()),
                HOURS.format(b.at()),
                hours(length),
                Numbers.show(decimal),
                note),
        decimal,
        "hours",
        HOURS.format(a.at()) + " to " + HOURS.format(b.at()),
        Reading.SURE);
  }

  private static Reading later(String text, LocalTime time, Span span) {
    boolean back = text.matches(".*\\b(?:before|earlier|minus|subtract|ago)\\b.*");
    var moved = time.plusMinutes(back ? -span.minutes() : span.minutes());
    long minutes = time.toSecondOfDay() / 60 + (back ? -span.minutes() : span.minutes());
    long days = Math.floorDiv(minutes, 1440);
    var day =
        days == 0
            ? ""
            : days == 1
                ? " the next day"
                : days == -1 ? " the day before" : ", %d days on".formatted(days);
    return new Reading(
        "%s %s %s = %s%s"
            .formatted(
                HOURS.format(time), back ? "−" : "+", span.shown(), HOURS.format(moved), day),
        HOURS.format(moved),
        null,
        HOURS.format(time) + (back ? " - " : " + ") + span.shown(),
        Reading.SURE);
  }

  private static String hours(Duration length) {
    var hours = length.toHours() == 1 ? "1 hour" : length.toHours() + " hours";
    var minutes = length.toMinutesPart() == 1 ? "1 minute" : length.toMinutesPart() + " minutes";
    return length.toMinutesPart() == 0
        ? hours
        : length.toHours() == 0 ? minutes : hours + " " + minutes;
  }
}
