package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.estimator.EpisodeEstimator;
import io.consilium.router.estimator.EpisodeEstimator.Episode;
import java.util.List;
import org.junit.jupiter.api.Test;

class EpisodeEstimatorTest extends EstimatorContract {
  private static final List<Episode> EPISODES =
      List.of(
          new Episode(List.of("calculator"), 1, 0.8),
          new Episode(List.of("calculator"), 0, 0.2),
          new Episode(List.of("units", "weather"), 1, 1));

  @Override
  Estimator estimator() {
    return new EpisodeEstimator(profile -> EPISODES);
  }

  @Test
  void everyExpertIsJudgedByItsShareOfWhatWentRight() {
    var said = estimator().estimate(Experts.profile("What is 2 + 2?"), Experts.roster());

    // one episode at even odds, then .8 right and .2 wrong: (.5 + .8) / (1 + 1)
    assertThat(said.p(0)).isCloseTo(0.65, within(1e-9));
    assertThat(said.weight(0)).isCloseTo(0.5 / 3, within(1e-9)); // .5 · 1 / (1 + 2)
    // half of an episode: (.5 + .5) / 1.5
    assertThat(said.p(1)).isCloseTo(2.0 / 3, within(1e-9));
    assertThat(said.weight(1)).isCloseTo(0.1, within(1e-9)); // .5 · .5 / 2.5
    assertThat(said.p(2)).isEqualTo(said.p(1));
    assertThat(said.weight(3)).isZero();
    assertThat(said.get(0).note()).isEqualTo("2 like it on record");
  }

  @Test
  void whereNothingIsRememberedItSaysNothing() {
    var said =
        new EpisodeEstimator(profile -> List.of())
            .estimate(Experts.profile("What is 2 + 2?"), Experts.roster());

    assertThat(said.weight(0)).isZero();
  }
}
