package io.consilium.orchestrator.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts the real service three times, so it takes a while; the bench does the same at length. */
@Timeout(600)
class DurabilityIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void threeKillsOfServiceAndDatabaseLoseNoAcknowledgedDecisionAndKeepNoneTwice()
      throws InterruptedException {
    var found = Kills.run(folder, 3, 20_261_130);

    assertThat(found.kept().acknowledged()).isPositive();
    assertThat(found.kept().lost()).isEmpty();
    assertThat(found.kept().twice()).isZero();
    assertThat(found.kept().setAside()).isEmpty();
    assertThat(found.refused()).as("answers while the service was up").isZero();
  }

  /** The bench does it for two minutes; what happens is the same. */
  @Test
  void whileTheDatabaseIsAwayItGoesOnAnsweringAndLosesNothing() throws InterruptedException {
    var found = Outage.run(folder, Duration.ofSeconds(3), 20);

    assertThat(found.failures()).isEmpty();
    assertThat(found.asked()).isEqualTo(60);
    assertThat(found.waiting()).isEqualTo(60);
    assertThat(found.bytes()).isPositive();
    assertThat(found.kept().lost()).isEmpty();
    assertThat(found.kept().twice()).isZero();
    assertThat(found.kept().setAside()).isEmpty();
  }
}
