package io.consilium.router.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.replay.Anchor.Finding;
import io.consilium.router.replay.Anchor.Share;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnchorTest {
  private static List<Double> scores(int right, int wrong) {
    List<Double> scores = new ArrayList<>();
    for (int i = 0; i < right + wrong; i++) {
      scores.add(i < right ? 1.0 : 0.0);
    }
    return scores;
  }

  @Test
  void theIntervalIsWilsons() {
    // 8 of 10, worked by hand: (0.8 + 0.19208) / 1.38416 ± 1.96·sqrt(0.016 + 0.009604) / 1.38416
    var share = Share.of(scores(8, 2));

    assertThat(share.value()).isEqualTo(0.8);
    assertThat(share.low()).isCloseTo(0.4902, within(5e-4));
    assertThat(share.high()).isCloseTo(0.9433, within(5e-4));
  }

  @Test
  void ofNothingNothingIsKnown() {
    var share = Share.of(List.of());

    assertThat(share.value()).isNaN();
    assertThat(share.low()).isZero();
    assertThat(share.high()).isEqualTo(1);
    assertThat(Anchor.of(scores(5, 5), List.of(), 0).finding()).isEqualTo(Finding.UNKNOWN);
  }

  @Test
  void feedbackThatIsFarFromTheSampleDiffers() {
    assertThat(Anchor.of(scores(60, 140), scores(40, 10), 50).finding()).isEqualTo(Finding.DIFFER);
    assertThat(Anchor.of(scores(195, 5), scores(35, 15), 50).finding()).isEqualTo(Finding.DIFFER);
    assertThat(Anchor.of(scores(150, 50), scores(40, 10), 50).finding()).isEqualTo(Finding.AGREE);
  }

  @Test
  void aSampleThatIsSmallOrMostlyOpenSaysNothing() {
    assertThat(Anchor.of(scores(0, 200), scores(29, 0), 29).finding()).isEqualTo(Finding.UNKNOWN);
    assertThat(Anchor.of(scores(0, 200), scores(50, 0), 100).finding()).isEqualTo(Finding.UNKNOWN);
    assertThat(Anchor.of(scores(0, 200), scores(50, 0), 62).finding()).isEqualTo(Finding.DIFFER);
  }
}
