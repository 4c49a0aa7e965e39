package io.consilium.tools.everyday;

import static java.util.Map.entry;

import io.consilium.tools.everyday.Units.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Converts measured quantities. Gallons, pints and cooking measures are the US ones unless the
 * question says imperial, UK or metric; an ounce is fluid where the other side is a volume; a kB is
 * 1,000 bytes and a KiB 1,024.
 */
final class UnitConverter implements EverydayTool {
  private static final String EXAMPLES =
      " Try: 26.2 miles in km · 98.6 F to C · 5 ft 11 in cm · is 2 litres more than half a gallon.";
  private static final Pattern MONEY =
      Pattern.compile("[$€£¥]|\\b(?:dollars?|euros?|usd|eur|gbp|yen|exchange rate|sterling)\\b");
  private static final Pattern COMPARES =
      Pattern.compile(
          "\\b(?:more|less|bigger|smaller|larger|over|under|above|below|longer|shorter|taller|heavier|lighter|hotter|warmer|colder|faster|slower|enough|fit|exceed|same|equal|than|or)\\b");
  private static final Pattern ASKS_OTHER_SYSTEM =
      Pattern.compile(
          "\\b(?:convert|metric|imperial|thermometer|speedometer|european?|american|equivalent)\\b");
  private static final Pattern ADDS =
      Pattern.compile("\\b(?:plus|total|together|altogether|sum)\\b|\\+");
  private static final Map<String, String> COUSINS =
      Map.ofEntries(
          entry("°F", "°C"),
          entry("°C", "°F"),
          entry("K", "°C"),
          entry("mi", "km"),
          entry("km", "mi"),
          entry("lb", "kg"),
          entry("kg", "lb"),
          entry("g", "oz"),
          entry("oz", "g"),
          entry("st", "kg"),
          entry("in", "cm"),
          entry("cm", "in"),
          entry("ft", "m"),
          entry("m", "ft"),
          entry("yd", "m"),
          entry("mph", "km/h"),
          entry("km/h", "mph"),
          entry("m/s", "km/h"),
          entry("kn", "km/h"),
          entry("L", "US gal"),
          entry("ml", "US fl oz"),
          entry("US gal", "L"),
          entry("US cup", "ml"),
          entry("US tbsp", "ml"),
          entry("US tsp", "ml"),
          entry("US fl oz", "ml"),
          entry("ac", "ha"),
          entry("ha", "ac"),
          entry("ft²", "m²"),
          entry("m²", "ft²"),
          entry("kcal", "kJ"),
          entry("kJ", "kcal"),
          entry("psi", "bar"),
          entry("bar", "psi"),
          entry("hp", "kW"),
          entry("kW", "hp"),
          entry("mpg (US)", "l/100 km"),
          entry("l/100 km", "mpg (US)"));
  private static final Map<String, String> METRIC_TWINS =
      Map.of("US cup", "metric cup", "US tbsp", "metric tbsp", "US tsp", "metric tsp");
  private static final Map<String, String> FLUID = Map.of("oz", "US fl oz");

  /** Built on first use: the patterns over all names are the dearest part of the server's start. */
  private static final class Table {
    static final Units UNITS = new Units();
  }

  @Override
  public String name() {
    return "unit-converter";
  }

  @Override
  public String description() {
    return "Converts measured quantities from one unit to another: length, weight, volume,"
        + " temperature, speed, area, pressure, energy, power, data size. Takes the question in"
        + " plain words.";
  }

  @Override
  public Reading read(String question) throws Unreadable {
    if (question.length() > 1_000) {
      throw new Unreadable("The question is too long to be about a measure." + EXAMPLES);
    }
    var text = UnitWording.plain(question);
    if (MONEY.matcher(text).find()) {
      throw new Unreadable("That is about money, not about measures." + EXAMPLES);
    }
    var quantities = joined(Table.UNITS.quantities(text), text);
    var rest = without(text, quantities);
    if (quantities.isEmpty()) {
      var single = Table.UNITS.single(text);
      if (single.isEmpty()) {
        throw new Unreadable("No quantity with a unit was found in this." + EXAMPLES);
      }
      quantities = List.of(single.get());
      rest = without(text, quantities);
    }
    var targets = Table.UNITS.mentions(rest);
    if (rest.replaceAll("\\b(?:2|3) (?:decimals?|decimal places)", "")
        .matches("(?s).*(?<![a-z^])\\d.*")) {
      throw new Unreadable(
          "Understood %s, but not the other numbers.".formatted(shown(quantities)) + EXAMPLES);
    }
    if (quantities.size() == 2 && targets.isEmpty() && COMPARES.matcher(rest).find()) {
      return compare(quantities.get(0), quantities.get(1));
    }
    if (quantities.size() == 2 && COMPARES.matcher(rest).find()) {
      return compare(quantities.get(0), quantities.get(1)).likely();
    }
    var source = quantities.size() == 1 ? quantities.getFirst() : sum(quantities, rest);
    return convert(source, targets, rest);
  }

  /** Joins "5 ft 11 in", "10 stone 4 lb" and "5 ft 11" into one quantity of the first unit. */
  private List<Quantity> joined(List<Quantity> found, String text) {
    List<Quantity> all = new ArrayList<>();
    for (var next : found) {
      var last = all.isEmpty() ? null : all.getLast();
      if (last != null && follows(last, next, text)) {
        all.set(all.size() - 1, last.and(next.amount(), next.unit(), next.end()));
      } else {
        all.add(next);
      }
    }
    return all.stream().map(q -> withBareRest(q, text)).toList();
  }

  private static boolean follows(Quantity a, Quantity b, String text) {
    var between = text.substring(a.end(), b.start());
    return a.unit().dimension().equals(b.unit().dimension())
        && between.matches("\\s*(?:,|and|&)?\\s*")
        && b.unit().convert(BigDecimal.ONE, a.unit()).compareTo(BigDecimal.ONE) < 0
        && !a.unit().dimension().equals("temperature");
  }

  private Quantity withBareRest(Quantity q, String text) {
    var smaller = Map.of("ft", "in", "st", "lb").get(q.unit().symbol());
    var m = Pattern.compile("^ (\\d+(?:\\.\\d+)?)(?![\\w.])").matcher(text.substring(q.end()));
    if (smaller == null || !m.find()) {
      return q;
    }
    return q.and(new BigDecimal(m.group(1)), Table.UNITS.symbol(smaller), q.end() + m.end());
  }

  private static String without(String text, List<Quantity> quantities) {
    var rest = new StringBuilder(text);
    for (var q : quantities.reversed()) {
      rest.replace(q.start(), q.end(), " # ");
    }
    return rest.toString();
  }

  private Quantity sum(List<Quantity> quantities, String rest) throws Unreadable {
    var first = quantities.getFirst();
    boolean alike =
        quantities.stream().allMatch(q -> q.unit().dimension().equals(first.unit().dimension()));
    if (!alike || !ADDS.matcher(rest).find()) {
      throw new Unreadable(
          "Understood %s, but not what to do with them.".formatted(shown(quantities)) + EXAMPLES);
    }
    var total =
        quantities.stream()
            .map(q -> q.unit().convert(q.amount(), first.unit()))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    var shown = String.join(" + ", quantities.stream().map(Quantity::shown).toList());
    return new Quantity(total, first.unit(), shown, 0, 0);
  }

  private Reading convert(Quantity asked, List<Unit> named, String rest) throws Unreadable {
    var source = fluid(asked, named);
    List<Unit> targets =
        named.stream()
            .map(unit -> asFluid(unit, source.unit()))
            .filter(unit ->
                unit.dimension().equals(source.unit().dimension()) && !unit.equals(source.unit()))
            .distinct()
            .toList();
    if (targets.isEmpty()) {
      if (named.contains(source.unit()) && source.end() == 0) {
        return answer(source, source.unit(), rest); // a sum wanted in the unit it was made in
      }
      var other =
          named.stream().filter(u -> !u.dimension().equals(source.unit().dimension())).findFirst();
      if (other.isPresent()) {
        throw new Unreadable(
            "%s measures %s and %s measures %s; one cannot be converted into the other."
                    .formatted(
                        source.unit().symbol(),
                        source.unit().dimension(),
                        other.get().symbol(),
                        other.get().dimension())
                + EXAMPLES);
      }
      var cousin = COUSINS.get(source.unit().symbol());
      if (cousin == null || !ASKS_OTHER_SYSTEM.matcher(rest).find()) {
        throw new Unreadable(
            "Understood %s, but not into which unit to convert it.".formatted(source.shown())
                + EXAMPLES);
      }
      return answer(source, Table.UNITS.symbol(cousin), rest).likely();
    }
    if (targets.size() > 1) {
      return answer(source, targets.getLast(), rest).likely();
    }
    return answer(source, targets.getFirst(), rest);
  }

  private Quantity fluid(Quantity q, List<Unit> named) {
    var fluid = FLUID.get(q.unit().symbol());
    boolean volume = named.stream().anyMatch(u -> u.dimension().equals("volume"));
    return fluid != null && volume
        ? Units.quantity(q.amount(), Table.UNITS.symbol(fluid), q.start(), q.end())
        : q;
  }

  private Unit asFluid(Unit unit, Unit other) {
    var fluid = FLUID.get(unit.symbol());
    return fluid != null && other.dimension().equals("volume") ? Table.UNITS.symbol(fluid) : unit;
  }

  private Reading answer(Quantity source, Unit target, String rest) {
    var amount = source.unit().convert(source.amount(), target);
    var from = source.shown();
    var text =
        new StringBuilder(
            "%s %s %s".formatted(from, target.exactly(amount) ? "=" : "≈", target.show(amount)));
    if (rest.matches("(?s).*\\b(?:closest|nearest|rounded|round|whole)\\b.*")) {
      text.append("; rounded ").append(target.show(amount.setScale(0, RoundingMode.HALF_UP)));
    }
    metricTwin(source, target).ifPresent(text::append);
    if (target.symbol().equals("in")
        && amount.compareTo(new BigDecimal(24)) > 0
        && source.unit().symbol().matches("c?m")) {
      text.append(" (").append(feet(amount)).append(")");
    }
    if (target.symbol().equals("ft") && source.unit().symbol().matches("c?m")) {
      text.append(" (").append(feet(amount.multiply(new BigDecimal(12)))).append(")");
    }
    return new Reading(
        text.toString(),
        target.rounded(amount),
        target.symbol(),
        from + " in " + target.symbol(),
        source.unit().symbol().matches("month|yr") || target.symbol().matches("month|yr")
            ? Reading.LIKELY
            : Reading.SURE);
  }

  private static String feet(BigDecimal inches) {
    var round = inches.setScale(1, RoundingMode.HALF_UP).divideAndRemainder(new BigDecimal(12));
    return "%s ft %s in".formatted(Numbers.show(round[0]), Numbers.show(round[1]));
  }

  /** US spoons and cups are a little smaller than the round metric ones most kitchens have. */
  private Optional<String> metricTwin(Quantity source, Unit target) {
    var from = METRIC_TWINS.get(source.unit().symbol());
    var to = METRIC_TWINS.get(target.symbol());
    boolean metric = (from == null ? source.unit() : target).symbol().matches("ml|cl|dl|L");
    if ((from == null) == (to == null) || !metric) {
      return Optional.empty();
    }
    var a = from == null ? source.unit() : Table.UNITS.symbol(from);
    var b = to == null ? target : Table.UNITS.symbol(to);
    var amount = a.convert(source.amount(), b);
    return Optional.of("; with metric measures %s".formatted(b.show(amount)));
  }

  private static Reading compare(Quantity a, Quantity b) throws Unreadable {
    if (!a.unit().dimension().equals(b.unit().dimension())) {
      throw new Unreadable(
          "%s is a %s and %s a %s; they cannot be compared."
              .formatted(
                  a.unit().show(a.amount()),
                  a.unit().dimension(),
                  b.unit().show(b.amount()),
                  b.unit().dimension()));
    }
    var other = b.unit().convert(b.amount(), a.unit());
    int order = a.amount().compareTo(other);
    var difference = a.amount().subtract(other).abs();
    var first = a.shown();
    var second = b.shown();
    var text =
        "%s %s %s; ".formatted(second, a.unit().exactly(other) ? "=" : "≈", a.unit().show(other))
            + (order == 0
                ? first + " is the same"
                : "%s is %s than %s, by %s"
                    .formatted(
                        first, order > 0 ? "more" : "less", second, a.unit().show(difference)));
    return new Reading(
        text,
        a.unit().rounded(difference),
        a.unit().symbol(),
        first + " against " + second,
        Reading.SURE);
  }

  private static String shown(List<Quantity> quantities) {
    return String.join(", ", quantities.stream().map(Quantity::shown).toList());
  }
}
