package io.consilium.bench.abilities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AbilitiesOptionsTest {
  private static AbilitiesOptions parse(String... args) {
    return AbilitiesOptions.parse(args);
  }

  @Test
  void writesTheCheckedInReportOnlyWhenNothingWasChanged() {
    assertThat(parse("--data", "d").standard()).isTrue();
    assertThat(parse("--data", "d", "--experts", "3").standard()).isFalse();
    assertThat(parse("--data", "d", "--train", "0:0.75", "--test", "0.75:1").standard()).isFalse();
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> parse()).hasMessageContaining("--data is needed");
    assertThatThrownBy(() -> parse("--data", "d", "--test", "0.5:0.7"))
        .hasMessageContaining("must not be in both");
    assertThatThrownBy(() -> parse("--data", "d", "--seeds", "none"))
        .hasMessageContaining("--seeds takes a whole number");
    assertThatThrownBy(() -> parse("--what")).hasMessageContaining("--what");
  }
}
