package io.consilium.tools.everyday;

import static io.consilium.tools.everyday.Numbers.group;
import static io.consilium.tools.everyday.Numbers.show;
import static io.consilium.tools.everyday.Phrase.EXACTLY;
import static io.consilium.tools.everyday.Phrase.HUNDRED;
import static io.consilium.tools.everyday.Phrase.amount;
import static io.consilium.tools.everyday.Phrase.over;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Questions of the till, the restaurant and the bank: tips, splits, interest, unit prices. */
final class MoneyPhrases {
  private static final String PEOPLE = "(?:between|among|amongst|by|into|for|across)(?: the)?";
  private static final String YEARS = "N[ -](years?|yrs?|months?|days?|weeks?)";
  private static final Pattern STEP =
      Pattern.compile(
          "(\\d+(?:\\.\\d+)?)\\s?(%?) ?(?:discount|off|reduction)|another (\\d+(?:\\.\\d+)?)\\s?(%?) off");

  static final List<Phrase> ALL =
      List.of(
          Phrase.of(
              "P tip (?:on|for|to|of) N[^\\d]*(?:split|divided|shared)[^\\d]*N",
              (m, money) -> tip(group(m, 2), group(m, 1), group(m, 3), money)),
          Phrase.of(
              "N[^\\d]*P tip[^\\d]*(?:split|divided|shared|between)[^\\d]*N",
              (m, money) -> tip(group(m, 1), group(m, 2), group(m, 3), money)),
          Phrase.of(
              "P tip (?:on|for|to|of)[^\\d]*N",
              (m, money) -> tip(group(m, 2), group(m, 1), BigDecimal.ONE, money)),
          Phrase.of(
              "tip of P (?:on|for|to)[^\\d]*N",
              (m, money) -> tip(group(m, 2), group(m, 1), BigDecimal.ONE, money)),
          Phrase.of(
              "N[^\\d]*\\b(?:plus|with|add|and)\\b[^\\d]*P tip",
              (m, money) -> tip(group(m, 1), group(m, 2), BigDecimal.ONE, money)),
          Phrase.of(
              "tip[^\\d]*N[^\\d]*(?:at|with) P",
              (m, money) -> tip(group(m, 1), group(m, 2), BigDecimal.ONE, money)),
          Phrase.of(
              "(?:split|divide|share)[^\\d]*N[^\\d]*"
                  + PEOPLE
                  + " N(?: people| persons| friends| ways| of us)?",
              (m, money) -> split(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N[^\\d]*(?:split|divided|shared)[^\\d%]*N(?: people| persons| friends| ways| of us| equally)",
              (m, money) -> split(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N[^\\d]*\\bcompound[^\\d]*P[^\\d]*" + YEARS + ".*",
              (m, money) ->
                  compound(
                      m.group(), group(m, 1), group(m, 2), years(group(m, 3), m.group(4)), money)),
          Phrase.of(
              "compound[^\\d]*N[^\\d]*P[^\\d]*" + YEARS + ".*",
              (m, money) ->
                  compound(
                      m.group(), group(m, 1), group(m, 2), years(group(m, 3), m.group(4)), money)),
          Phrase.of(
              "simple interest[^\\d]*N[^\\d]*P[^\\d]*" + YEARS,
              (m, money) -> simple(group(m, 1), group(m, 2), group(m, 3), m.group(4), money)),
          Phrase.of(
              "N[^\\d]*simple interest[^\\d]*P[^\\d]*" + YEARS,
              (m, money) -> simple(group(m, 1), group(m, 2), group(m, 3), m.group(4), money)),
          Phrase.of(
              "N[^\\d]*P simple interest[^\\d]*" + YEARS,
              (m, money) -> simple(group(m, 1), group(m, 2), group(m, 3), m.group(4), money)),
          Phrase.of(
              "N[^\\d]*\\b(?:at|earns?|earning|yields?|with|interest|of)\\b[^\\d]*P[^\\d]*"
                  + YEARS
                  + "(?:[^\\d]*compound.*)?",
              (m, money) ->
                  compound(
                      m.group(), group(m, 1), group(m, 2), years(group(m, 3), m.group(4)), money)),
          Phrase.of(
              "N[^\\d]*(?:split|divided|shared|between)[^\\d]*N[^\\d]*P tip",
              (m, money) -> tip(group(m, 1), group(m, 3), group(m, 2), money)),
          Phrase.of(
              "^(?:i (?:buy|bought|need|order) )?N [a-z -]*?(?:at|for|costing|priced at|x) N (?:each|apiece|a piece|per [a-z]+)",
              (m, money) ->
                  amount(
                      show(group(m, 1)) + " × " + money.given(group(m, 2)),
                      group(m, 1).multiply(group(m, 2)),
                      money)),
          Phrase.of(
              "(?:save|pay|earn|spend|put aside|cost|costs)[^\\d]*N (?:a|per|each|every) (day|week|month|year) for N (days?|weeks?|months?|years?)",
              MoneyPhrases::repeated),
          Phrase.of(
              "\\b(?:pack|packet|box|bag|bottle|crate|set|carton|roll|case|tray)?s? ?(?:of |with )?N[^\\d]*?\\b(?:costs?|for|at|is)\\b[^\\d]*N[^\\d]+N[^\\d]*?\\b(?:costs?|for|at|is)\\b[^\\d]*N\\b.*\\b(?:cheaper|better|less|deal|per (?:piece|unit|item))\\b",
              MoneyPhrases::cheaper),
          Phrase.of(
              "\\bdoubl\\w* (?:a |from |starting (?:with|at) )?(?:N )?(cents?|penny|pence|pennies)?[^\\d]*(?:every|each|per|a) day[^\\d]*N days",
              MoneyPhrases::doubling));

  private MoneyPhrases() {}

  /**
   * A price and what comes off it one after the other: "129.90, now 30% off and another 10 off".
   */
  static Optional<Reading> discounts(String sentence, Money money) {
    var first = Pattern.compile("\\d+(?:\\.\\d+)?").matcher(sentence);
    if (!first.find()) {
      return Optional.empty();
    }
    var price = new BigDecimal(first.group());
    var expression = new StringBuilder(money.given(price));
    int steps = 0;
    var step = STEP.matcher(sentence);
    for (int at = first.end(); step.find(at); at = step.end()) {
      boolean another = step.group(1) == null;
      var by = new BigDecimal(another ? step.group(3) : step.group(1));
      boolean percent = !(another ? step.group(4) : step.group(2)).isEmpty();
      price = percent ? over(price.multiply(HUNDRED.subtract(by)), HUNDRED) : price.subtract(by);
      expression.append(" − ").append(percent ? show(by) + " %" : money.given(by));
      steps++;
    }
    long numbers = Pattern.compile("\\d+(?:\\.\\d+)?").matcher(sentence).results().count();
    return steps >= 2 && steps + 1 == numbers
        ? Optional.of(amount(expression.toString(), price, money))
        : Optional.empty();
  }

  private static Reading tip(BigDecimal bill, BigDecimal percent, BigDecimal people, Money money) {
    var tip = over(bill.multiply(percent), HUNDRED).setScale(2, RoundingMode.HALF_UP);
    var total = bill.add(tip);
    var expression = "%s %% × %s".formatted(show(percent), money.given(bill));
    var text = "Tip: %s = %s; total %s".formatted(expression, money.show(tip), money.show(total));
    if (people.compareTo(BigDecimal.ONE) == 0) {
      return new Reading(text, tip, unit(money), expression, Reading.SURE);
    }
    var each = over(total, people);
    return new Reading(
        "%s; split %s ways %s each".formatted(text, show(people), money.show(each)),
        each.setScale(2, RoundingMode.HALF_UP),
        unit(money),
        "(%s + %s) ÷ %s".formatted(show(bill), show(tip), show(people)),
        Reading.SURE);
  }

  private static Reading split(BigDecimal total, BigDecimal people, Money money) {
    var each = over(total, people);
    var reading = amount(money.given(total) + " ÷ " + show(people), each, money);
    if (money.known() || !Numbers.inexact(each)) {
      return new Reading(
          reading.text() + " each",
          reading.value(),
          reading.unit(),
          reading.expression(),
          Reading.SURE);
    }
    return new Reading(
        reading.text() + ", that is " + Numbers.cents(each) + " each",
        reading.value(),
        reading.unit(),
        reading.expression(),
        Reading.SURE);
  }

  private static BigDecimal years(BigDecimal count, String unit) {
    return switch (unit.charAt(0)) {
      case 'm' -> over(count, new BigDecimal(12));
      case 'w' -> over(count, new BigDecimal(52));
      case 'd' -> over(count, new BigDecimal(365));
      default -> count;
    };
  }

  private static Reading simple(
      BigDecimal principal, BigDecimal rate, BigDecimal count, String unit, Money money) {
    var interest =
        over(principal.multiply(rate).multiply(years(count, unit)), HUNDRED)
            .setScale(8, RoundingMode.HALF_UP);
    var time =
        switch (unit.charAt(0)) {
          case 'm' -> show(count) + "/12";
          case 'w' -> show(count) + "/52";
          case 'd' -> show(count) + "/365";
          default -> show(count);
        };
    var expression = "%s × %s %% × %s".formatted(money.given(principal), show(rate), time);
    var reading = amount(expression, interest, money);
    return new Reading(
        "Interest: %s; to pay back in all %s"
            .formatted(reading.text(), money.show(principal.add(interest))),
        reading.value(),
        reading.unit(),
        expression,
        Reading.SURE);
  }

  private static Reading compound(
      String sentence, BigDecimal principal, BigDecimal rate, BigDecimal years, Money money) {
    int times =
        sentence.contains("month") && sentence.matches(".*\\bmonthly\\b.*")
            ? 12
            : sentence.matches(".*\\bquarterly\\b.*")
                ? 4
                : sentence.matches(".*\\bdaily\\b.*") ? 365 : 1;
    var periods = years.multiply(new BigDecimal(times));
    var factor = BigDecimal.ONE.add(over(rate, HUNDRED.multiply(new BigDecimal(times))));
    BigDecimal grown;
    if (periods.stripTrailingZeros().scale() <= 0) {
      grown = principal.multiply(factor.pow(periods.intValueExact(), EXACTLY));
    } else {
      grown =
          principal.multiply(
              BigDecimal.valueOf(Math.pow(factor.doubleValue(), periods.doubleValue())));
    }
    var expression =
        times == 1
            ? "%s × (1 + %s %%)^%s".formatted(money.given(principal), show(rate), show(years))
            : "%s × (1 + %s %%/%d)^%s"
                .formatted(money.given(principal), show(rate), times, show(periods));
    return new Reading(
        "%s ≈ %s, of which %s interest"
            .formatted(expression, cents(grown, money), cents(grown.subtract(principal), money)),
        grown.setScale(2, RoundingMode.HALF_UP),
        unit(money),
        expression,
        sentence.contains("compound") ? Reading.SURE : Reading.LIKELY);
  }

  private static String cents(BigDecimal amount, Money money) {
    return money.known() ? money.show(amount) : Numbers.cents(amount);
  }

  private static Reading repeated(Matcher m, Money money) throws Unreadable {
    var length = Map.of('d', 1, 'w', 7, 'm', 30, 'y', 365);
    var per = m.group(2).charAt(0);
    var of = m.group(4).charAt(0);
    BigDecimal times;
    if (per == of) {
      times = group(m, 3);
    } else if (per == 'm' && of == 'y') {
      times = group(m, 3).multiply(new BigDecimal(12));
    } else if (per == 'w' && of == 'y') {
      times = group(m, 3).multiply(new BigDecimal(52));
    } else if (per == 'd' && length.containsKey(of)) {
      times = group(m, 3).multiply(new BigDecimal(length.getOrDefault(of, 1)));
    } else {
      throw new Unreadable(
          "Say for how many %ss, for example: 250 a month for 36 months.".formatted(m.group(2)));
    }
    var reading =
        amount(money.given(group(m, 1)) + " × " + show(times), group(m, 1).multiply(times), money);
    return per == of ? reading : reading.likely();
  }

  private static Reading cheaper(Matcher m, Money money) {
    var first = over(group(m, 2), group(m, 1));
    var second = over(group(m, 4), group(m, 3));
    int order = first.compareTo(second);
    var expression =
        "%s ÷ %s against %s ÷ %s"
            .formatted(show(group(m, 2)), show(group(m, 1)), show(group(m, 4)), show(group(m, 3)));
    var which =
        order == 0
            ? "both cost the same"
            : "the one of %s is cheaper".formatted(show(order < 0 ? group(m, 1) : group(m, 3)));
    var best = order <= 0 ? first : second;
    return new Reading(
        "%s: %s against %s each; %s".formatted(expression, show(first), show(second), which),
        Numbers.rounded(best),
        null,
        expression,
        Reading.SURE);
  }

  private static Reading doubling(Matcher m, Money money) {
    var start = m.group(1) == null ? BigDecimal.ONE : group(m, 1);
    int days = group(m, 3).intValueExact();
    if (days > 10_000) {
      throw new ArithmeticException("too large");
    }
    boolean cents = m.group(2) != null;
    var result = start.multiply(BigDecimal.TWO.pow(days));
    var half = start.multiply(BigDecimal.TWO.pow(Math.max(days - 1, 0)));
    var expression = "%s × 2^%d".formatted(show(start), days);
    var text =
        "%s = %s%s"
            .formatted(
                expression,
                show(result),
                cents ? " cents = " + Numbers.cents(over(result, HUNDRED)) : "");
    var note =
        "; if the first day still has the single amount, it is half of that, "
            + (cents ? Numbers.cents(over(half, HUNDRED)) : show(half));
    return new Reading(text + note, result, cents ? "cents" : null, expression, Reading.LIKELY);
  }

  private static @Nullable String unit(Money money) {
    return money.unit().isEmpty() ? null : money.unit();
  }
}
