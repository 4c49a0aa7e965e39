package io.consilium.aggregator.form;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Numbers with a unit, in the base unit of what is measured: {@code 5 km} and {@code 5,000 metres}
 * are {@code 5000 m}; {@code 90 km/h} is {@code 25 m/s}. A number without its unit is not the same
 * answer, and a unit that is not listed here is words.
 */
public final class Quantities {
  private static final int LONGEST = 80;
  private static final int PLACES = 9;
  private static final Pattern QUANTITY =
      Pattern.compile(
          "([-+−]?\\s*\\d[^\\p{L}°µμ]*?(?:[eE][-+]?\\d+)?)\\s*([\\p{L}°µμ][\\p{L}°µμ .]*?)([²³]|\\^[23])?(?:\\s*(?:/|\\bper\\b)\\s*([\\p{L}]+)([²³]|\\^[23])?)?");

  /** A unit: what it measures in, and how many of those it is. */
  private record Unit(String base, BigDecimal of) {}

  private static final Map<String, Unit> UNITS = new HashMap<>();

  static {
    // one line per unit: base, factor, every spelling
    unit("m", "1", "m", "meter", "meters", "metre", "metres");
    unit("m", "1000", "km", "kilometer", "kilometers", "kilometre", "kilometres");
    unit("m", "0.01", "cm", "centimeter", "centimeters", "centimetre", "centimetres");
    unit("m", "0.001", "mm", "millimeter", "millimeters", "millimetre", "millimetres");
    unit("m", "0.000001", "µm", "μm", "micrometer", "micrometers", "micrometre", "micrometres");
    unit("m", "0.000000001", "nm", "nanometer", "nanometers", "nanometre", "nanometres");
    unit("m", "0.0254", "in", "inch", "inches");
    unit("m", "0.3048", "ft", "foot", "feet");
    unit("m", "0.9144", "yd", "yard", "yards");
    unit("m", "1609.344", "mi", "mile", "miles");
    unit("kg", "1", "kg", "kilogram", "kilograms", "kilogramme", "kilogrammes");
    unit("kg", "0.001", "g", "gram", "grams", "gramme", "grammes");
    unit("kg", "0.000001", "mg", "milligram", "milligrams");
    unit("kg", "1000", "tonne", "tonnes");
    unit("kg", "0.45359237", "lb", "lbs", "pound", "pounds");
    unit("kg", "0.028349523125", "oz", "ounce", "ounces");
    unit("s", "1", "s", "sec", "second", "seconds");
    unit("s", "0.001", "ms", "millisecond", "milliseconds");
    unit("s", "60", "min", "minute", "minutes");
    unit("s", "3600", "h", "hr", "hrs", "hour", "hours");
    unit("s", "86400", "d", "day", "days");
    unit("s", "604800", "week", "weeks");
    unit("l", "1", "l", "liter", "liters", "litre", "litres");
    unit("l", "0.001", "ml", "milliliter", "milliliters", "millilitre", "millilitres");
    unit("°C", "1", "°c", "degrees celsius", "degree celsius", "celsius");
    unit("°F", "1", "°f", "degrees fahrenheit", "degree fahrenheit", "fahrenheit");
    unit("K", "1", "k", "kelvin", "kelvins");
    unit("m/s", "0.44704", "mph", "miles per hour");
    unit("N", "1", "n", "newton", "newtons");
    unit("J", "1", "j", "joule", "joules");
    unit("J", "1000", "kj", "kilojoule", "kilojoules");
    unit("W", "1", "w", "watt", "watts");
    unit("W", "1000", "kw", "kilowatt", "kilowatts");
    unit("V", "1", "v", "volt", "volts");
    unit("A", "1", "a", "amp", "amps", "ampere", "amperes");
    unit("Hz", "1", "hz", "hertz");
    unit("Pa", "1", "pa", "pascal", "pascals");
    unit("mol", "1", "mol", "mole", "moles");
  }

  private Quantities() {}

  /** The number and its base unit. */
  public static Optional<String> read(String text) {
    if (text.length() > LONGEST || !startsAsNumber(text)) {
      return Optional.empty();
    }
    var matcher = QUANTITY.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var number = Numbers.read(matcher.group(1).strip());
    var unit = UNITS.get(spelling(matcher.group(2)));
    if (number.isEmpty() || number.get().indexOf('/') >= 0 || unit == null) {
      return Optional.empty();
    }
    int power = power(matcher.group(3));
    var value = new BigDecimal(number.get()).multiply(unit.of().pow(power));
    var base = raised(unit.base(), power);
    if (matcher.group(4) != null) {
      var per = UNITS.get(spelling(matcher.group(4)));
      if (per == null) {
        return Optional.empty();
      }
      int below = power(matcher.group(5));
      value =
          value.divide(per.of().pow(below), PLACES + value.scale() + 20, RoundingMode.HALF_EVEN);
      base = base + "/" + raised(per.base(), below);
    }
    var rounded = value.scale() > PLACES ? value.setScale(PLACES, RoundingMode.HALF_EVEN) : value;
    return Optional.of(Numbers.decimal(rounded) + " " + base);
  }

  private static void unit(String base, String factor, String... spellings) {
    var unit = new Unit(base, new BigDecimal(factor));
    for (var spelling : spellings) {
      UNITS.put(spelling, unit);
    }
  }

  private static boolean startsAsNumber(String text) {
    char c = text.charAt(0);
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '−';
  }

  private static String spelling(String unit) {
    return unit.strip().toLowerCase(Locale.ROOT);
  }

  private static int power(String written) {
    return switch (written) {
      case "²", "^2" -> 2;
      case "³", "^3" -> 3;
      case null, default -> 1;
    };
  }

  private static String raised(String base, int power) {
    return power == 1 ? base : base + "^" + power;
  }
}
