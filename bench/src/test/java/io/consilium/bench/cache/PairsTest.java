package io.consilium.bench.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.router.paraphrase.Paraphrase;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PairsTest {
  @Test
  void noHardPairSharesAnAnswerHoweverNearItsVectorsMayBe() {
    var pairs = Pairs.hard();

    assertThat(pairs).hasSize(200);
    assertThat(pairs)
        .allSatisfy(pair ->
            assertThat(Paraphrase.doubt(pair.first(), pair.second()))
                .as("%s | %s", pair.first(), pair.second())
                .isPresent());
  }

  @Test
  void sevenInTenParaphrasesAreKnownAsSuch() {
    var pairs = Pairs.paraphrases();

    assertThat(pairs).hasSize(200);
    assertThat(
            pairs.stream()
                .filter(pair -> Paraphrase.doubt(pair.first(), pair.second()).isEmpty())
                .count())
        .isGreaterThanOrEqualTo(140);
  }

  @Test
  void theOrderOfTwoQuestionsDoesNotMatter() {
    assertThat(Pairs.paraphrases())
        .allSatisfy(pair ->
            assertThat(Paraphrase.doubt(pair.second(), pair.first()))
                .isEqualTo(Paraphrase.doubt(pair.first(), pair.second())));
  }

  @Test
  void everySecondPairOfEachKindIsHeldOut() {
    for (var pairs : new Object[] {Pairs.hard(), Pairs.paraphrases()}) {
      var kinds =
          ((java.util.List<?>) pairs)
              .stream()
                  .map(Pairs.Pair.class::cast)
                  .collect(
                      Collectors.groupingBy(
                          Pairs.Pair::kind, Collectors.averagingDouble(p -> p.held() ? 1 : 0)));
      assertThat(kinds.values()).allSatisfy(share -> assertThat(share).isBetween(0.45, 0.55));
    }
  }
}
