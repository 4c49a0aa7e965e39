package io.consilium.adapters.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TicketPhrasesTest {
  private final TicketPhrases phrases = TicketPhrases.bundled();

  @Test
  void everyTeamHasAtLeastTwentyFivePhrasings() {
    var perLabel =
        phrases.generate(1, 1).stream()
            .collect(Collectors.groupingBy(Example::label, Collectors.counting()));
    assertThat(perLabel).hasSize(6);
    assertThat(perLabel.values()).allMatch(count -> count >= 25);
  }

  @Test
  void theSameSeedGivesTheSameMessagesAndAnotherSeedOthers() {
    assertThat(phrases.generate(3, 4)).isEqualTo(phrases.generate(3, 4));
    assertThat(phrases.generate(4, 4)).isNotEqualTo(phrases.generate(3, 4));
  }

  @Test
  void noSlotOrChoiceIsLeftUnfilled() {
    assertThat(phrases.generate(1, 20)).noneMatch(example -> example.text().matches(".*[{}|()].*"));
  }
}
