package io.consilium.tools.everyday;

import static io.consilium.tools.everyday.Numbers.show;
import static io.consilium.tools.everyday.Phrase.number;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Divisors, multiples, primes and remainders. */
final class WholeNumbers {
  private WholeNumbers() {}

  static Reading remainder(BigDecimal a, BigDecimal b) {
    var parts = a.divideToIntegralValue(b);
    var rest = a.subtract(parts.multiply(b));
    return new Reading(
        "%s ÷ %s = %s remainder %s".formatted(show(a), show(b), show(parts), show(rest)),
        Numbers.rounded(rest),
        null,
        "%s mod %s".formatted(show(a), show(b)),
        Reading.SURE);
  }

  static BigInteger whole(String number) throws Unreadable {
    try {
      return new BigDecimal(number).toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw new Unreadable(number + " is no whole number; divisors and primes need whole numbers.");
    }
  }

  static Reading gcd(BigInteger a, BigInteger b) {
    return number("gcd(%d, %d)".formatted(a, b), new BigDecimal(a.gcd(b)));
  }

  static Reading lcm(BigInteger a, BigInteger b) {
    return number(
        "lcm(%d, %d)".formatted(a, b), new BigDecimal(a.divide(a.gcd(b)).multiply(b).abs()));
  }

  static Reading prime(BigInteger n) throws Unreadable {
    var factors = factorsOf(n);
    boolean prime = factors.size() == 1;
    return new Reading(
        prime
            ? "Yes, %d is prime.".formatted(n)
            : "No, %d is not prime%s.".formatted(n, factors.isEmpty() ? "" : ": " + join(factors)),
        prime,
        null,
        null,
        Reading.SURE);
  }

  static Reading factors(BigInteger n) throws Unreadable {
    var joined = join(factorsOf(n));
    return new Reading(n + " = " + joined, joined, null, n.toString(), Reading.SURE);
  }

  private static String join(List<Long> factors) {
    return factors.stream().map(String::valueOf).collect(Collectors.joining(" × "));
  }

  private static List<Long> factorsOf(BigInteger n) throws Unreadable {
    if (n.bitLength() > 46) {
      throw new Unreadable("Whole numbers up to 70 million million can be factored here.");
    }
    List<Long> factors = new ArrayList<>();
    long rest = n.longValueExact();
    for (long d = 2; d * d <= rest; d++) {
      while (rest % d == 0) {
        factors.add(d);
        rest /= d;
      }
    }
    if (rest > 1) {
      factors.add(rest);
    }
    return factors;
  }
}
