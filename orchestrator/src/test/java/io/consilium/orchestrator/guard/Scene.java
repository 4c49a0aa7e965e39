package io.consilium.orchestrator.guard;

import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Health;
import io.consilium.expert.Owner;
import io.consilium.expert.Parameters;
import io.consilium.expert.Question;
import io.consilium.expert.Residency;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A fake world for guards: time stands still unless a test or a pause moves it. */
final class Scene implements AutoCloseable {
  static final Consumer<Delta> NOWHERE = piece -> {};

  private static final Instant BEGINNING = Instant.parse("2026-11-24T12:00:00Z");
  private final AtomicLong passed = new AtomicLong();
  final List<Duration> pauses = new CopyOnWriteArrayList<>();
  final List<Health> healths = new CopyOnWriteArrayList<>();
  final List<Double> latencies = new CopyOnWriteArrayList<>();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  double random = 0.5;

  final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return BEGINNING.plusNanos(passed.get());
        }
      };

  final Timing timing =
      new Timing(
          clock,
          passed::get,
          scheduler,
          time -> {
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
            pauses.add(time);
            pass(time);
          },
          () -> random);

  final ExpertRegistry registry =
      new ExpertRegistry() {
        @Override
        public Roster current() {
          return Roster.of("none", List.of());
        }

        @Override
        public ExpertCard put(ExpertCard card) {
          throw new AssertionError("guards change no card");
        }

        @Override
        public ExpertCard retire(String id, Owner by) {
          throw new AssertionError("guards retire no card");
        }

        @Override
        public Roster replaceAll(Owner owner, List<ExpertCard> cards) {
          throw new AssertionError("guards change no card");
        }

        @Override
        public void health(String id, Health health) {
          healths.add(health);
        }

        @Override
        public void load(String id, int inFlight) {}

        @Override
        public void residency(String id, Residency residency) {}

        @Override
        public void observed(String id, double latencyMillis) {
          latencies.add(latencyMillis);
        }

        @Override
        public void onChange(Consumer<Roster> listener) {}
      };

  void pass(Duration time) {
    passed.addAndGet(time.toNanos());
  }

  Expert guarded(GuardSettings settings, Expert expert) {
    return new Guards(settings, registry, Telemetry.untraced(meters), timing).around(expert);
  }

  Question question() {
    return question(Duration.ofMinutes(1));
  }

  Question question(Duration time) {
    return Question.of("How much is 6 times 7?", Terms.within(time, clock.instant()));
  }

  Question streamed() {
    var question = question();
    return new Question(
        question.dialect(),
        question.model(),
        question.body(),
        question.messages(),
        question.tools(),
        new Parameters(true, false, null, null, false, false),
        question.terms());
  }

  /** The statuses the registry was told, in order. */
  List<Health.Status> statuses() {
    return healths.stream().map(Health::status).toList();
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }
}
