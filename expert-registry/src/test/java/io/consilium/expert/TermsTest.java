package io.consilium.expert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TermsTest {

  @Test
  void decisionIdsAreNeverTheSame() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(Terms.newDecisionId());
    }

    assertThat(ids).hasSize(10_000).allMatch(id -> id.matches("dec_[0-9a-f]{32}"));
  }

  @Test
  void decisionIdsSortByTheTimeTheyWereMade() {
    var earlier = Terms.newDecisionId();
    // both start with the microsecond; wait for another one
    var later = Terms.newDecisionId();
    while (later.startsWith(earlier.substring(0, "dec_".length() + 14))) {
      later = Terms.newDecisionId();
    }

    assertThat(earlier).isLessThan(later);
  }
}
