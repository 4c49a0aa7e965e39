package io.consilium.tools.everyday;

import static io.consilium.tools.everyday.Numbers.group;
import static io.consilium.tools.everyday.Numbers.show;
import static io.consilium.tools.everyday.Phrase.HUNDRED;
import static io.consilium.tools.everyday.Phrase.amount;
import static io.consilium.tools.everyday.Phrase.over;
import static io.consilium.tools.everyday.Phrase.percent;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** Questions about percentages: shares, changes, taxes, discounts, margins. */
final class PercentPhrases {
  private static final String TAX = "(?:vat|tax|gst|sales tax|mwst|ust|iva|btw|tva|service charge)";
  private static final String INCLUDING =
      "(?:incl(?:uding|usive of|udes|\\.)?|with|gross of|gross at)";

  static final List<Phrase> ALL =
      List.of(
          Phrase.of(
              "P of (?:what|which)(?: number| amount)?(?: is| gives| makes| equals)? N",
              (m, money) -> whole(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N is P of (?:what|which)", (m, money) -> whole(group(m, 2), group(m, 1), money)),
          Phrase.of(
              "(?:what|which|how (?:many|much)|as a) (?:%|percentage)(?: share)?(?: is| of| are)* N (?:of|out of|from|in) N",
              (m, money) -> share(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N (?:is|are|as|makes?) (?:what|which|how many|a|an)? ?(?:%|percentage) of N",
              (m, money) -> share(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "(?:what|which|how many) (?:%|percentage) of N (?:is|are) N",
              (m, money) -> share(group(m, 2), group(m, 1), money)),
          Phrase.of(
              "N (?:out of|of|/) N (?:in|as|as a|to) (?:%|percentage)",
              (m, money) -> share(group(m, 1), group(m, 2), money)),

          // what is in a gross price
          Phrase.of(
              "N\\b[^\\d]*"
                  + INCLUDING
                  + " P(?: "
                  + TAX
                  + ")?[^\\d]*\\b(?:how much|what|which)\\b[^\\d]*\\b"
                  + TAX
                  + "\\b",
              (m, money) -> taxIn(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "(?:how much|what) (?:of it )?(?:is|are) (?:the )?"
                  + TAX
                  + "\\b[^\\d]*N[^\\d]*"
                  + INCLUDING
                  + " P",
              (m, money) -> taxIn(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "(?:net|without "
                  + TAX
                  + "|before "
                  + TAX
                  + "|excl\\w*)\\b[^\\d]*N[^\\d]*(?:"
                  + INCLUDING
                  + "|at|from|,) P",
              (m, money) -> net(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N[^\\d]*"
                  + INCLUDING
                  + " P(?: "
                  + TAX
                  + ")?[^\\d]*\\b(?:net|without|before|excl\\w*)",
              (m, money) -> net(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "(?:remove|take out|take off|strip|subtract) P (?:" + TAX + ") (?:from|of|out of) N",
              (m, money) -> net(group(m, 2), group(m, 1), money)),

          // what was there before
          Phrase.of(
              "N[^\\d]*\\bafter[^\\d]*P (?:off|discount|reduction)[^\\d]*\\b(?:original(?:ly)?|before|regular|full price|initially)\\b",
              (m, money) -> before(group(m, 1), group(m, 2).negate(), money)),
          Phrase.of(
              "(?:original|regular|full|initial)[^\\d]*N[^\\d]*after[^\\d]*P (?:off|discount|reduction)",
              (m, money) -> before(group(m, 1), group(m, 2).negate(), money)),
          Phrase.of(
              "(?:original|regular|full|initial)[^\\d]*P (?:off|discount|reduction)[^\\d]*N",
              (m, money) -> before(group(m, 2), group(m, 1).negate(), money)),
          Phrase.of(
              "N[^\\d]*\\bafter[^\\d]*P (?:increase|raise|rise)[^\\d]*\\b(?:original(?:ly)?|before|initially)\\b",
              (m, money) -> before(group(m, 1), group(m, 2), money)),

          // up and down by a share
          Phrase.of(
              "N[^\\d]*\\b(?:increased?|raised?|up|rises?|rose|grows?|grew|goes up|went up|marked up) by P",
              (m, money) -> up(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N[^\\d]*\\b(?:reduced|decreased|lowered|discounted|down|cut|falls?|fell|drops?|dropped|marked down) by P",
              (m, money) -> down(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "(?:discount|reduction) of P (?:on|off|from|to)[^\\d]*N",
              (m, money) -> down(group(m, 2), group(m, 1), money)),
          Phrase.of(
              "add P(?: " + TAX + ")? (?:to|on|onto) N",
              (m, money) -> up(group(m, 2), group(m, 1), money)),
          Phrase.of(
              "P (?:more than|added to|on top of|above|over|higher than|"
                  + TAX
                  + " (?:on top of|added to|on)) N",
              (m, money) -> up(group(m, 2), group(m, 1), money)),
          Phrase.of(
              "(?:increase|raise|grow|gross of|mark up) (?:of )?N (?:by|at|with|plus) P",
              (m, money) -> up(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N (?:plus|and|with|\\+|increased by|raised by|up by|marked up by|grows by|goes up by|rises by)(?: an?)? P(?: "
                  + TAX
                  + "| increase| raise| added| markup| on top| rise)*\\s*$",
              (m, money) -> up(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N[^\\d]*\\b(?:raise|increase|pay rise|rise) of P",
              (m, money) -> up(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "P (?:off|less than|below|under|lower than|discount (?:on|off|of|from)|taken off|reduction (?:on|of)) (?:an? |the |of )?(?:price |bill )?(?:of )?N",
              (m, money) -> down(group(m, 2), group(m, 1), money)),
          Phrase.of(
              "(?:decrease|reduce|lower|cut|discount) N by P",
              (m, money) -> down(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N (?:minus|less|-|reduced by|decreased by|down by|with|after|at|falls by|drops by|goes down by)(?: an?)? P(?: discount| off| reduction| less)*\\s*$",
              (m, money) -> down(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N[^\\d]*\\b(?:discount|reduction) of P",
              (m, money) -> down(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N[^\\d%]*[ ,]P (?:off|discount)[^\\d]*$",
              (m, money) -> down(group(m, 1), group(m, 2), money)),

          // changes
          Phrase.of(
              "(?:%|percentage|change|increase|decrease|growth|drop|rise|difference)[^\\d]*\\bfrom N to N",
              (m, money) -> change(group(m, 1), group(m, 2))),
          Phrase.of(
              "from N to N[^\\d]*(?:%|percentage|increase|decrease|growth|change)",
              (m, money) -> change(group(m, 1), group(m, 2))),

          // margins
          Phrase.of(
              "\\b(?:margin|markup|mark-up|profit)\\b[^\\d]*\\b(?:buy|bought|cost|costs|purchase|paid|pay)\\b[^\\d]*N[^\\d]*\\b(?:sell|sold|sells|sale|selling)\\b[^\\d]*N",
              (m, money) -> margin(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "\\b(?:buy|bought|cost|costs|paid)\\b[^\\d]*N[^\\d]*\\b(?:sell|sold|sells|selling)\\b[^\\d]*N[^\\d]*\\b(?:margin|markup|mark-up|profit)",
              (m, money) -> margin(group(m, 1), group(m, 2), money)),
          Phrase.of(
              "N as (?:a )?(?:%|percentage)$",
              (m, money) ->
                  percent(show(group(m, 1)) + " × 100 %", group(m, 1).multiply(HUNDRED))));

  private PercentPhrases() {}

  private static String p(BigDecimal percent) {
    return show(percent.setScale(4, RoundingMode.HALF_UP)) + " %";
  }

  private static Reading whole(BigDecimal percent, BigDecimal part, Money money) {
    return amount(
        money.given(part) + " ÷ " + p(percent), over(part.multiply(HUNDRED), percent), money);
  }

  private static Reading share(BigDecimal part, BigDecimal whole, Money money) {
    return percent(
        money.given(part) + " ÷ " + money.given(whole), over(part.multiply(HUNDRED), whole));
  }

  private static Reading taxIn(BigDecimal gross, BigDecimal percent, Money money) {
    return amount(
        "%s × %s ÷ (100 + %s)".formatted(money.given(gross), show(percent), show(percent)),
        over(gross.multiply(percent), HUNDRED.add(percent)),
        money);
  }

  private static Reading net(BigDecimal gross, BigDecimal percent, Money money) {
    return amount(
        "%s ÷ (1 + %s)".formatted(money.given(gross), p(percent)),
        over(gross.multiply(HUNDRED), HUNDRED.add(percent)),
        money);
  }

  private static Reading before(BigDecimal after, BigDecimal percent, Money money) {
    return amount(
        "%s ÷ (1 %s %s)"
            .formatted(money.given(after), percent.signum() < 0 ? "−" : "+", p(percent.abs())),
        over(after.multiply(HUNDRED), HUNDRED.add(percent)),
        money);
  }

  private static Reading up(BigDecimal base, BigDecimal percent, Money money) {
    return amount(
        "%s + %s".formatted(money.given(base), p(percent)),
        over(base.multiply(HUNDRED.add(percent)), HUNDRED),
        money);
  }

  private static Reading down(BigDecimal base, BigDecimal percent, Money money) {
    return amount(
        "%s − %s".formatted(money.given(base), p(percent)),
        over(base.multiply(HUNDRED.subtract(percent)), HUNDRED),
        money);
  }

  private static Reading change(BigDecimal from, BigDecimal to) {
    var change = over(to.subtract(from).multiply(HUNDRED), from);
    var reading = percent("(%s − %s) ÷ %s".formatted(show(to), show(from), show(from)), change);
    var word = change.signum() < 0 ? "a decrease" : "an increase";
    return new Reading(
        reading.text() + ": " + word + " of " + p(change.abs()),
        reading.value(),
        "%",
        reading.expression(),
        Reading.SURE);
  }

  private static Reading margin(BigDecimal cost, BigDecimal price, Money money) {
    var profit = price.subtract(cost);
    var margin = over(profit.multiply(HUNDRED), price);
    var reading = percent("(%s − %s) ÷ %s".formatted(show(price), show(cost), show(price)), margin);
    return new Reading(
        "Margin: %s of the selling price (profit %s). As a markup on the cost that is %s."
            .formatted(reading.text(), money.show(profit), p(over(profit.multiply(HUNDRED), cost))),
        reading.value(),
        "%",
        reading.expression(),
        Reading.SURE);
  }
}
