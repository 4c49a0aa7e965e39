package io.consilium.router.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.replay.OffPolicy.Logged;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OffPolicyTest {
  private static final Offset<Double> CLOSE = within(1e-9);

  @Test
  void fourQuestionsByHand() {
    var found =
        OffPolicy.of(
            List.of(
                new Logged(0.5, 1, 1, 0.6, 0.6, 1), // weight 2, robust 0.6 + 2 · 0.4 = 1.4
                new Logged(0.5, 0, 0, 0.5, 0.6, 1), // weight 0, robust 0.6
                new Logged(0.25, 0.5, 0, 0.5, 0.5, 1), // weight 2, robust 0.5 − 2 · 0.5 = −0.5
                new Logged(1, 1, 1, 0.9, 0.9, 1))); // weight 1, robust 0.9 + 0.1 = 1

    assertThat(found.judged()).isEqualTo(4);
    assertThat(found.served().value()).isCloseTo(0.5, CLOSE);
    assertThat(found.inverse().value()).isCloseTo((2 + 0 + 0 + 1) / 4.0, CLOSE);
    assertThat(found.normalised().value()).isCloseTo(3 / 5.0, CLOSE);
    assertThat(found.robust().value()).isCloseTo((1.4 + 0.6 - 0.5 + 1) / 4, CLOSE);
    assertThat(found.gain().value()).isCloseTo(0.625 - 0.5, CLOSE);
    assertThat(found.effective()).isCloseTo(25 / 9.0, CLOSE);
    // deviations of the robust ones from 0.625: 0.775, −0.025, −1.125, 0.375
    double squares = 0.775 * 0.775 + 0.025 * 0.025 + 1.125 * 1.125 + 0.375 * 0.375;
    assertThat(found.robust().high() - found.robust().value())
        .isCloseTo(1.96 * Math.sqrt(squares / 3 / 4), CLOSE);
    // (2 · 0.4)² + (2 · 0.6)² + 0.4² over 5²
    assertThat(found.normalised().high() - found.normalised().value())
        .isCloseTo(1.96 * Math.sqrt((0.64 + 1.44 + 0.16) / 25), CLOSE);
    assertThat(found.refusal()).contains("tell as much as 3");
    assertThat(found.verdict()).isEqualTo("unknown");
  }

  /** Two plans: the first right with 0.5, the second with 0.8; logged half and half. */
  private static OffPolicy drawn(long seed, double second, double model) {
    var random = new Random(seed);
    List<Logged> traffic = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      boolean other = random.nextBoolean();
      double reward = random.nextDouble() < (other ? 0.8 : 0.5) ? 1 : 0;
      traffic.add(new Logged(0.5, other ? second : 1 - second, reward, model, model, 1));
    }
    return OffPolicy.of(traffic);
  }

  @Test
  void findsWhatAPolicyWouldHaveComeTo() {
    int held = 0;
    for (int seed = 0; seed < 200; seed++) {
      var found = drawn(seed, 1, 0.3); // the model is wrong, which costs certainty only
      held += found.robust().low() <= 0.8 && 0.8 <= found.robust().high() ? 1 : 0;
      assertThat(found.verdict()).isEqualTo("better");
    }
    assertThat(held).isBetween(180, 198);
    assertThat(drawn(1, 0, 0.5).verdict()).isEqualTo("worse");
    assertThat(drawn(1, 0.5, 0.5).gain().value()).isCloseTo(0, within(0.02));
  }

  @Test
  void refusesWithoutExplorationOrOverlap() {
    List<Logged> certain = new ArrayList<>();
    List<Logged> uncovered = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      certain.add(new Logged(1, 1, 1, 0.5, 0.5, 1));
      uncovered.add(new Logged(0.5, 0.5, 1, 0.5, 0.5, 0.5));
    }
    assertThat(OffPolicy.of(certain).refusal()).contains("consilium.explore.epsilon");
    assertThat(OffPolicy.of(uncovered).refusal()).contains("50 %");
    assertThat(OffPolicy.of(List.of()).refusal()).contains("feedback");
    assertThatThrownBy(() -> new Logged(0, 1, 1, 0, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
