package io.consilium.tools.everyday;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The table of units, and how their names are found in a text. */
final class Units {
  private static final String TABLE = "units.txt";

  /** Names that are also other words, letters or prepositions: read only next to a number. */
  private static final Set<String> ONLY_AFTER_NUMBERS =
      Set.of(
          "in", "a", "are", "m", "g", "t", "c", "f", "k", "l", "s", "h", "d", "b", "j", "w", "us",
          "st", "pt", "hand", "hands", "second", "grain", "grains", "chain", "chains", "rod",
          "rods", "turn", "turns", "grad", "grads", "bit", "bits", "bar", "bars", "gr", "mi", "au",
          "min", "ps", "kt", "°");

  private final Map<String, Unit> byName = new HashMap<>();
  private final Map<String, Unit> bySymbol = new HashMap<>();
  private final Pattern quantity;
  private final Pattern mention;
  private final Pattern article;

  /**
   * A number with its unit.
   *
   * @param shown as a person would write it
   * @param start where it stands in the text
   * @param end where it ends
   */
  record Quantity(BigDecimal amount, Unit unit, String shown, int start, int end) {
    /** This and a smaller part, "5 ft 11 in", as one quantity of the larger unit. */
    Quantity and(BigDecimal part, Unit smaller, int until) {
      return new Quantity(
          amount.add(smaller.convert(part, unit)),
          unit,
          shown + " " + smaller.show(part),
          start,
          until);
    }
  }

  static Quantity quantity(BigDecimal amount, Unit unit, int start, int end) {
    return new Quantity(amount, unit, unit.show(amount), start, end);
  }

  Units() {
    for (var line : table()) {
      var unit = parse(line);
      add(unit);
      if (unit.dimension().equals("length")) {
        add(unit.power(2));
        add(unit.power(3));
      }
    }
    var names =
        byName.keySet().stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    var bounded = "(?<![a-z])(" + names + ")(?![a-zµ²³])(?!\\d)";
    quantity = Pattern.compile("(?<![a-z\\d.])" + Numbers.N + "(?:\\s*-\\s*|\\s*)" + bounded);
    mention = Pattern.compile(bounded);
    article = Pattern.compile("\\b(?:an?|per|each|every|1) " + bounded);
  }

  private void add(Unit unit) {
    bySymbol.put(unit.symbol(), unit);
    unit.names().forEach(name -> byName.putIfAbsent(name, unit));
  }

  private static List<String> table() {
    try (var in = Units.class.getResourceAsStream(TABLE)) {
      if (in == null) {
        throw new IllegalStateException(TABLE + " is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Unit parse(String line) {
    var fields = line.split("\\s*\\|\\s*");
    var size = fields[2].split("/");
    List<String> names = new ArrayList<>();
    for (var name : fields[3].split(" ")) {
      var spaced = name.replace('_', ' ');
      names.add(spaced.replace("*", ""));
      if (spaced.contains("*")) {
        names.add(spaced.replace("*", "s"));
      }
    }
    return new Unit(
        fields[0],
        fields[1],
        new BigDecimal(size[0]),
        size.length > 1 ? new BigDecimal(size[1]) : BigDecimal.ONE,
        names);
  }

  Unit symbol(String symbol) {
    var unit = bySymbol.get(symbol);
    if (unit == null) {
      throw new IllegalArgumentException("no unit " + symbol);
    }
    return unit;
  }

  /** Every number with a unit, in order. */
  List<Quantity> quantities(String text) {
    List<Quantity> found = new ArrayList<>();
    var m = quantity.matcher(text);
    int from = 0;
    while (m.find(from)) {
      var name = m.group(2);
      boolean preposition = name.equals("in") && !lengthFollows(text.substring(m.end()));
      if (preposition) {
        from = m.end();
        continue;
      }
      found.add(quantity(new BigDecimal(m.group(1)), unit(name), m.start(), m.end()));
      from = m.end();
    }
    return found;
  }

  /** "20 in fahrenheit" is no inch; "60 in to cm" and "5 ft 11 in cm" are. */
  private boolean lengthFollows(String rest) {
    var m = mention.matcher(rest);
    return !m.find() || unit(m.group(1)).dimension().equals("length");
  }

  /** Every unit named without a number, in order. */
  List<Unit> mentions(String text) {
    List<Unit> found = new ArrayList<>();
    var m = mention.matcher(text);
    while (m.find()) {
      var name = m.group(1);
      boolean target =
          text.substring(0, m.start())
                  .matches("(?s).*(?:\\b(?:to|into|as|in)|->|→|=)\\s*(?:degrees? )?$")
              || text.substring(0, m.start()).matches("(?s).*\\bhow many $");
      if (!ONLY_AFTER_NUMBERS.contains(name) || (target && !name.equals("a"))) {
        found.add(unit(name));
      }
    }
    return found;
  }

  /** A unit with an article: "a furlong". */
  Optional<Quantity> single(String text) {
    var m = article.matcher(text);
    return m.find()
        ? Optional.of(quantity(BigDecimal.ONE, unit(m.group(1)), m.start(), m.end()))
        : Optional.empty();
  }

  private Unit unit(String name) {
    var unit = byName.get(name);
    if (unit == null) {
      throw new IllegalArgumentException("no unit is called " + name);
    }
    return unit;
  }
}
