package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DisclaimedTest {
  private static final float[] EAST = {1, 0, 0};
  private static final float[] NORTH = {0, 1, 0};

  @Test
  void whatNobodyClaimsSpeaksForNobody() {
    var disclaimed = new Disclaimed(EAST, List.of(NORTH));
    assertThat(disclaimed.likeness(EAST)).isCloseTo(1, within(1e-6));
    assertThat(disclaimed.likeness(NORTH)).isZero();
  }

  @Test
  void whatAnotherCardClaimsDoesNot() {
    assertThat(new Disclaimed(EAST, List.of(NORTH, EAST)).likeness(EAST)).isZero();
  }

  @Test
  void nothingDisclaimedIsNothing() {
    assertThat(new Disclaimed(new float[0], List.of(EAST)).likeness(EAST)).isZero();
  }
}
