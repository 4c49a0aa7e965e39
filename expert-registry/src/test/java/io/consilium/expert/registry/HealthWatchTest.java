package io.consilium.expert.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.CardState;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.Health.Status;
import io.consilium.expert.Owner;
import io.consilium.expert.testing.ManualClock;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HealthWatchTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
  private final SnapshotRegistry registry = SnapshotRegistry.inMemory();
  private final Map<String, Status> truth = new HashMap<>();
  private final List<String> probed = new ArrayList<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final HealthWatch watch = new HealthWatch(registry, this::probe, waiting::add, clock);

  private Health probe(ExpertCard card) {
    probed.add(card.id());
    var status = truth.getOrDefault(card.id(), Status.UP);
    if (status == Status.DOWN) {
      throw new ExpertException(FailureKind.UNAVAILABLE, "connection refused");
    }
    return new Health(status, "", clock.instant());
  }

  private void runAll() {
    for (var next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
  }

  private Health health(String id) {
    return registry.current().find(id).orElseThrow().health();
  }

  private void put(String id) {
    registry.put(ScriptedExpert.card(id));
    runAll();
  }

  private void round() {
    clock.advance(Duration.ofSeconds(10));
    watch.round();
    runAll();
  }

  @Test
  void aNewCardIsProbedAtOnceAndAChangedPriceIsNoReason() {
    put("a");
    registry.put(ScriptedExpert.card("a").withState(CardState.DRAFT));
    runAll();

    assertThat(probed).containsExactly("a");
    assertThat(health("a").status()).isEqualTo(Status.UP);
  }

  @Test
  void oneThatNeverAnsweredIsDownAtOnceWithTheReason() {
    truth.put("a", Status.DOWN);
    put("a");

    assertThat(health("a").status()).isEqualTo(Status.DOWN);
    assertThat(health("a").reason()).isEqualTo("connection refused");
  }

  @Test
  void oneThatWasUpIsDegradedFirstAndDownAfterTheSecondFailure() {
    put("a");
    truth.put("a", Status.DOWN);
    round();
    assertThat(health("a").status()).isEqualTo(Status.DEGRADED);
    assertThat(health("a").reason()).contains("connection refused");
    round();
    assertThat(health("a").status()).isEqualTo(Status.DOWN);
    var since = health("a").since();
    round();
    assertThat(health("a").since()).isEqualTo(since);
    truth.put("a", Status.UP);
    round();
    assertThat(health("a").status()).isEqualTo(Status.UP);
    assertThat(health("a").since()).isAfter(since);
  }

  @Test
  void theWorseOfProbeAndBreakerCounts() {
    put("a");
    watch.breaker("a", new Health(Status.DOWN, "breaker open", clock.instant()));
    assertThat(health("a").status()).isEqualTo(Status.DOWN);
    round();
    assertThat(health("a").reason()).isEqualTo("breaker open");

    watch.forBreakers().health("a", new Health(Status.UP, "", clock.instant()));
    assertThat(health("a").status()).isEqualTo(Status.UP);
    watch.breaker("nobody", new Health(Status.UP, "", clock.instant()));
  }

  @Test
  void anExpertThatCannotBeProbedLivesByItsBreaker() {
    truth.put("a", Status.UNKNOWN);
    put("a");
    assertThat(health("a").status()).isEqualTo(Status.UNKNOWN);

    watch.breaker("a", new Health(Status.DEGRADED, "half open", clock.instant()));
    round();
    assertThat(health("a").status()).isEqualTo(Status.DEGRADED);
  }

  @Test
  void probesOfOneExpertNeverOverlap() {
    put("a");
    probed.clear();
    watch.round();
    watch.round();
    runAll();

    assertThat(probed).containsExactly("a");
  }

  @Test
  void aRetiredExpertIsForgotten() {
    put("a");
    watch.breaker("a", new Health(Status.DOWN, "breaker open", clock.instant()));
    registry.retire("a", Owner.API);
    runAll();
    put("a");

    assertThat(health("a").status()).isEqualTo(Status.UP);
  }

  @Test
  void afterCloseNobodyIsProbed() {
    put("a");
    probed.clear();
    watch.close();
    watch.round();
    runAll();

    assertThat(probed).isEmpty();
  }

  @Test
  void roundsComeByThemselvesOnRealThreads() throws Exception {
    var rounds = new CountDownLatch(3);
    registry.put(ScriptedExpert.card("a"));
    try (var scheduler = Executors.newSingleThreadScheduledExecutor();
        var probers = Executors.newVirtualThreadPerTaskExecutor();
        var live =
            new HealthWatch(
                registry,
                card -> {
                  rounds.countDown();
                  return new Health(Status.UP, "", Instant.EPOCH);
                },
                probers,
                clock)) {
      live.start(scheduler, Duration.ofMillis(5));
      for (int i = 0; i < 50; i++) { // changes and probes lock each other in both orders
        registry.put(ScriptedExpert.card("b" + i));
      }
      assertThat(rounds.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
