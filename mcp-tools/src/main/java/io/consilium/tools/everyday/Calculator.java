package io.consilium.tools.everyday;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Arithmetic as people ask for it, with the worked expression in the answer. */
final class Calculator implements EverydayTool {
  private static final String EXAMPLES =
      " Try: 17.5 % of 2,340 EUR · add 19 % VAT to 240 · (14.2 + 8.8) / 3 · average of 3, 5 and 10"
          + " · 8,000 at simple interest of 6 % for 9 months.";
  private static final Pattern TOO_MANY_DIGITS = Pattern.compile("\\d{101}");
  private static final Pattern EXCHANGE =
      Pattern.compile(
          "\\b1 ?([a-z€$£¥]+) (?:is|=|equals|costs|buys|gets (?:me|you)) "
              + Numbers.N
              + " ?([a-z€$£¥]+)[^\\d]*?how (?:many|much) ([a-z€$£¥]+)[^\\d]*"
              + Numbers.N
              + " ?([a-z€$£¥]+)");

  @Override
  public String name() {
    return "calculator";
  }

  @Override
  public String description() {
    return "Calculates with numbers: sums, products, percentages, VAT, tips, discounts, interest,"
        + " averages, powers, roots, logarithms. Takes the question in plain words.";
  }

  @Override
  public Reading read(String question) throws Unreadable {
    var lines = question.strip().lines().filter(line -> !line.isBlank()).toList();
    if (lines.size() > 1) {
      var several = lines(lines);
      if (several.isPresent()) {
        return several.get();
      }
    }
    return sentence(question);
  }

  private static Reading sentence(String question) throws Unreadable {
    if (TOO_MANY_DIGITS.matcher(question).find()) {
      throw new Unreadable("A number is too long; at most 100 digits can be read.");
    }
    var money = Money.in(question);
    var spoken =
        Numbers.plain(question)
            .replaceAll("\\bper ?cents?\\b|\\bpct\\b|\\bpercentages? points?\\b", "%")
            .replaceAll("\\s+", " ")
            .strip();
    var exchange = exchange(spoken);
    if (exchange.isPresent()) {
      return exchange.get();
    }
    var plain =
        Money.removed(spoken)
            .replaceAll("\\s+", " ")
            .replaceAll("\\s*(?:[?.]|(?<!\\d)!)+$", "")
            .strip();
    var lead =
        plain.replaceFirst(
            "^(?:what(?:'s| is|s)|how much is|calculate|compute|please|can you|work out)\\s+", "");
    for (var phrases : List.of(PercentPhrases.ALL, MoneyPhrases.ALL, ListPhrases.ALL)) {
      var found = Phrase.first(phrases, lead, money);
      if (found.isPresent()) {
        return found.get();
      }
    }
    var found = MoneyPhrases.discounts(lead, money).or(() -> ListPhrases.list(lead, money));
    return found.isPresent() ? found.get() : expression(lead, money, question);
  }

  private static Reading expression(String plain, Money money, String question) throws Unreadable {
    var result = Expressions.evaluate(plain);
    if (result.isEmpty()) {
      throw new Unreadable(understood(question) + EXAMPLES);
    }
    var shown = result.get().shown();
    if (money.known()) {
      int last = lastNumber(shown);
      shown =
          shown.substring(0, last)
              + money.before()
              + shown.substring(last)
              + (money.after().isEmpty() ? "" : " " + money.after());
    }
    return Phrase.amount(shown, result.get().value(), money);
  }

  private static int lastNumber(String shown) {
    int at = shown.length();
    while (at > 0 && "0123456789,.".indexOf(shown.charAt(at - 1)) >= 0) {
      at--;
    }
    return at;
  }

  /** A rate given in the question itself; rates of the day are another expert's. */
  private static Optional<Reading> exchange(String spoken) {
    var m = EXCHANGE.matcher(spoken);
    if (!m.find()) {
      return Optional.empty();
    }
    var rate = Numbers.group(m, 2);
    var amount = Numbers.group(m, 5);
    var wanted = m.group(4);
    boolean there = same(wanted, m.group(3)) && same(m.group(6), m.group(1));
    boolean back = same(wanted, m.group(1)) && same(m.group(6), m.group(3));
    if (!there && !back) {
      return Optional.empty();
    }
    return Optional.of(
        Phrase.amount(
            "%s %s %s".formatted(Numbers.show(amount), there ? "×" : "÷", Numbers.show(rate)),
            there ? amount.multiply(rate) : Phrase.over(amount, rate),
            new Money("", wanted)));
  }

  private static boolean same(String a, String b) {
    return a.replaceAll("s$", "").equals(b.replaceAll("s$", ""));
  }

  /** Each line on its own, when every line can be read. */
  private static Optional<Reading> lines(List<String> lines) {
    var text = new StringBuilder();
    Reading last = null;
    for (var line : lines) {
      if (line.strip().matches("-?[\\d.,]+")) {
        return Optional.empty(); // a column of numbers belongs to one question
      }
      try {
        last = sentence(line);
      } catch (Unreadable e) {
        return Optional.empty();
      }
      text.append(text.isEmpty() ? "" : "\n").append(last.text());
    }
    return last == null
        ? Optional.empty()
        : Optional.of(
            new Reading(
                text.toString(), last.value(), last.unit(), last.expression(), last.confidence()));
  }

  private static String understood(String question) {
    var numbers =
        Pattern.compile("\\d+(?:\\.\\d+)?")
            .matcher(Numbers.plain(question))
            .results()
            .map(r -> r.group())
            .toList();
    return numbers.isEmpty()
        ? "There are no numbers to calculate with in this."
        : "Understood the numbers %s, but not what to do with them."
            .formatted(String.join(", ", numbers.subList(0, Math.min(8, numbers.size()))));
  }
}
