package io.consilium.expert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UsageTest {
  @Test
  void whatTwoTookIsAddedAndEstimatedWhereEitherIs() {
    var said = new Usage(10, 5, 4, 2, false);
    assertThat(said.plus(new Usage(1, 2, 3, 4, true))).isEqualTo(new Usage(11, 7, 7, 6, true));
    assertThat(said.plus(Usage.NONE)).isEqualTo(said);
  }

  @Test
  void aTokenIsTakenForEveryFourCharactersBegun() {
    assertThat(Usage.estimate(5, 8)).isEqualTo(new Usage(2, 2, 0, 0, true));
  }
}
