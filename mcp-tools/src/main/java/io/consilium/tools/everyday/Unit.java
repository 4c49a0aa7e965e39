package io.consilium.tools.everyday;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A unit of measure.
 *
 * @param dimension what it measures
 * @param symbol how it is written after a number
 * @param above size over {@code below}, in the dimension's base unit; kept apart to stay exact
 * @param below see {@code above}
 * @param names what people call it, in lower case
 */
record Unit(
    String dimension, String symbol, BigDecimal above, BigDecimal below, List<String> names) {
  private static final MathContext EXACTLY = new MathContext(40);
  private static final BigDecimal HUNDRED = new BigDecimal(100);

  /** The same amount in another unit of the dimension; divides once, so exact when it can be. */
  BigDecimal convert(BigDecimal amount, Unit to) {
    if (equals(to)) {
      return amount;
    }
    if (perDistance() != to.perDistance()) {
      var distance = perDistance() ? to : this;
      // x l/100 km and y km/l: x × y = 100
      return HUNDRED.multiply(distance.below).divide(amount.multiply(distance.above), EXACTLY);
    }
    var base = amount.add(zero()).multiply(above).multiply(to.below);
    return base.divide(below.multiply(to.above), EXACTLY).subtract(to.zero());
  }

  /** How far the unit's zero lies above the base unit's, in this unit. */
  private BigDecimal zero() {
    return switch (symbol) {
      case "°C" -> new BigDecimal("273.15");
      case "°F" -> new BigDecimal("459.67");
      default -> BigDecimal.ZERO;
    };
  }

  private boolean perDistance() {
    return symbol.equals("l/100 km");
  }

  /** The unit's square or cube, for lengths. */
  Unit power(int exponent) {
    var suffix = exponent == 2 ? "²" : "³";
    // cubic metres are a thousand litres, the base unit of volume
    var scale = exponent == 2 ? BigDecimal.ONE : new BigDecimal(1000);
    var word = exponent == 2 ? List.of("square ", "sq ", "sq. ") : List.of("cubic ", "cu ", "cu. ");
    var all = new ArrayList<>(names.stream().flatMap(n -> word.stream().map(w -> w + n)).toList());
    names.stream()
        .flatMap(n ->
            Stream.of(
                n + suffix,
                n + exponent,
                n + "^" + exponent,
                n + (exponent == 2 ? " squared" : " cubed")))
        .forEach(all::add);
    return new Unit(
        exponent == 2 ? "area" : "volume",
        symbol + suffix,
        above.pow(exponent).multiply(scale),
        below.pow(exponent),
        all);
  }

  /** An amount with the unit, rounded to what is worth reading. */
  String show(BigDecimal amount) {
    var shown = rounded(amount);
    var gap = symbol.equals("°") ? "" : " ";
    return Numbers.show(shown) + gap + symbol;
  }

  /** Six digits, or exactly where that needs at most nine; temperatures to two decimals. */
  BigDecimal rounded(BigDecimal amount) {
    if (dimension.equals("temperature")) {
      return Numbers.rounded(amount.setScale(2, RoundingMode.HALF_UP));
    }
    var exact = amount.stripTrailingZeros();
    if (exact.precision() <= 9) {
      return Numbers.rounded(exact);
    }
    int whole = Math.max(6, amount.precision() - amount.scale());
    return Numbers.rounded(amount.round(new MathContext(whole, RoundingMode.HALF_UP)));
  }

  boolean exactly(BigDecimal amount) {
    return rounded(amount).compareTo(amount) == 0;
  }
}
