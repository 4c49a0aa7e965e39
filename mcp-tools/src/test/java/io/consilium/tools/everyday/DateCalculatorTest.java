package io.consilium.tools.everyday;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Today is Tuesday, 24 November 2026, 16:30 in Berlin. */
class DateCalculatorTest {
  private static final DateCalculator CALCULATOR =
      new DateCalculator(
          Clock.fixed(Instant.parse("2026-11-24T15:30:00Z"), ZoneId.of("Europe/Berlin")));

  /** As people ask; from the dev half of the questions for cold routing. */
  static List<String> asked() {
    return Worked.lines(
        """
        days between 3 March 2024 and 19 August 2025 => 534 days & 76 weeks and 2 days
        what weekday was 9 November 1989 => Thursday, 9 November 1989
        is 2100 a leap year => No
        current time in Tokyo => 00:30 on Wednesday, 25 November 2026
        what date is 6 weeks before christmas eve => Thursday, 12 November 2026
        how many weekends are left this year => 5 weekends
        if its 9:30 am in New York what time is that in Berlin => 15:30 in Berlin
        how many days until 1 July => 219 days & 1 July 2027
        add 45 days to 2026-01-31 => Tuesday, 17 March 2026
        how long ago was 20 july 1969 => 20,946 days & 57 years, 4 months and 4 days
        The baby is due 40 weeks after 5 April. When is that? => Sunday, 10 January 2027
        Notice is 3 months to the end of a month. I hand it in on 11 May, so what's my last day? => Monday, 31 August 2026
        did 29 february 1900 exist? => No: February 1900 has 28 days
        How many months and days from 2025-02-10 to 2026-11-03? => 20 months and 24 days
        19:00 CET, what's that in Sydney? => 05:00 the next day in Sydney
        how many days did february 2016 have => 29 days
        Invoice is dated 4 September and payable within 30 days. By when do I have to pay? => Sunday, 4 October 2026
        subtract 18 months from 1 Aug 2025 => Thursday, 1 February 2024
        hours between 22:45 monday and 06:15 tuesday => 7.5 hours
        My visa lets me stay 180 days and I entered on Feb 17. Until when can I stay? => Sunday, 16 August 2026 & Saturday, 15 August 2026
        Which years between 2020 and 2040 have a 53rd week? => 2020, 2026, 2032, 2037
        tomorrow plus 1000 days => Tuesday, 21 August 2029
        """);
  }

  static List<String> worked() {
    return Worked.lines(
        """
        how many days until Christmas => 31 days
        how long until new year's eve => 37 days & 31 December 2026
        what date is 90 days from now => Monday, 22 February 2027
        what date is 90 days from 3 March 2026 => Monday, 1 June 2026
        first Monday of May 2027 => Monday, 3 May 2027
        last Friday of November => Friday, 27 November 2026
        what day of the week is 25 December 2026? => Friday, 25 December 2026
        weekday of 12/25/2026 => Friday, 25 December 2026
        was 4 July 1776 a Thursday => Yes: Thursday
        was 4 July 1776 a Friday => No: Thursday
        is 2024 a leap year? => Yes
        next leap year => 2028
        leap years between 2000 and 2020 => 2000, 2004, 2008, 2012, 2016, 2020
        what week number is it => ISO week 48 of 2026
        iso week of 3 January 2027 => ISO week 53 of 2026
        when is week 12 of 2026 => Monday, 16 March 2026
        I was born on 14 March 1990, how old am I? => 36 years old
        3pm London in Tokyo => 00:00 the next day in Tokyo
        what time is it in New York => 10:30 on Tuesday, 24 November 2026
        time difference between London and Tokyo => 9 hours ahead of London
        noon in Paris is what time in Mumbai => 16:30 in Mumbai
        convert 14:00 UTC to PST => 06:00 PST
        8:30 UTC+2 in Tokyo => 15:30 in Tokyo
        what time is 3 hours after 22:30 => 01:30 the next day
        how many hours between 9am and 5:30pm => 8.5 hours
        what quarter is 15 August 2026 in => quarter 3 of 2026
        what day of the year is 1 March 2024 => day 61 of 2024
        end of month february 2028 => Tuesday, 29 February 2028
        last day of this month => Monday, 30 November 2026
        unix timestamp 1700000000 => 2023-11-14 22:13:20 UTC
        unix timestamp of 2026-01-01 => 1767225600 s
        how many days between 03/04/2026 and 05/04/2026 => 2 days & 03/04/2026 read day first, as 3 April
        13/04/2026 plus 10 days => Thursday, 23 April 2026
        3.4.2026 plus 1 day => Saturday, 4 April 2026
        working days between 1 December 2026 and 31 December 2026 => 23 working days
        10 working days after 24 December 2026 => Thursday, 7 January 2027
        2 years and 3 months before 1 June 2026 => Friday, 1 March 2024
        a month after 31 January 2026 => Saturday, 28 February 2026
        a year and a half after 1 Jan 2025 => Wednesday, 1 July 2026
        3 weeks ago => Tuesday, 3 November 2026
        in 10 days => Friday, 4 December 2026
        what's the date today => Tuesday, 24 November 2026
        next friday => Friday, 27 November 2026
        when is Easter 2027 => Sunday, 28 March 2027
        when is thanksgiving => Thursday, 26 November 2026
        how many days are left in the year => 37 days
        how many days since 1 January 2026 => 327 days
        How many days from today to March 1st, 2027? => 97 days
        how many days in 2024 => 366 days
        """);
  }

  @ParameterizedTest
  @MethodSource({"asked", "worked"})
  void itAnswers(String line) {
    Worked.check(CALCULATOR, line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "who is the president",
        "what is the weather tomorrow",
        "meeting on friday at 3pm, please schedule",
        "how long is a piece of string",
        "remind me to call mum",
        "what happened on 9 November 1989"
      })
  void whatIsNotAboutDatesIsNotAnsweredAnyway(String question) {
    assertThat(Worked.refusal(CALCULATOR, question)).contains("Try:");
  }

  @Test
  void impossibleDatesAndTimesAreSaid() {
    assertThat(Worked.refusal(CALCULATOR, "10 days after 30 February 2026"))
        .contains("no 30 February 2026");
    assertThat(Worked.refusal(CALCULATOR, "25:00 in Tokyo")).contains("no time of day");
    assertThat(Worked.refusal(CALCULATOR, "when is week 60 of 2026")).contains("no week 60");
  }

  @Test
  void anAmbiguousDateLowersTheConfidence() throws Unreadable {
    assertThat(CALCULATOR.read("03/04/2026 plus 1 day").confidence()).isEqualTo(0.8);
    assertThat(CALCULATOR.read("13/04/2026 plus 1 day").confidence()).isEqualTo(0.97);
  }

  @ParameterizedTest
  @CsvSource({
    "1961, 1961-04-02",
    "2000, 2000-04-23",
    "2024, 2024-03-31",
    "2025, 2025-04-20",
    "2038, 2038-04-25"
  })
  void easterFallsWhereTheAlmanacSays(int year, LocalDate easter) {
    assertThat(Dates.easter(year)).isEqualTo(easter);
  }
}
