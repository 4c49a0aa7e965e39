package io.consilium.orchestrator.workers;

import io.consilium.expert.Forecast;
import io.consilium.expert.Route;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How often each expert was wanted lately: by the plan of a question, or because nobody was
 * forecast to be right more likely, even where another was asked because this one was not in
 * memory. What was wanted lately is the forecast of what the next questions want. Thread-safe.
 */
final class Demand {
  /** After this long a question counts half. */
  static final Duration HALF_LIFE = Duration.ofMinutes(5);

  private final InstantSource clock;
  private final Map<String, Count> counts = new ConcurrentHashMap<>();

  private record Count(double value, Instant at) {
    double now(Instant now) {
      double lives = (double) Duration.between(at, now).toNanos() / HALF_LIFE.toNanos();
      return value * Math.pow(2, -Math.max(0, lives));
    }
  }

  Demand(InstantSource clock) {
    this.clock = clock;
  }

  /** Notes whom a question wanted. */
  void note(Route route) {
    Set<String> wanted = new HashSet<>(route.plan().experts());
    route.forecasts().stream()
        .max(Comparator.comparingDouble(Forecast::p))
        .ifPresent(best -> wanted.add(best.expert()));
    var now = clock.instant();
    for (var expert : wanted) {
      counts.merge(
          expert,
          new Count(1, now),
          (before, one) -> new Count(before.now(now) + one.value(), now));
    }
  }

  /** Questions that wanted this expert, older ones counting less. */
  double of(String expert) {
    var count = counts.get(expert);
    return count == null ? 0 : count.now(clock.instant());
  }
}
