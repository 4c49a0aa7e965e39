package io.consilium.bench.gateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopicsTest {

  @Test
  void promptsAreHardlyEverTheSame() {
    Topics topics = new Topics(new Random(3));
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      seen.add(topics.prompt(12));
    }

    assertThat(seen).hasSizeGreaterThan(9_950);
  }

  @Test
  void promptsHaveAboutTheLengthAskedFor() {
    Topics topics = new Topics(new Random(3));

    assertThat(topics.prompt(12).split(" ")).hasSize(11);
    assertThat(topics.prompt(512).split(" ")).hasSizeBetween(440, 512);
  }

  @Test
  void sameSeedGivesSamePrompts() {
    assertThat(new Topics(new Random(5)).prompt(60))
        .isEqualTo(new Topics(new Random(5)).prompt(60));
  }
}
