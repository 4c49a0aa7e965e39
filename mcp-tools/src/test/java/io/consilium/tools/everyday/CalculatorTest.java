package io.consilium.tools.everyday;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalculatorTest {
  private static final Calculator CALCULATOR = new Calculator();

  /** As people ask; from the dev half of the questions for cold routing. */
  static List<String> asked() {
    return Worked.lines(
        """
        Invoice total is 1,428 including 19% VAT. How much of that is the tax? => 228
        18% tip on $64.30 => $11.57 & $75.87
        whats 348 * 27 => 9,396
        2^31 - 1 => 2,147,483,647
        Rent went from 870 to 935, how many percent is that? => 7.4713 %
        Jacket was 129.90, now 30% off and another 10 off at the till. What do I pay? => 80.93
        split 312.40 between 7 people => 44.63
        cube root of 1000000 => = 100
        (14.2 + 8.8) / 3 - 1.5 => 6.16666666667
        How much is 3/8 of 560? => 210
        12 factorial => 479,001,600
        A pack of 24 costs 18.96 and a pack of 36 costs 27.72. Which one is cheaper per piece? => 0.79 & 0.77 & the one of 36 is cheaper
        log base 2 of 65536 => = 16
        margin if I buy at 34 and sell at 51? => 33.3333 % & profit 17
        add up 12.99, 4.49, 4.49, 23.00 and 7.25 for me => 52.22
        what number is 15% less than 480 => 408
        1.07 to the power of 15 => 2.75903154072
        median of 12 7 3 19 8 22 5 => = 8
        if 1 euro is 1.08 dollars, how many dollars do I get for 350 euro => 378.00 dollars
        17 percent of what is 51 => = 300
        sine of 30 degrees times 12 => = 6
        7/16 as a decimal => 0.4375
        a loan of 8,000 at simple interest of 6% for 9 months, how much interest is owed => = 360
        double one cent every day for 30 days, how much money is it at the end => 10,737,418.24 & 5,368,709.12
        """);
  }

  static List<String> worked() {
    return Worked.lines(
        """
        What is 17.5 % of 2,340 EUR? => 17.5 % × 2,340 EUR = 409.50 EUR
        add 19 % VAT to 240 => = 285.6
        net of 240 incl. 19% tax => 201.680672269
        240 + 19% => = 285.6
        what percent is 30 of 120 => = 25 %
        what percentage of 80 is 12 => = 15 %
        a price dropped from $250 to $200, what is the percentage decrease? => a decrease of 20 %
        25% off 80 => = 60
        A laptop costs 1,299 euros and is reduced by 15%. What is the new price? => 1,104.15 euros
        My salary is 52,000 and I get a raise of 3.5%. What is my new salary? => 53,820
        price is 59.99 after 20% off, what was it originally => 74.9875
        what is 7% sales tax on $35 => $37.45
        Dinner was $184.50 plus a 20% tip split between 3 people => $36.90 & $221.40 & $73.80 each
        bill of 96.40 split 4 ways with 12% tip => 11.57 & 107.97
        twelve hundred divided by a dozen => = 100
        3 million plus 2.5k => 3,002,500
        two hundred and fifty times four => 1,000
        three quarters of 200 => = 150
        half of 90 => = 45
        twice 45.5 => = 91
        25 squared => = 625
        2^3^2 => = 512
        -2^2 => = -4
        √2 => 1.41421356237
        5! => = 120
        10 mod 3 => = 1
        remainder when 100 is divided by 7 => 14 remainder 2
        mean of 4 8 15 16 23 42 => = 18
        standard deviation of 2, 4, 4, 4, 5, 5, 7, 9 => 2.1380899353 & (n): 2
        round 3.14159 to 2 decimal places => 3.14
        round 1234 to the nearest hundred => 1,200
        simplify 24:36 => 2:3
        divide 120 in the ratio 2:3 => 48 : 72
        0.375 as a fraction => 3/8
        gcd of 48 and 36 => = 12
        prime factors of 360 => 2 × 2 × 2 × 3 × 3 × 5
        1000 invested at 5% compound interest for 10 years => 1,628.89 & 628.89
        compound interest on 1,000 at 6% for 2 years compounded monthly => 1,127.16
        log(1000) => = 3
        cos(60) => = 0.5
        sin(pi/2) => = 1
        1,234.56 + 1.234,56 => 2,469.12
        3,5 * 2 => = 7
        1'000'000 / 4 => 250,000
        subtract 15 from 100 => = 85
        12 x 12 => = 144
        15% of 80 plus 12 => = 24
        0.1 + 0.2 => = 0.3
        99999999999 * 99999999999 => 9,999,999,999,800,000,000,001
        3 shirts at 19.99 each => 59.97
        1 + 1\\n2 * 3 => 1 + 1 = 2 & 2 × 3 = 6
        12.50\\n3.20\\n4.30\\ntotal? => = 20
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
        "what is the meaning of life",
        "what's the weather at 5?",
        "5 plus banana",
        "is 7 a lucky number",
        "who won the match on 5 May",
        "write 3 poems about the sea",
        "what will 100 shares cost tomorrow"
      })
  void whatItCannotReadIsNotAnsweredAnyway(String question) {
    assertThat(Worked.refusal(CALCULATOR, question)).contains("Try:");
  }

  @Test
  void whatHasNoResultIsSaid() {
    assertThat(Worked.refusal(CALCULATOR, "1/0")).contains("1 ÷ 0", "no result");
    assertThat(Worked.refusal(CALCULATOR, "square root of -4")).contains("no result");
    assertThat(Worked.refusal(CALCULATOR, "100000!")).contains("1,000");
  }

  @Test
  void theStructuredResultHoldsValueUnitAndExpression() throws Unreadable {
    var structured = CALCULATOR.read("17.5 % of 2,340 EUR").structured();

    assertThat(structured)
        .containsEntry("value", new BigDecimal("409.50"))
        .containsEntry("unit", "EUR")
        .containsEntry("expression", "17.5 % × 2,340 EUR")
        .containsEntry("confidence", 0.97);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1 a ", "9", "(", "1+", "5% of ", "buy 1 sell ", "half of ", "a hundred and "})
  void longNonsenseIsDealtWithQuickly(String piece) {
    var question = piece.repeat(4_000 / piece.length());

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try {
            CALCULATOR.read(question);
          } catch (Unreadable e) {
            assertThat(e.message()).isNotBlank();
          }
        });
  }
}
