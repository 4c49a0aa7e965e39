package io.consilium.tools.everyday;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitConverterTest {
  private static final UnitConverter CONVERTER = new UnitConverter();

  /** As people ask; from the dev half of the questions for cold routing. */
  static List<String> asked() {
    return Worked.lines(
        """
        oven says 350 F, I need celsius => 176.67 °C
        The recipe wants 2 cups of milk but I only have a measuring jug in ml. => 473.176473 ml & 500 ml
        60 mph to km/h => 96.56064 km/h
        what's 72 kg in pounds => 158.733 lb
        US gallons in a 50 litre tank => 13.2086 US gal
        1.5 TB in gibibytes => 1,396.98 GiB
        -40 celsius fahrenheit => = -40 °F
        0.75 inch drill bit, closest mm => 19.05 mm & rounded 19 mm
        how many fl oz in a 750 ml bottle => 25.3605 US fl oz
        Luggage limit is 23 kilos and my scale shows 49.5 lb, am I over? => 22.4528 kg & 23 kg is more than 49.5 lb
        25 m/s, what would that be on a car speedometer => 90 km/h
        1 light year in astronomical units => 63,241.1 au
        42.195 km in miles please => 26.2188 mi
        how many tablespoons make 100 ml => 6.7628 US tbsp & 6.66667 metric tbsp
        9000 BTU per hour to watts => 2,637.64 W
        101.3 kPa, how many atmospheres => 0.999753 atm
        Our new TV is 55 inches across the diagonal, how many centimetres => 139.7 cm
        How long is a furlong in metres => 201.168 m
        8 knots of wind in km/h => 14.816 km/h
        It's 95 degrees fahrenheit in Phoenix, what would my european thermometer show? => 35 °C
        square miles in 500 km2 => 193.051 mi²
        """);
  }

  static List<String> worked() {
    return Worked.lines(
        """
        how many km is 26.2 miles => 42.1648128 km
        convert 98.6F to C => = 37 °C
        5 ft 11 in cm => 5 ft 11 in = 180.34 cm
        6'2" in cm => 187.96 cm
        6’2” in cm => 187.96 cm
        is 2 litres more than half a gallon => 1.89271 L & 2 L is more than 0.5 US gal
        350°F in celsius => 176.67 °C
        10 stone in kg => 63.5029318 kg
        10 stone 4 in kg => 65.3173 kg
        what's 60 mph in m/s => 26.8224 m/s
        180 cm in feet => 5.90551 ft & 5 ft 10.9 in
        0 K in C => -273.15 °C
        how many teaspoons in a tablespoon => = 3 US tsp
        how many feet in a mile => 5,280 ft
        2 imperial pints in litres => 1.1365225 L
        a pint in ml (UK) => 568.26125 ml
        40 mpg to l/100km => 5.88036 l/100 km
        40 mpg uk in l/100 km => 7.06202 l/100 km
        5 l/100 km in mpg => 47.0429 mpg (US)
        8 oz of milk in ml => 236.588 ml
        8 oz in grams => 226.796185 g
        100 Mbps in MB/s => 12.5 MB/s
        1 Mb in kB => 125 kB
        16 GB in GiB => 14.9012 GiB
        500 kcal in kJ => 2,092 kJ
        200 hp in kW => 149.14 kW
        1 atm in psi => 14.6959 psi
        32 psi in bar => 2.20632 bar
        90 degrees in radians => 1.5708 rad
        100 square feet in m2 => 9.290304 m²
        10 ha to acres => 24.7105 ac
        3 cubic metres in litres => 3,000 L
        2.5 hours in minutes => 150 min
        how many seconds in a day => 86,400 s
        1 1/2 cups in ml => 354.882 ml
        3/4 inch in mm => 19.05 mm
        half a mile in metres => 804.672 m
        which is heavier, 5 kg or 10 lbs => 4.5359237 kg & 5 kg is more than 10 lb
        is 30 C hotter than 85 F => 29.44 °C & 30 °C is more than 85 °F
        1,5 km in m => 1,500 m
        2 kg 300 g in pounds => 5.07063 lb
        5 km plus 3 miles in km => 9.828032 km
        3 dozen inches in cm => 91.44 cm
        1 short ton in kg => 907.18474 kg
        how cold is -10 c in f => = 14 °F
        """);
  }

  @ParameterizedTest
  @MethodSource({"asked", "worked"})
  void itConverts(String line) {
    Worked.check(CONVERTER, line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "how tall is the eiffel tower",
        "72 kg in dollars",
        "3 kg of apples for 5 euros",
        "100 g flour in cups",
        "How much does a 5 kg bag of rice cost",
        "split 5 kg among 3 people in lb",
        "What is 1 inch?",
        "20 in fahrenheit",
        "weather in 5 days"
      })
  void whatItCannotConvertIsNotConvertedAnyway(String question) {
    assertThat(Worked.refusal(CONVERTER, question)).contains("Try:");
  }

  @Test
  void conversionsBackAndForthLoseNothing() {
    var units = new Units();
    for (var pair :
        List.of("mi km", "lb kg", "°F °C", "US gal L", "mph km/h", "mpg (US) l/100 km")) {
      int gap = pair.startsWith("US gal") ? 6 : pair.startsWith("mpg") ? 8 : pair.indexOf(' ');
      var a = units.symbol(pair.substring(0, gap));
      var b = units.symbol(pair.substring(gap + 1));
      var amount = new BigDecimal("12.5");

      assertThat(a.rounded(b.convert(a.convert(amount, b), a)))
          .as(pair)
          .isEqualByComparingTo(amount);
    }
  }

  @Test
  void theStructuredResultNamesTheUnit() throws Unreadable {
    assertThat(CONVERTER.read("26.2 miles in km").structured())
        .containsEntry("value", new BigDecimal("42.1648128"))
        .containsEntry("unit", "km")
        .containsEntry("expression", "26.2 mi in km");
  }
}
