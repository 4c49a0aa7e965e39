package io.consilium.router.ability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Provider;
import io.consilium.router.Following.Moved;
import io.consilium.router.Following.Prior;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.ability.OnlineAbilities.Heard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OnlineAbilitiesTest {
  private static final Offset<Double> CLOSE = within(1e-5);
  private static final Prior EVENS = new Prior(0.5, false);

  private static ExpertCard card(String id) {
    var nowhere = new Endpoint(Provider.OPENAI, null, "m", null, Map.of(), Map.of());
    return ExpertCard.of(id, new ExpertKind.Llm(), "Answers questions.", nowhere);
  }

  private static QuestionProfile question(String text) {
    return QuestionProfiler.recorded(text, SkillTags.shipped(), asked -> Optional.empty());
  }

  private static Moved moved(OnlineAbilities abilities, String id, Prior prior) {
    return abilities.of(card(id), question("Who was it?"), prior).orElseThrow();
  }

  private static Heard heard(String id, double correct) {
    return new Heard(id + "@1", List.of(), EVENS, correct, 1);
  }

  @Test
  void saysNothingUntilItHeardSomething() {
    var abilities = new OnlineAbilities(List.of());
    assertThat(abilities.of(card("a"), question("Who?"), EVENS)).isEmpty();
    assertThat(abilities.standings()).isEmpty();
  }

  @Test
  void oneOutcomeMovesItsExpertAndALittleEveryone() {
    // expert: prior 0.49, level's doubt 1: w = ¼ / (1 + π/8) = 0.179508, surprise = ½ / √1.392699;
    // mean 0.423683 · 0.49 / (1 + w · 0.49) = 0.190821, variance 0.450385
    // level: prior 1, expert's doubt 0.49: mean 0.378524, variance 0.826681
    var abilities = new OnlineAbilities(List.of());
    abilities.hear(heard("a", 1));

    var told = moved(abilities, "a", EVENS);
    assertThat(told.p()).isCloseTo(0.614114, CLOSE); // σ(0.569345 / √1.501503)
    assertThat(told.spread()).isCloseTo(0.614114 * 0.385886 * Math.sqrt(0.450385), CLOSE);
    assertThat(told.share()).isCloseTo(1 - 0.450385 / 0.49, CLOSE);
    assertThat(told.low()).isLessThan(told.p());
    assertThat(told.high()).isGreaterThan(told.p());
    var other = moved(abilities, "b", EVENS);
    assertThat(other.p()).isCloseTo(0.576231, CLOSE); // σ(0.378524 / √1.517059)
    assertThat(other.share()).isZero();
    assertThat(other.note()).contains("no outcome of it");
    assertThat(abilities.standings()).hasSize(1);
    assertThat(abilities.standings().getFirst().shift()).isCloseTo(0.190821, CLOSE);
  }

  @Test
  void whatOutcomesStandBehindMovesLessThanACard() {
    var byCard = new OnlineAbilities(List.of());
    var byOutcomes = new OnlineAbilities(List.of());
    byCard.hear(new Heard("a@1", List.of(), new Prior(0.5, false), 0, 1));
    byOutcomes.hear(new Heard("a@1", List.of(), new Prior(0.5, true), 0, 1));
    assertThat(byOutcomes.standings().getFirst().shift())
        .isNegative()
        .isGreaterThan(byCard.standings().getFirst().shift());
  }

  @Test
  void aSkillIsLearntApartFromTheRest() {
    var tags = SkillTags.shipped();
    var sum = "What is 17 * 23?";
    var skills = tags.of(sum).stream().map(skill -> skill.name()).toList();
    assertThat(skills).isNotEmpty();
    var abilities = new OnlineAbilities(tags.names());
    for (int i = 0; i < 30; i++) {
      abilities.hear(new Heard("a@1", skills, EVENS, 1, 1));
      abilities.hear(new Heard("a@1", List.of(), EVENS, 0, 1));
    }
    var able = abilities.of(card("a"), question(sum), EVENS).orElseThrow();
    var lost = abilities.of(card("a"), question("Who was it?"), EVENS).orElseThrow();
    assertThat(able.p()).isGreaterThan(0.7);
    assertThat(lost.p()).isLessThan(0.3);
  }

  @Test
  void anExpertThatChangesIsNoticedAndDoubtedAnewButNotTheOthers() {
    var abilities = new OnlineAbilities(List.of());
    for (int i = 0; i < 200; i++) {
      abilities.hear(heard("a", i % 10 == 0 ? 0 : 1));
      abilities.hear(heard("b", i % 2));
    }
    double before = moved(abilities, "b", EVENS).p();
    double doubt = abilities.standings().getFirst().doubt();
    int alarm = 0;
    for (int i = 1; i <= 60 && alarm == 0; i++) {
      alarm = abilities.hear(heard("a", 0)) ? i : 0;
    }
    assertThat(alarm).isBetween(1, 30);
    assertThat(abilities.standings().getFirst().doubt()).isGreaterThan(doubt);
    assertThat(abilities.standings().getFirst().alarms()).isOne();
    for (int i = 0; i < 60; i++) {
      abilities.hear(heard("a", 0));
    }
    assertThat(moved(abilities, "a", EVENS).p()).isLessThan(0.3);
    assertThat(moved(abilities, "b", EVENS).p()).isCloseTo(before, within(0.1));
  }

  @Test
  void refusesWhatIsNoOutcome() {
    assertThatThrownBy(() -> new Heard("a@1", List.of(), EVENS, 1.1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Heard("a@1", List.of(), EVENS, Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
