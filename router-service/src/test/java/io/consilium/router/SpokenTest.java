package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpokenTest {
  @Test
  void readsArithmeticUnitsAndMoneyOutLoud() {
    assertThat(Spoken.of("2^8 * 3")).isEqualTo("2 to the power of 8 times 3");
    assertThat(Spoken.of("60 mph in km/h")).isEqualTo("60 miles per hour in kilometres per hour");
    assertThat(Spoken.of("6'2\" in cm")).startsWith("6 feet 2 inches in").endsWith("centimetres");
    assertThat(Spoken.of("$80 less 15%")).isEqualTo("80 dollars less 15 percent");
  }

  @Test
  void leavesOrdinaryWordsAlone() {
    var text = "I'm at page 3 and/or 4, see my-file_2.txt on 2024-05-17";
    assertThat(Spoken.of(text)).isEqualTo(text);
  }
}
