package io.consilium.expert.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReciprocalRanksTest {
  @Test
  void whoStandsInBothRankingsComesBeforeTheFirstOfOne() {
    // a: 1/61 = .01639; b: 1/62 + 1/63 = .03200; c: 1/63 + 1/61 = .03227; d: 1/62 = .01613
    var fused = ReciprocalRanks.fuse(List.of(List.of("a", "b", "c"), List.of("c", "d", "b")));

    assertThat(fused).containsExactly("c", "b", "a", "d");
  }

  @Test
  void tiesGoByIdAndNothingIsMadeOfNothing() {
    assertThat(ReciprocalRanks.fuse(List.of(List.of("b"), List.of("a")))).containsExactly("a", "b");
    assertThat(ReciprocalRanks.fuse(List.of(List.of(), List.of()))).isEmpty();
  }
}
