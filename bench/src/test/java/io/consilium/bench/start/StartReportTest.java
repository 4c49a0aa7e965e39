package io.consilium.bench.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StartReportTest {
  private static final List<Start> STARTS =
      List.of(new Start(9, 30, 0.5), new Start(4.25, 20, 0.25), new Start(5, 10, 2));

  @Test
  void theMedianIsHeldAgainstThePromise() {
    assertThat(StartReport.ready(STARTS)).isEqualTo(5);
    assertThat(StartReport.kept(STARTS)).isTrue();
    assertThat(StartReport.kept(List.of(new Start(6.01, 1, 0)))).isFalse();
  }

  @Test
  void everyStartHasItsRowWithTheLoad() {
    assertThat(StartReport.markdown(STARTS))
        .contains("| start to ready, median of 3 | 5.00 s | ≤ 6 s | pass |")
        .contains("| 2 | 4.25 | 20 | 0.25 |", "| median | 5.00 | 20 | 0.50 |");
    assertThat(StartReport.jsonLines(STARTS).lines()).hasSize(7);
  }

  @Test
  void aWrongOptionIsNamed() {
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> StartOptions.parse(new String[] {"--rounds", "0"}))
        .withMessageContaining("--rounds");
  }
}
