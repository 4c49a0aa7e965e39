package io.consilium.tools.wireless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelGridTest {
  private static final ChannelGrid GRID = new Scene(TapProfile.TDL_A, 50e-9, 40, 0, 20).samples(1);

  @Test
  void whatItWritesItReadsAlsoAmongWords() {
    var read = ChannelGrid.in("Is this in line of sight? " + GRID.json() + " Thank you.");
    for (int i = 0; i < read.gains().size(); i++) {
      assertThat(read.gains().re()[i]).isCloseTo(GRID.gains().re()[i], within(6e-5));
      assertThat(read.gains().im()[i]).isCloseTo(GRID.gains().im()[i], within(6e-5));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "What is the channel like? | no channel samples: give {\"channel\": [[re, im, …], …]}",
        "{\"channel\": [[1, 2} | broken JSON",
        "{\"samples\": []} | \"channel\" must be 32 rows",
        "{\"channel\": 3} | \"channel\" must be 32 rows",
        "{\"channel\": [[1,2],[3,4]]} | these are 2 rows"
      })
  void whatIsNoObservationIsRefusedWithTheShapeWanted(String text, String says) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelGrid.in(text))
        .withMessageContaining(says)
        .withMessageContaining("32 rows")
        .withMessageContaining("64 resource blocks");
  }

  @Test
  void aWrongRowOrNumberIsNamed() {
    var json = GRID.json();
    int second = json.indexOf("],[") + 3;
    int comma = json.indexOf(',', second);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ChannelGrid.in(json.substring(0, second) + "\"loud\"" + json.substring(comma)))
        .withMessageContaining("number 1 of row 2 is \"loud\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelGrid.in(json.substring(0, second) + json.substring(comma + 1)))
        .withMessageContaining("row 2 has 127");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelGrid.in(json.replaceAll("-?[0-9]+\\.[0-9]+", "0.0")))
        .withMessageContaining("all zero");
  }
}
