package io.consilium.tools.everyday;

import static io.consilium.tools.everyday.Numbers.group;
import static io.consilium.tools.everyday.Numbers.show;
import static io.consilium.tools.everyday.Phrase.EXACTLY;
import static io.consilium.tools.everyday.Phrase.amount;
import static io.consilium.tools.everyday.Phrase.number;
import static io.consilium.tools.everyday.Phrase.over;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Questions about several numbers, and about whole numbers: means, ratios, divisors, rounding. */
final class ListPhrases {
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])-?\\d+(?:\\.\\d+)?");
  private static final Pattern LIST =
      Pattern.compile(
          "\\b(average|mean|median|mode|sum|total|add(?: up| together)?|product|standard deviation|std ?dev|stdev|variance|range|smallest|lowest|minimum|min|largest|highest|biggest|maximum|max)\\b");
  private static final Pattern OPERATORS =
      Pattern.compile(
          "[*/^()%×÷+]|\\d\\s*-\\s*\\d|\\b(?:times|plus|minus|divided|squared|percent|from|twice|half)\\b");

  static final List<Phrase> ALL =
      List.of(
          Phrase.of(
              "(?:share|divide|split) N (?:in|into|by|at)?(?: the| a)? ?ratio (?:of )?N ?(?::|to|/) ?N(?: ?(?::|to|/) ?N)?",
              (m, money) -> ratioShares(m, money)),
          Phrase.of(
              "(?:simplify|reduce|simplest form|lowest terms)[^\\d]*N ?(?::|to|/) ?N",
              (m, money) ->
                  simplified(group(m, 1), group(m, 2), m.group().contains("/") ? "/" : ":")),
          Phrase.of(
              "N ?(?::|to|/) ?N[^\\d]*(?:simplest form|lowest terms|simplified)",
              (m, money) ->
                  simplified(group(m, 1), group(m, 2), m.group().contains("/") ? "/" : ":")),
          Phrase.of("N (?:as|to|into) a fraction", (m, money) -> fraction(group(m, 1))),
          Phrase.of(
              "remainder[^\\d]*N (?:is )?(?:divided )?by N",
              (m, money) -> WholeNumbers.remainder(group(m, 1), group(m, 2))),
          Phrase.of(
              "remainder of N (?:/|÷|and|over) N",
              (m, money) -> WholeNumbers.remainder(group(m, 1), group(m, 2))),
          Phrase.of(
              "N divided by N with (?:a )?remainder",
              (m, money) -> WholeNumbers.remainder(group(m, 1), group(m, 2))),
          Phrase.of(
              "how (?:many times|often) (?:does|will|can|do) N (?:go|fit|divide) in(?:to)? N",
              (m, money) -> WholeNumbers.remainder(group(m, 2), group(m, 1))),
          Phrase.of(
              "round N (?:up |down |off )?to (?:the )?nearest (N|tenth|hundredth|thousandth|integer|whole(?: number)?|unit)",
              (m, money) -> nearest(group(m, 1), m.group(2))),
          Phrase.of(
              "round N (?:off )?to N (?:decimals?|dp|decimal places?|places?|digits? after)",
              (m, money) -> rounded(group(m, 1), group(m, 2).intValueExact())),
          Phrase.of(
              "N rounded to N (?:decimals?|dp|decimal places?|places?)",
              (m, money) -> rounded(group(m, 1), group(m, 2).intValueExact())),
          Phrase.of(
              "round(?:ed)? N to N (?:significant figures?|significant digits?|sig figs?|sf)",
              (m, money) -> significant(group(m, 1), group(m, 2).intValueExact())),
          Phrase.of("round N$", (m, money) -> rounded(group(m, 1), 0)),
          Phrase.of(
              "(?:gcd|hcf|greatest common (?:divisor|factor)|highest common factor|common divisor)[^\\d]*N[^\\d]*N",
              (m, money) ->
                  WholeNumbers.gcd(WholeNumbers.whole(m.group(1)), WholeNumbers.whole(m.group(2)))),
          Phrase.of(
              "(?:lcm|least common multiple|lowest common multiple|smallest common multiple)[^\\d]*N[^\\d]*N",
              (m, money) ->
                  WholeNumbers.lcm(WholeNumbers.whole(m.group(1)), WholeNumbers.whole(m.group(2)))),
          Phrase.of(
              "^is N (?:a )?prime(?: number)?",
              (m, money) -> WholeNumbers.prime(WholeNumbers.whole(m.group(1)))),
          Phrase.of(
              "prime factors?(?:is?ation)? of N",
              (m, money) -> WholeNumbers.factors(WholeNumbers.whole(m.group(1)))),
          Phrase.of(
              "(?:1|if 1) ?(?:unit )?(?:is|=|equals|costs) N[^\\d]*how (?:many|much)[^\\d]*N",
              (m, money) ->
                  number(
                          show(group(m, 2)) + " × " + show(group(m, 1)),
                          group(m, 2).multiply(group(m, 1)))
                      .likely()));

  private ListPhrases() {}

  /** A list of at least two numbers with the name of what is wanted of it. */
  static Optional<Reading> list(String sentence, Money money) {
    var wanted = LIST.matcher(sentence);
    var plain =
        sentence.replaceAll("\\bof (?:these |the |the following )?\\d+ (?:numbers|values)\\b", "");
    if (!wanted.find() || OPERATORS.matcher(plain).find()) {
      return Optional.empty();
    }
    List<BigDecimal> numbers =
        NUMBER.matcher(plain).results().map(r -> new BigDecimal(r.group())).toList();
    if (numbers.size() < 2) {
      return Optional.empty();
    }
    return Optional.of(of(wanted.group(1), numbers, money));
  }

  private static Reading of(String wanted, List<BigDecimal> numbers, Money money) {
    var sum = numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    var count = new BigDecimal(numbers.size());
    var sorted = numbers.stream().sorted().toList();
    var joined = numbers.stream().map(Numbers::show).collect(Collectors.joining(" + "));
    var inOrder = sorted.stream().map(Numbers::show).collect(Collectors.joining(", "));
    return switch (wanted.split(" ")[0]) {
      case "average", "mean" ->
          amount("(%s) ÷ %d".formatted(joined, numbers.size()), over(sum, count), money);
      case "median" -> amount("median of " + inOrder, median(sorted), money);
      case "mode" -> mode(numbers);
      case "product" ->
          number(
              numbers.stream().map(Numbers::show).collect(Collectors.joining(" × ")),
              numbers.stream().reduce(BigDecimal.ONE, BigDecimal::multiply));
      case "standard", "std", "stddev", "stdev", "variance" ->
          spread(wanted, numbers, over(sum, count));
      case "range" ->
          amount(
              show(sorted.getLast()) + " − " + show(sorted.getFirst()),
              sorted.getLast().subtract(sorted.getFirst()),
              money);
      case "smallest", "lowest", "minimum", "min" ->
          amount("smallest of " + inOrder, sorted.getFirst(), money);
      case "largest", "highest", "biggest", "maximum", "max" ->
          amount("largest of " + inOrder, sorted.getLast(), money);
      default -> amount(joined, sum, money);
    };
  }

  private static BigDecimal median(List<BigDecimal> sorted) {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : over(sorted.get(middle - 1).add(sorted.get(middle)), BigDecimal.TWO);
  }

  private static Reading mode(List<BigDecimal> numbers) {
    Map<BigDecimal, Integer> counts = new LinkedHashMap<>();
    numbers.forEach(n -> counts.merge(n.stripTrailingZeros(), 1, Integer::sum));
    int most = counts.values().stream().max(Comparator.naturalOrder()).orElse(0);
    var modes =
        counts.entrySet().stream()
            .filter(e -> e.getValue() == most)
            .map(e -> show(e.getKey()))
            .collect(Collectors.joining(", "));
    return new Reading(
        "Most frequent (%d times): %s".formatted(most, modes), modes, null, null, Reading.SURE);
  }

  private static Reading spread(String wanted, List<BigDecimal> numbers, BigDecimal mean) {
    var squares =
        numbers.stream().map(n -> n.subtract(mean).pow(2)).reduce(BigDecimal.ZERO, BigDecimal::add);
    var population = over(squares, new BigDecimal(numbers.size()));
    var sample = over(squares, new BigDecimal(numbers.size() - 1));
    boolean variance = wanted.equals("variance");
    var p = variance ? population : population.sqrt(EXACTLY);
    var s = variance ? sample : sample.sqrt(EXACTLY);
    var name = variance ? "Variance" : "Standard deviation";
    return new Reading(
        "%s of the sample (n − 1): %s; of the population (n): %s; mean %s"
            .formatted(name, show(s), show(p), show(mean)),
        Numbers.rounded(s),
        null,
        name.toLowerCase(Locale.ROOT) + ", sample",
        Reading.LIKELY);
  }

  private static Reading ratioShares(Matcher m, Money money) {
    List<BigDecimal> parts = new ArrayList<>(List.of(group(m, 2), group(m, 3)));
    if (m.group(4) != null) {
      parts.add(group(m, 4));
    }
    var total = group(m, 1);
    var all = parts.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    var shares =
        parts.stream()
            .map(part -> money.show(over(total.multiply(part), all)))
            .collect(Collectors.joining(" : "));
    var ratio = parts.stream().map(Numbers::show).collect(Collectors.joining(" : "));
    return new Reading(
        "%s in the ratio %s = %s".formatted(money.given(total), ratio, shares),
        shares,
        null,
        show(total) + " in the ratio " + ratio,
        Reading.SURE);
  }

  private static Reading simplified(BigDecimal a, BigDecimal b, String sign) {
    int scale =
        Math.max(0, Math.max(a.stripTrailingZeros().scale(), b.stripTrailingZeros().scale()));
    var x = a.movePointRight(scale).toBigInteger();
    var y = b.movePointRight(scale).toBigInteger();
    var divisor = x.gcd(y);
    if (divisor.signum() == 0) {
      throw new ArithmeticException("zero");
    }
    var simple = x.divide(divisor) + sign + y.divide(divisor);
    return new Reading(
        "%s%s%s = %s".formatted(show(a), sign, show(b), simple),
        simple,
        null,
        show(a) + sign + show(b),
        Reading.SURE);
  }

  private static Reading fraction(BigDecimal value) {
    int scale = Math.max(0, value.stripTrailingZeros().scale());
    var reading = simplified(value, BigDecimal.ONE, "/");
    return new Reading(
        show(value) + " = " + reading.value(),
        reading.value(),
        null,
        show(value),
        scale > 8 ? Reading.LIKELY : Reading.SURE);
  }

  private static Reading nearest(BigDecimal value, String to) {
    if (to.startsWith("whole") || to.equals("integer") || to.equals("unit")) {
      return rounded(value, 0);
    }
    var step =
        switch (to) {
          case "tenth" -> new BigDecimal("0.1");
          case "hundredth" -> new BigDecimal("0.01");
          case "thousandth" -> new BigDecimal("0.001");
          default -> new BigDecimal(to);
        };
    var result = value.divide(step, 0, RoundingMode.HALF_UP).multiply(step);
    return new Reading(
        "%s rounded to the nearest %s = %s".formatted(show(value), show(step), show(result)),
        Numbers.rounded(result),
        null,
        show(value),
        Reading.SURE);
  }

  private static Reading rounded(BigDecimal value, int places) {
    var result = value.setScale(places, RoundingMode.HALF_UP);
    return new Reading(
        "%s rounded to %s = %s"
            .formatted(
                show(value),
                places == 0 ? "a whole number" : places + " decimal places",
                result.toPlainString()),
        result,
        null,
        show(value),
        Reading.SURE);
  }

  private static Reading significant(BigDecimal value, int digits) {
    var result = value.round(new MathContext(digits, RoundingMode.HALF_UP));
    return new Reading(
        "%s to %d significant figures = %s".formatted(show(value), digits, result.toPlainString()),
        result,
        null,
        show(value),
        Reading.SURE);
  }
}
