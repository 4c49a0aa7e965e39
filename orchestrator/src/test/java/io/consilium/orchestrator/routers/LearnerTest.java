package io.consilium.orchestrator.routers;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Decision;
import io.consilium.expert.Forecast;
import io.consilium.expert.Outcome;
import io.consilium.expert.Plan;
import io.consilium.expert.Route;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The outcomes on record are all that learners share. */
class LearnerTest {
  private final Database database = Database.inMemory();
  private final JdbcOutcomes outcomes = new JdbcOutcomes(database);
  private final Map<String, Decision> decisions = new HashMap<>();
  private final Learner learner = learner();

  private Learner learner() {
    return new Learner(
        outcomes,
        id -> Optional.ofNullable(decisions.get(id)),
        Set.of("secret"),
        new SimpleMeterRegistry());
  }

  @AfterEach
  void close() {
    learner.close();
    database.close();
  }

  private void decided(String id, String version, String estimator) {
    var forecast =
        new Forecast("a", 0.6, 0.5, 0.7, 0, 0, List.of(new Forecast.Reason(estimator, 0.6, 1, "")));
    decisions.put(
        id,
        new Decision(
            id,
            Instant.EPOCH,
            "default",
            null,
            null,
            "consilium/auto",
            "balanced",
            null,
            new Decision.Profile("hash", 1, 1, List.of(), List.of(), 0),
            new Route(
                new Plan.One("a", List.of()),
                List.of(forecast),
                List.of(),
                1,
                0,
                version,
                "roster",
                ""),
            List.of(),
            null,
            null,
            0,
            0,
            0,
            List.of()));
  }

  private void judged(String id, double correct, String tenant) {
    outcomes.append(
        List.of(
            new Outcome(
                "a@1",
                id,
                correct,
                1,
                0,
                0,
                1,
                "",
                tenant,
                Instant.EPOCH,
                1,
                Outcome.Source.HUMAN,
                null)));
  }

  @Test
  void outcomesMoveTheVersionThatForecastThem() {
    decided("dec_1", "one", "skills");
    decided("dec_2", "two", "skills");
    learner.following("one");
    learner.following("two");
    judged("dec_1", 1, "default");
    judged("dec_2", 0, "default");
    judged("dec_gone", 0, "default");

    learner.listen();
    learner.listen();

    assertThat(learner.following("one").heard()).isOne();
    assertThat(learner.standings("one").getFirst().shift()).isPositive();
    assertThat(learner.standings("two").getFirst().shift()).isNegative();
  }

  @Test
  void aTenantKeptOutAndAPinnedExpertTeachNothing() {
    decided("dec_1", "one", "skills");
    decided("dec_2", "one", "pin");
    learner.following("one");
    judged("dec_1", 1, "secret");
    judged("dec_2", 1, "default");

    learner.listen();

    assertThat(learner.following("one").heard()).isZero();
  }

  @Test
  void anotherReplicaAndALaterStartKnowTheSame() {
    var other = learner();
    try (other) {
      learner.following("one");
      other.following("one");
      for (int i = 0; i < Learner.OVERLAP + 600; i++) {
        decided("dec_" + i, "one", "skills");
        judged("dec_" + i, i % 3 == 0 ? 1 : 0, "default");
        if (i % 400 == 0) {
          learner.listen();
        }
      }
      learner.listen();
      other.listen();

      assertThat(learner.following("one").heard()).isEqualTo(Learner.OVERLAP + 600);
      assertThat(other.standings("one")).isEqualTo(learner.standings("one"));
    }
  }

  @Test
  void whereItDoesNotWatchNothingIsHeardWhateverIsSaid() throws InterruptedException {
    decided("dec_1", "one", "skills");
    var following = learner.following("one");
    judged("dec_1", 1, "default");

    learner.nudge();
    learner.close();

    assertThat(learner.ended(Duration.ofSeconds(60))).isTrue();
    assertThat(following.heard()).isZero();
  }

  @Test
  void anOutcomeThatCannotBeHeardKeepsNoOtherBack() {
    decided("dec_2", "one", "skills");
    var broken =
        new Learner(
            outcomes,
            id -> {
              if (id.equals("dec_1")) {
                throw new IllegalStateException("damaged");
              }
              return Optional.ofNullable(decisions.get(id));
            },
            Set.of(),
            new SimpleMeterRegistry());
    try (broken) {
      var following = broken.following("one");
      judged("dec_1", 1, "default");
      judged("dec_2", 1, "default");

      broken.listen();
      broken.listen();

      assertThat(following.heard()).isOne();
    }
  }

  @Test
  void whatIsRecordedIsHeardWithoutBeingAsked() {
    decided("dec_1", "one", "skills");
    var following = learner.following("one");
    learner.watch(Duration.ofMillis(10));
    judged("dec_1", 1, "default");

    long end = System.nanoTime() + 60_000_000_000L;
    while (following.heard() == 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(following.heard()).isOne();
  }
}
