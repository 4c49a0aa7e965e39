package io.consilium.bench.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FollowerTest {
  private static double lost(Follower follower, int from, int to) {
    return Arrays.stream(follower.play(3).regret(), from, to).sum();
  }

  @Test
  void playsTheSameRunTwice() {
    assertThat(Follower.FOLLOWED.play(3).regret()).isEqualTo(Follower.FOLLOWED.play(3).regret());
    assertThat(Follower.FOLLOWED.play(4).regret()).isNotEqualTo(Follower.FOLLOWED.play(3).regret());
  }

  @Test
  void losesNothingAgainstItselfAsOracleAndNeverLessThanNothing() {
    assertThat(lost(Follower.ORACLE, 0, World.QUESTIONS)).isZero();
    for (var follower : Follower.values()) {
      assertThat(Arrays.stream(follower.play(3).regret()).min().orElseThrow())
          .isGreaterThanOrEqualTo(0);
    }
  }

  @Test
  void noticesTheFallAndLosesFarLessThanOneThatNeverLearns() {
    var alarms = Follower.FOLLOWED.play(3).alarms().getFirst();
    assertThat(alarms).anyMatch(time -> time >= World.WORSE && time < World.WORSE + 200);
    assertThat(lost(Follower.FOLLOWED, World.WORSE, World.QUESTIONS))
        .isLessThan(lost(Follower.FROZEN, World.WORSE, World.QUESTIONS) / 3);
  }

  @Test
  void sendsNothingToAnExpertThatIsNotThereYet() {
    assertThat(World.present(World.EXPERTS - 1, World.NEW - 1)).isFalse();
    assertThat(Follower.FOLLOWED.play(3).alarms().getLast()).allMatch(time -> time >= World.NEW);
  }
}
