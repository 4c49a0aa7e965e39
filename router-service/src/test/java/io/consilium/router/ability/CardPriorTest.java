package io.consilium.router.ability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CardPriorTest {
  private static final Ability POPULATION = new Ability(new double[] {0}, new double[] {1});
  private static final float[] NOTHING = {};

  @Test
  void readsTheSizeOfAModelFromItsName() {
    assertThat(CardTraits.logSize("Meta-Llama-3-70B-Instruct"))
        .isCloseTo(Math.log(70), within(1e-9));
    assertThat(CardTraits.logSize("Mixtral-8x7B-v0.1")).isCloseTo(Math.log(56), within(1e-9));
    assertThat(CardTraits.logSize("qwen1.5-0.5b")).isCloseTo(Math.log(0.5), within(1e-9));
    assertThat(CardTraits.logSize("claude-3-opus")).isNaN();
    assertThat(CardTraits.logSize("a 12-bit model")).isNaN();
  }

  @Test
  void learnsThatLargerIsBetterAndKnowsHowSureThatIs() {
    var random = new Random(2);
    List<CardTraits> cards = new ArrayList<>();
    List<Ability> abilities = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      double size = i / 5.0;
      cards.add(new CardTraits(NOTHING, "", size));
      double g = size - 2 + 0.2 * random.nextGaussian();
      abilities.add(new Ability(new double[] {g}, new double[] {0.01}));
    }
    var prior = CardPrior.fit(cards, abilities, POPULATION);
    var large = prior.of(new CardTraits(NOTHING, "", 3.5));
    assertThat(large.mean()[0]).isCloseTo(1.5, within(0.3));
    assertThat(large.covariance()[0]).isLessThan(0.4);
    var few = CardPrior.fit(cards.subList(0, 7), abilities.subList(0, 7), POPULATION);
    assertThat(few.of(new CardTraits(NOTHING, "", 3.5))).isSameAs(POPULATION);
  }

  @Test
  void keepsToThePopulationWhenCardsSayNothing() {
    var random = new Random(2);
    List<CardTraits> cards = new ArrayList<>();
    List<Ability> abilities = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      cards.add(new CardTraits(NOTHING, "", random.nextGaussian()));
      abilities.add(new Ability(new double[] {random.nextGaussian()}, new double[] {0.01}));
    }
    var told = CardPrior.fit(cards, abilities, POPULATION).of(new CardTraits(NOTHING, "", 1));
    assertThat(told.mean()[0]).isCloseTo(0, within(0.4));
    assertThat(told.covariance()[0]).isGreaterThan(0.5);
  }

  @Test
  void believesAClaimAsTwentyQuestionsWould() {
    // mean ½ and slope ¼ at variance 0: S = v/16 + 0.16/20 with v → small; here v = 0.128:
    var mix = List.of(new Traits(new double[] {1}, 0, 0));
    var known = new Ability(new double[] {0}, new double[] {0.128});
    double slope = 0.25 / Math.sqrt(1 + Math.PI * 0.128 / 8);
    double gain = 0.128 * slope / (0.128 * slope * slope + 0.16 / 20);
    var after = CardPrior.claimed(known, mix, 0.8);
    assertThat(after.mean()[0]).isCloseTo(gain * 0.3, within(1e-9));
    assertThat(after.covariance()[0]).isCloseTo(0.128 * (1 - gain * slope), within(1e-9));
  }
}
