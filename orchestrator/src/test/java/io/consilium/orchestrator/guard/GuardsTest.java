package io.consilium.orchestrator.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.expert.Answer;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.orchestrator.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

@Timeout(60)
class GuardsTest {
  private static final GuardSettings ONE_AT_A_TIME =
      new GuardSettings(
          true,
          GuardSettings.Retry.DEFAULT,
          GuardSettings.Breaker.DEFAULT,
          new GuardSettings.Limits(1, 0),
          Map.of());

  private final Scene scene = new Scene();

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void withEverythingOffOnlyTheMeasurementsRemain() {
    var settings =
        new GuardSettings(
            false,
            GuardSettings.Retry.OFF,
            new GuardSettings.Breaker(
                false,
                50,
                10,
                50,
                Duration.ofSeconds(1),
                50,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1),
            GuardSettings.Limits.NONE,
            Map.of());
    var expert = ScriptedExpert.failing("e", FailureKind.UNAVAILABLE);
    var guarded = scene.guarded(settings, expert);
    for (int i = 0; i < 100; i++) {
      assertThat(failure(guarded).getStackTrace())
          .extracting(StackTraceElement::getClassName)
          .filteredOn(name -> name.startsWith(Guards.class.getPackageName() + "."))
          .filteredOn(name -> !name.contains("Test"))
          .containsOnly(ObservedExpert.class.getName());
    }
    assertThat(expert.asked()).hasSize(100);
  }

  @Test
  void aWaitingRetryHoldsNoPermit() {
    var tries = new AtomicInteger();
    var guards = new Expert[1];
    Expert flaky =
        new ScriptedExpert(
            ScriptedExpert.card("e"),
            question -> {
              if (tries.getAndIncrement() == 0) {
                throw new ExpertException(FailureKind.UNAVAILABLE, "away for a moment");
              }
              return Answer.of("42", Usage.NONE);
            });
    var meanwhile = new AtomicInteger();
    var pausing =
        new Timing(
            scene.clock,
            scene.timing.nanos(),
            scene.scheduler,
            time -> {
              guards[0].answer(scene.question(), Scene.NOWHERE); // the one permit is free
              meanwhile.incrementAndGet();
            },
            () -> 0.5);
    guards[0] =
        new Guards(ONE_AT_A_TIME, scene.registry, Telemetry.untraced(scene.meters), pausing)
            .around(flaky);
    assertThat(guards[0].answer(scene.question(), Scene.NOWHERE).text()).isEqualTo("42");
    assertThat(meanwhile).hasValue(1);
  }

  @Test
  void everyAttemptCountsForTheBreakerAndAnOpenOneIsNotTriedAgain() {
    var expert = ScriptedExpert.failing("e", FailureKind.UNAVAILABLE);
    var guarded = scene.guarded(GuardSettings.DEFAULT, expert);
    for (int i = 0; i < 5; i++) {
      failure(guarded);
    }
    assertThat(expert.asked()).as("three attempts a call until ten failed").hasSize(10);
    assertThat(scene.statuses()).containsExactly(Health.Status.DOWN);
    int pauses = scene.pauses.size();
    assertThat(failure(guarded).retryAfter()).isPresent();
    assertThat(scene.pauses).hasSize(pauses);
    assertThat(gauge("consilium.expert.breaker")).isEqualTo(2);
  }

  @Test
  void aNewVersionStartsAfreshAndTheOldOneNoLongerSpeaksForIt() {
    var guards =
        new Guards(
            GuardSettings.DEFAULT, scene.registry, Telemetry.untraced(scene.meters), scene.timing);
    var old = guards.around(ScriptedExpert.failing("e", FailureKind.UNAVAILABLE));
    for (int i = 0; i < 4; i++) {
      failure(old);
    }
    var next = guards.around(ScriptedExpert.saying("e", "42"));
    assertThat(scene.statuses()).containsExactly(Health.Status.DOWN, Health.Status.UNKNOWN);
    assertThat(next.answer(scene.question(), Scene.NOWHERE).text()).isEqualTo("42");
    scene.pass(Duration.ofHours(1));
    failure(old); // its trial
    assertThat(scene.statuses()).hasSize(2);
    assertThat(gauge("consilium.expert.breaker")).isEqualTo(0);
  }

  @Test
  void anExpertThatIsDownIsPutOnTrialThoughNobodyAsksIt() throws InterruptedException {
    var settings =
        new GuardSettings(
            true,
            GuardSettings.Retry.OFF,
            new GuardSettings.Breaker(
                true,
                2,
                2,
                50,
                Duration.ofMinutes(1),
                80,
                Duration.ofMillis(20),
                Duration.ofMillis(20),
                1),
            GuardSettings.Limits.NONE,
            Map.of());
    var guarded = scene.guarded(settings, ScriptedExpert.failing("e", FailureKind.UNAVAILABLE));
    failure(guarded);
    failure(guarded);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (scene.healths.size() < 2 && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(scene.statuses()).containsExactly(Health.Status.DOWN, Health.Status.DEGRADED);
    assertThat(scene.healths.getLast().routable()).isTrue();
  }

  @Test
  void callsAreMeasured() {
    var guarded = scene.guarded(GuardSettings.DEFAULT, ScriptedExpert.saying("e", "a b c"));
    guarded.answer(scene.question(), Scene.NOWHERE);
    guarded.answer(scene.streamed(), piece -> {});
    failure(scene.guarded(GuardSettings.DEFAULT, ScriptedExpert.failing("f", FailureKind.TIMEOUT)));

    var meters = scene.meters;
    assertThat(
            meters
                .get("gen_ai.client.operation.duration")
                .tag("gen_ai.request.model", "e")
                .timer()
                .count())
        .isEqualTo(2);
    assertThat(
            meters
                .get("gen_ai.client.operation.duration")
                .tag("error.type", "TIMEOUT")
                .tag("gen_ai.request.model", "f")
                .timer()
                .count())
        .isEqualTo(1);
    assertThat(
            meters
                .get("gen_ai.client.operation.time_to_first_chunk")
                .tag("gen_ai.request.model", "e")
                .timer()
                .count())
        .isEqualTo(1);
    assertThat(
            meters
                .get("gen_ai.client.token.usage")
                .tag("gen_ai.token.type", "output")
                .tag("gen_ai.request.model", "e")
                .summary()
                .totalAmount())
        .isEqualTo(4);
    assertThat(meters.get("consilium.expert.retries").tag("expert", "f").counter().count())
        .isEqualTo(2);
    assertThat(scene.latencies).as("only answers tell a latency").hasSize(2);
    assertThat(gauge("consilium.expert.in_flight")).isZero();
  }

  @Test
  void aStormOfCallsFailuresDeadlinesAndInterruptsLeavesNothingBehind() throws Exception {
    var timing = Timing.system();
    var never = new CountDownLatch(1);
    Expert wild =
        new ScriptedExpert(
            ScriptedExpert.card("wild"),
            question ->
                switch (ThreadLocalRandom.current().nextInt(4)) {
                  case 0 -> throw new ExpertException(FailureKind.UNAVAILABLE, "away");
                  case 1 ->
                      ScriptedExpert.waiting("wild", never, "late").answer(question, Scene.NOWHERE);
                  default -> Answer.of("42", Usage.NONE);
                });
    var guarded =
        new Guards(
                new GuardSettings(
                    true,
                    new GuardSettings.Retry(3, Duration.ofMillis(1), Duration.ofMillis(5), 0.5),
                    GuardSettings.Breaker.DEFAULT,
                    new GuardSettings.Limits(50, 0),
                    Map.of()),
                scene.registry,
                Telemetry.untraced(scene.meters),
                timing)
            .around(wild);
    var strays = new AtomicInteger();
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    for (int i = 0; i < 200; i++) {
      boolean interrupted = i % 10 == 0;
      threads.execute(() -> {
        for (int j = 0; j < 10; j++) {
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
          try {
            guarded.answer(
                Question.of("6 times 7?", Terms.within(Duration.ofMillis(20), Instant.now())),
                Scene.NOWHERE);
          } catch (ExpertException e) {
            assertThat(e.kind())
                .isIn(
                    FailureKind.UNAVAILABLE,
                    FailureKind.DEADLINE_EXCEEDED,
                    FailureKind.OVERLOADED,
                    FailureKind.CANCELLED);
          }
          if (Thread.interrupted() && !interrupted) {
            strays.incrementAndGet();
          }
        }
      });
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(50, TimeUnit.SECONDS)).isTrue();
    assertThat(strays).hasValue(0);
    assertThat(gauge("consilium.expert.free")).as("permits").isEqualTo(50);
    assertThat(gauge("consilium.expert.in_flight")).isZero();
    assertThat(((ScheduledThreadPoolExecutor) timing.scheduler()).getQueue())
        .as("timers but for a breaker's")
        .hasSizeLessThanOrEqualTo(1);
    timing.scheduler().shutdownNow();
  }

  @Test
  void nothingSetMeansTheDefaults() {
    var bound =
        new Binder(new MapConfigurationPropertySource(Map.of("guard.unrelated", "")))
            .bindOrCreate("consilium.guard", GuardSettings.class);
    assertThat(bound).isEqualTo(GuardSettings.DEFAULT);
  }

  @Test
  void settingsOutOfRangeNameTheirKey() {
    assertThatExceptionOfType(ExpertException.class)
        .isThrownBy(
            () -> new GuardSettings.Retry(0, Duration.ofMillis(1), Duration.ofSeconds(1), 0.5))
        .withMessageContaining("consilium.guard.retry.attempts must be between 1");
    assertThatExceptionOfType(ExpertException.class)
        .isThrownBy(() -> new GuardSettings.Limits(-1, 0))
        .withMessageContaining("consilium.guard.limits.concurrent");
  }

  private double gauge(String name) {
    return scene.meters.get(name).gauge().value();
  }

  private ExpertException failure(Expert expert) {
    return catchThrowableOfType(
        ExpertException.class, () -> expert.answer(scene.question(), Scene.NOWHERE));
  }
}
